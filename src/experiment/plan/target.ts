import { InputError } from '../../scenario/input-error.js';
import type { Scenario } from '../../scenario/schema.js';
import type { ResultDocument } from '../result.js';

/** Metrics that more replicas never make worse; only these can steer a search. */
const SERVICE = /^(goodput|ttftMs|tpotMs|itlMs|e2eMs|queueMs|throughput|classes|requests)\./;
/** Those that more replicas do make worse, although they are about service. */
const PER_GPU = 'throughput.outputTokensPerSecondPerGpu';
const ATTAINMENT = 'goodput.attainment';
const DEFAULT_ATTAINMENT = 0.95;

/** What a fleet must hold. */
export interface Target {
  /** Share of the requests that must be good; null where only expectations count. */
  attainment: number | null;
  /** Expectations about service, as `metric limit`. */
  expectations: string[];
  /** Expectations that are reported with the answer but do not steer the search, such as those about cost. */
  reportedOnly: string[];
}

/**
 * What a scenario asks of a fleet: every expectation about service, and `plan.attainment`, which is 95 % where it says
 * neither.
 *
 * @throws InputError where it asks for nothing
 */
export function targetOf({ plan, expect, traffic }: Scenario): Target {
  const hasSlo = traffic.some(({ slo }) => Object.values(slo).some((limit) => limit !== undefined));
  const steers = (metric: string) => SERVICE.test(metric) && metric !== PER_GPU;
  const text = ({ metric, min, max }: Scenario['expect'][number]) =>
    [metric, ...(min === undefined ? [] : [`min ${min}`]), ...(max === undefined ? [] : [`max ${max}`])].join(' ');
  const asked = plan?.attainment;
  const expected = expect.some(({ metric }) => steers(metric));
  const attainment = asked ?? (hasSlo && !expected ? DEFAULT_ATTAINMENT : null);
  if (attainment !== null && !hasSlo) {
    throw new InputError({
      key: 'plan.attainment',
      message: 'asks for requests that hold their SLO, and no class has one',
      hint: 'give traffic[0].slo, such as { ttft: 2s, tpot: 50ms }, or limits under expect',
    });
  }
  const expectations = expect.filter(({ metric }) => steers(metric)).map(text);
  if (attainment === null && expectations.length === 0) {
    throw new InputError({
      key: 'traffic[0].slo',
      message: 'is missing: a plan needs something that the fleet must hold',
      hint: 'give an slo, such as { ttft: 2s, tpot: 50ms }, or limits of service under expect, such as ttftMs.p99',
    });
  }
  return { attainment, expectations, reportedOnly: expect.filter(({ metric }) => !steers(metric)).map(text) };
}

/** What a result falls short of, in words; empty where it holds. */
export function shortfalls(
  { attainment }: Target,
  { summary, expectations }: Pick<ResultDocument, 'summary' | 'expectations'>,
): string[] {
  const found: string[] = [];
  const reached = summary.goodput.attainment;
  if (attainment !== null && (reached === null || reached < attainment)) found.push(ATTAINMENT);
  for (const { metric, pass } of expectations) {
    if (!pass && SERVICE.test(metric) && metric !== PER_GPU) found.push(metric);
  }
  if (summary.bottleneck.overloaded) found.push('overloaded');
  return [...new Set(found)];
}
