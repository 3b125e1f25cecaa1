import { isScaleUp } from '../experiment/transfer-link.js';
import { boundsOf, type Scenario } from '../scenario/schema.js';
import { count, counted, setting, span } from './format.js';

/** What steers and disturbs the fleet, in words, by label; nothing where it stays as it is. */
export function describeControl(scenario: Scenario): [label: string, ...texts: string[]][] {
  return [
    ['transfers', ...transfers(scenario)],
    ['planner', ...planner(scenario)],
    ['admission', ...admission(scenario)],
    ['faults', ...faults(scenario)],
  ];
}

/** Where prompts and answers are apart: how caches move, which prompts stay, who changes sides. */
function transfers({ factory, planner: of }: Scenario): string[] {
  const { pools, transfer, disaggregation } = factory;
  if (pools.every(({ role }) => role === 'aggregated')) return [];
  const link = isScaleUp(factory, of) ? 'NVLink' : 'the network';
  const { bandwidth, overlap } = transfer ?? {};
  const parts = [
    `KV caches over ${bandwidth === undefined ? link : `links of ${setting(bandwidth / 1e9)} GB/s per GPU`}`,
    overlap === 'layer-wise' ? 'layer by layer' : '',
    (disaggregation?.localPrefillTokens ?? 0) > 0
      ? `prompts up to ${counted(disaggregation?.localPrefillTokens ?? 0, 'token')} stay with decode`
      : '',
    disaggregation?.switching === undefined
      ? ''
      : `replicas change sides, looked at every ${span(disaggregation.switching.interval)}`,
  ];
  return [joined(parts)];
}

function planner({ planner: of, factory }: Scenario): string[] {
  if (of.policy === 'static') return [];
  const sizes = factory.pools.flatMap((pool) => {
    const bounds = boundsOf(of, pool);
    return bounds === undefined ? [] : [`${pool.name} ${count(bounds.min)} to ${count(bounds.max)} replicas`];
  });
  const when = of.policy === 'schedule' ? 'by the clock' : `every ${span(of.interval)}`;
  const startup = factory.startup === undefined ? '' : `start-up ${span(factory.startup)}`;
  return [joined([`${of.policy}: ${sizes.join(', ')}`, when, startup])];
}

function admission({ admission: of, traffic }: Scenario): string[] {
  const limited = traffic.flatMap(({ name, rateLimit }) =>
    rateLimit === undefined ? [] : [`${name} at most ${setting(rateLimit.rate)}/s`],
  );
  const patient = traffic.filter(({ deadline }) => deadline !== undefined).map(({ name }) => name);
  const text = joined([
    of?.maxQueued === undefined ? '' : `at most ${count(of.maxQueued)} wait`,
    of?.maxQueuedPerReplica === undefined ? '' : `at most ${count(of.maxQueuedPerReplica)} per replica`,
    of?.shedding === 'lowest-priority' ? 'the least important go first' : '',
    ...limited,
    patient.length === 0 ? '' : `users of ${patient.join(', ')} leave after a deadline`,
  ]);
  return text === '' ? [] : [text];
}

function faults({ faults: of, factory }: Scenario): string[] {
  const spares = factory.pools.reduce((sum, pool) => sum + (pool.spares ?? 0), 0);
  const standBy = spares === 0 ? '' : `${counted(spares, 'spare replica')} beside`;
  if (of === undefined) return standBy === '' ? [] : [standBy];
  const broken = (['gpu', 'node', 'rack'] as const).flatMap((kind) => {
    const law = of[kind];
    if (law === undefined) return [];
    return [`${kind === 'gpu' ? 'GPUs' : `${kind}s`} fail every ${span(law.mtbf)} for ${span(law.mttr)}`];
  });
  const { stragglers, incidents = [] } = of;
  return [
    joined([
      ...broken,
      stragglers === undefined
        ? ''
        : `replicas ${setting(stragglers.slowdown)} times slower every ${span(stragglers.mtbf)} for ${span(stragglers.mttr)}`,
      incidents.length === 0 ? '' : counted(incidents.length, 'incident'),
      standBy,
    ]),
  ];
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('; ');
}
