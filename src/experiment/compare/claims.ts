import type { Claim, ComparisonExpectation } from '../../scenario/comparison-schema.js';
import type { ExpectationOutcome } from '../result.js';
import type { Executor } from '../sweep/executor.js';
import { fleetsOf, type LoadedComparison } from './comparison-file.js';
import { fleetCurve } from './curve.js';
import { runFleet } from './fleet-task.js';
import { judgeComparison } from './judge.js';
import { inItsPlace } from './places.js';
import { remembering } from './remembering.js';

/** `conditional`: it holds under some of the choices that the claim leaves open, and not under others. */
export type Verdict = NonNullable<Claim['verdict']>;

/** A published statement, and what came out. */
export interface CheckedClaim extends Omit<Claim, 'chosen' | 'verdict'> {
  /** In the unit of `claimed`; null where no fleet gets there. */
  simulated: number | null;
  /** Such as `min 11, max 19`. */
  band: string;
  /** Whether it is within the band as chosen. */
  pass: boolean;
  verdict: Verdict;
  /** What the file says will come out; undefined where it leaves that to the band. */
  expectedVerdict: Verdict | undefined;
  chosen: {
    what: string;
    value: string;
    others: { name: string; simulated: number | null; pass: boolean }[];
  }[];
}

/**
 * Runs what the expectations of a comparison need (the curve, the demand, or both), and with a claim the same for each
 * choice that the claim leaves open.
 *
 * @throws InputError where a fleet cannot be run
 */
export function checkComparison(
  file: LoadedComparison,
  executor: Executor,
  settings: readonly string[] = [],
): Promise<CheckedComparison> {
  return inItsPlace(file.places, () => check(file, executor, settings));
}

interface CheckedComparison {
  expectations: ExpectationOutcome[];
  claim: CheckedClaim | undefined;
}

async function check(
  file: LoadedComparison,
  executor: Executor,
  settings: readonly string[],
): Promise<CheckedComparison> {
  const known = remembering(executor);
  const { claim } = file;
  const [expectations, chosen] = await Promise.all([
    judged(file, known, settings),
    Promise.all(
      (claim?.chosen ?? []).map(async ({ what, value, others }) => ({
        what,
        value,
        others: await Promise.all(
          others.map(async (other) => {
            const outcomes = await judged(file, known, settings, other);
            return { name: other.name, simulated: outcomes[0].value, pass: outcomes.every(({ pass }) => pass) };
          }),
        ),
      })),
    ),
  ]);
  if (claim === undefined) return { expectations, claim: undefined };
  const { verdict: expectedVerdict, ...stated } = claim;
  const pass = expectations.every((outcome) => outcome.pass);
  const verdict = verdictOf(
    pass,
    chosen.flatMap(({ others }) => others.map((other) => other.pass)),
  );
  const [{ value: simulated, limit }, ...further] = expectations;
  const band = [limit, ...further.map(({ metric, limit: other }) => `${metric}: ${other}`)].join('; ');
  return { expectations, claim: { ...stated, chosen, simulated, band, pass, verdict, expectedVerdict } };
}

/**
 * Reproduced only where no choice that the claim left open breaks it.
 *
 * @example verdictOf(true, [true, false]) // 'conditional'
 */
export function verdictOf(asChosen: boolean, otherwise: readonly boolean[]): Verdict {
  const all = [asChosen, ...otherwise];
  if (all.every((pass) => pass)) return 'reproduced';
  return all.some((pass) => pass) ? 'conditional' : 'not-reproduced';
}

async function judged(
  file: LoadedComparison,
  executor: Executor,
  settings: readonly string[],
  alternative?: Claim['chosen'][number]['others'][number],
): Promise<ExpectationOutcome[]> {
  const fleets = fleetsOf(file, settings, alternative);
  const expect = file.expect.map(
    (entry): ComparisonExpectation => ({
      ...entry,
      at: entry.at === undefined ? undefined : (alternative?.at ?? entry.at),
      fleet: alternative?.fleet ?? entry.fleet,
      against: entry.against === undefined ? undefined : (alternative?.against ?? entry.against),
    }),
  );
  const needed = fleets.filter(({ name }) => named(expect, file).has(name));
  const onCurve = expect.some(({ at }) => at !== undefined);
  const underDemand = expect.some(({ at }) => at === undefined);
  const curves = onCurve ? needed.map((fleet) => fleetCurve(fleet, file.curve, executor)) : [];
  const runs = underDemand ? fleets.map((fleet) => runFleet(fleet, [], executor)) : [];
  const known = await Promise.all(curves.filter((curve) => curve !== undefined));
  return judgeComparison(expect, {
    names: fleets.map(({ name }) => name),
    summaries: (await Promise.all(runs)).map(({ document }) => document.summary),
    curves: new Map(known.map((curve) => [curve.name, curve])),
  });
}

/** Fleets that an expectation asks for. */
function named(expect: readonly ComparisonExpectation[], { fleets }: LoadedComparison): Set<string> {
  return new Set(
    expect.flatMap(({ fleet, against }) => [fleet ?? fleets[0].name, ...(against === undefined ? [] : [against])]),
  );
}
