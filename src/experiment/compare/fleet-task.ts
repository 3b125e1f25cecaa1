import { dirname, resolve } from 'node:path';
import { InputError } from '../../scenario/input-error.js';
import { parseScenario } from '../../scenario/parse.js';
import { checkNames } from '../../scenario/resolve.js';
import type { Scenario } from '../../scenario/schema.js';
import { readText } from '../load-scenario.js';
import type { ResultDocument, Summary } from '../result.js';
import type { Executor } from '../sweep/executor.js';
import type { ScenarioText } from '../sweep/task.js';

/** One fleet of a comparison: a scenario, and what is changed in it. */
export interface FleetTask extends ScenarioText {
  name: string;
  /** `path=value` each. */
  overrides: readonly string[];
  /** Ways to run it, on top of that; one without a name where there is only the fleet as it is. */
  configs: readonly FleetConfig[];
}

export interface FleetConfig {
  name: string | null;
  overrides: readonly string[];
  /** Users of its closed loops; undefined: those of the curve. */
  users: readonly number[] | undefined;
}

export const AS_IT_IS: FleetConfig = { name: null, overrides: [], users: undefined };

/** A fleet from a scenario file. */
export function fleetOfFile(file: string, settings: readonly string[]): FleetTask {
  const task = { text: readText(file), file, baseDirectory: dirname(resolve(file)), overrides: settings };
  return { ...task, name: scenarioOf(task).name, configs: [AS_IT_IS] };
}

/** The scenario of a fleet, checked. Throws an {@link InputError} with places in its file. */
export function scenarioOf({ text, file, overrides }: Pick<FleetTask, 'text' | 'file' | 'overrides'>): Scenario {
  const { scenario, locate } = parseScenario(text, { file, overrides });
  const unknown = checkNames(scenario);
  if (unknown.length > 0) throw new InputError(unknown.map(locate));
  return scenario;
}

export interface FleetRun {
  document: ResultDocument;
  /** Of each replication. */
  runs: Summary[];
}

/** Runs a fleet with further overrides. Throws where it cannot be run. */
export async function runFleet(
  { text, file, baseDirectory, overrides }: FleetTask,
  more: readonly string[],
  executor: Executor,
): Promise<FleetRun> {
  const task = { text, file, baseDirectory, overrides: [...overrides, ...more], keepRuns: true };
  const outcome = await executor.run(task);
  if (outcome.kind === 'bad-input') throw new InputError(outcome.problems);
  if (outcome.kind === 'internal-error') throw Object.assign(new Error(outcome.message), { stack: outcome.stack });
  const { document, runs = [] } = outcome;
  return { document, runs: runs.length > 0 ? runs : [document.summary] };
}
