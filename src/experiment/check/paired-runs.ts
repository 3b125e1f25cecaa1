import type { ResultDocument, Summary } from '../result.js';
import type { Executor } from '../sweep/executor.js';
import type { SimulationTask } from '../sweep/task.js';

/** Fewest pairs of runs by which a change is judged. */
const PAIRS = 10;

/** Summaries of runs before and after a change, pair by pair; those of a pair saw the same requests where the demand is the same. */
export interface PairedRuns {
  before: readonly Summary[];
  now: readonly Summary[];
}

/**
 * Runs a scenario and the one that a stored result is of, several times each with common random numbers.
 *
 * @param stored its scenario is run again as it was stored; the files that it names are looked for where those of `task` are
 * @returns undefined where one of them cannot be run (any more)
 */
export async function pairedRuns(
  task: SimulationTask,
  stored: Pick<ResultDocument, 'scenario' | 'replications'>,
  executor: Executor,
): Promise<PairedRuns | undefined> {
  const replications = `replications=${Math.max(PAIRS, stored.replications ?? 1)}`;
  // A stored precision would end the runs when it is reached.
  const exactly = [replications, 'precision=null'];
  const { precision: _, ...scenario } = stored.scenario;
  const outcomes = await Promise.all([
    executor.run({
      ...task,
      text: JSON.stringify(scenario),
      file: 'baseline',
      overrides: [replications],
      keepRuns: true,
    }),
    executor.run({ ...task, overrides: [...task.overrides, ...exactly], keepRuns: true }),
  ]);
  const [before, now] = outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.runs : undefined));
  return before === undefined || now === undefined ? undefined : { before, now };
}
