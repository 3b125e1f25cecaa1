import { InputError } from '../../scenario/input-error.js';
import type { Scenario } from '../../scenario/schema.js';
import { VERSION } from '../../version.js';
import { evaluateExpectations } from '../expectations.js';
import { type Executor, runAll } from '../sweep/executor.js';
import type { SimulationTask, TaskOutcome } from '../sweep/task.js';
import { admissible, type SensitivityInput, sensitivityInputs } from './inputs.js';

/** What an input was set to, and what came out; null where that cannot be simulated, or has no such figure. */
export interface SensitivitySide {
  input: number;
  value: number | null;
}

/** How far one input moves the metric. */
export interface InputEffect {
  path: string;
  base: number;
  low: SensitivitySide | null;
  high: SensitivitySide | null;
  /** Range of the metric over low, base and high, as a share of its base. */
  swing: number;
  /** Percent by which the metric changes when the input rises by one percent; null where one side is missing. */
  elasticity: number | null;
}

/** Which inputs move a figure most: the data behind a tornado chart. */
export interface Sensitivity {
  kind: 'sensitivity';
  version: string;
  name: string;
  seed: number;
  metric: string;
  base: number;
  /** By which share inputs are lowered and raised. */
  step: number;
  /** Sorted by how far they move the metric for the same relative change. */
  inputs: InputEffect[];
  /** Inputs that cannot be changed by that much. */
  skipped: string[];
}

export interface SensitivityOptions {
  metric?: string;
  /** Share by which each input is lowered and raised. */
  step?: number;
  onStart?: (runs: number) => void;
  onRun?: (failed: boolean) => void;
}

/** What boards ask for first. */
export const DEFAULT_METRIC = 'cost.usdPerMillionTotalTokens';
export const DEFAULT_STEP = 0.2;

/**
 * Changes every number of a scenario, one at a time, down and up by the same share, under the same random numbers, and
 * ranks them by how far they move a figure. Whole numbers move by one at least; so that they do not win by that, the order
 * is by the swing that the wanted share would give, in proportion to logarithms.
 *
 * @throws InputError where the scenario cannot be run or has no such figure
 * @example
 * const { inputs } = await sensitivityOf(scenario, { file: 'chat.yaml', baseDirectory: '.' }, poolExecutor());
 * inputs[0].path; // 'factory.pools[0].replicas'
 */
export async function sensitivityOf(
  scenario: Scenario,
  { file, baseDirectory }: Pick<SimulationTask, 'file' | 'baseDirectory'>,
  executor: Executor,
  { metric = DEFAULT_METRIC, step = DEFAULT_STEP, onStart, onRun }: SensitivityOptions = {},
): Promise<Sensitivity> {
  // With its defaults filled in, every place exists and can be set.
  const text = JSON.stringify({ ...scenario, expect: [] });
  const task = (overrides: readonly string[]): SimulationTask => ({ text, file, baseDirectory, overrides });
  const inputs = sensitivityInputs(scenario);
  const sides = inputs.flatMap((input) =>
    [1 - step, 1 + step].flatMap((factor) => {
      const value = admissible(text, input, factor);
      return value === undefined ? [] : [{ input, factor, value }];
    }),
  );
  onStart?.(sides.length + 1);
  const base = metricOf(await executor.run(task([])), metric);
  onRun?.(false);
  if (base === null) {
    throw new InputError({
      file,
      message: `${metric} has no value in this run, so nothing can move it`,
      found: metric,
    });
  }
  const found = new Map<SensitivityInput, InputEffect>();
  for (const input of inputs) found.set(input, { ...input, low: null, high: null, swing: 0, elasticity: null });
  await runAll(
    executor.workers,
    sides,
    ({ input, value }) => executor.run(task([`${input.path}=${value}`])),
    ({ input, factor, value: set }, outcome) => {
      const value = outcome.kind === 'done' ? metricOf(outcome, metric) : null;
      const effect = found.get(input);
      if (effect !== undefined) effect[factor < 1 ? 'low' : 'high'] = { input: set, value };
      onRun?.(outcome.kind !== 'done');
    },
  );
  const effects = [...found.values()].map((effect) => measured(effect, base));
  const moved = effects.filter(({ low, high }) => low?.value != null || high?.value != null);
  return {
    kind: 'sensitivity',
    version: VERSION,
    name: scenario.name,
    seed: scenario.seed,
    metric,
    base,
    step,
    inputs: moved.sort((a, b) => evenSwing(b, step) - evenSwing(a, step) || (a.path < b.path ? -1 : 1)),
    skipped: effects.filter((effect) => !moved.includes(effect)).map(({ path }) => path),
  };
}

function metricOf(outcome: TaskOutcome, metric: string): number | null {
  if (outcome.kind === 'bad-input') throw new InputError(outcome.problems);
  if (outcome.kind === 'internal-error') throw Object.assign(new Error(outcome.message), { stack: outcome.stack });
  try {
    return evaluateExpectations([{ metric }], outcome.document.summary)[0].value;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => ({ ...problem, key: '--metric' })));
  }
}

function measured(effect: InputEffect, base: number): InputEffect {
  const { low, high } = effect;
  const values = [low?.value, base, high?.value].filter((value) => value !== null && value !== undefined);
  const swing = base === 0 ? 0 : (Math.max(...values) - Math.min(...values)) / Math.abs(base);
  return { ...effect, swing, elasticity: elasticity(low, high) };
}

/** Slope between logarithms; null where a side is missing or no logarithm exists. */
function elasticity(low: SensitivitySide | null, high: SensitivitySide | null): number | null {
  if (low === null || high === null || low.value === null || high.value === null) return null;
  const [value, input] = [high.value / low.value, high.input / low.input];
  return value > 0 && input > 0 && input !== 1 ? Math.log(value) / Math.log(input) : null;
}

/** The swing, had the input moved by the wanted share. */
function evenSwing({ swing, base, low, high }: InputEffect, step: number): number {
  const [from, to] = [low?.input ?? base, high?.input ?? base];
  const moved = Math.log(to / from);
  const wanted = Math.log((high === null ? 1 : 1 + step) / (low === null ? 1 : 1 - step));
  return moved > 0 && Number.isFinite(moved) ? (swing * wanted) / moved : swing;
}
