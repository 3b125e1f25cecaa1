import { readDocument, type TextDocument } from '../../scenario/document.js';
import { InputError, type InputProblem } from '../../scenario/input-error.js';
import { scenarioIn } from '../../scenario/parse.js';
import { checkNames } from '../../scenario/resolve.js';
import { fileOpener } from '../files.js';
import type { ResultDocument, Summary } from '../result.js';
import { simulate } from '../simulate.js';

/** The text of a scenario, and where it came from. */
export interface ScenarioText {
  text: string;
  /** Name for messages. */
  file: string;
  /** Where the paths inside the scenario start. */
  baseDirectory: string;
}

/** One scenario to run; plain data, so that it can move to another thread. */
export interface SimulationTask extends ScenarioText {
  /** `path=value` each. */
  overrides: readonly string[];
  /** Whether the summary of each replication is wanted, too. */
  keepRuns?: boolean;
}

/** What became of a task. Classes do not survive the way between threads, so errors travel as their parts. */
export type TaskOutcome =
  | { kind: 'done'; document: ResultDocument; runs?: Summary[] }
  | { kind: 'bad-input'; problems: readonly InputProblem[] }
  | { kind: 'internal-error'; message: string; stack: string | undefined };

/** Points of a sweep have their text in common, and reading it takes a tenth of the time of a short one. */
let lastRead: { text: string; file: string; document: TextDocument } | undefined;

function documentOf(text: string, file: string): TextDocument {
  if (lastRead?.text !== text || lastRead.file !== file) {
    lastRead = { text, file, document: readDocument(text, file) };
  }
  return lastRead.document;
}

/**
 * Reads and runs one scenario, without its time series. Never throws: what goes wrong is part of the outcome.
 *
 * @example runTask({ text, file: 'chat.yaml', baseDirectory: '.', overrides: ['seed=7'] })
 */
export function runTask({ text, file, baseDirectory, overrides, keepRuns = false }: SimulationTask): TaskOutcome {
  try {
    const { scenario, locate } = scenarioIn(documentOf(text, file), { file, overrides });
    const unknown = checkNames(scenario);
    if (unknown.length > 0) return { kind: 'bad-input', problems: unknown.map(locate) };
    try {
      const openFile = fileOpener(baseDirectory);
      // Whoever runs many scenarios keeps their summaries.
      const timeSeries = false;
      if (!keepRuns) return { kind: 'done', document: simulate(scenario, { openFile, timeSeries }) };
      const runs: Summary[] = [];
      const document = simulate(scenario, { openFile, timeSeries, onReplication: ({ summary }) => runs.push(summary) });
      return { kind: 'done', document, runs };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const problems = error.problems.map((problem) => (problem.file === undefined ? locate(problem) : problem));
      return { kind: 'bad-input', problems };
    }
  } catch (error) {
    if (error instanceof InputError) return { kind: 'bad-input', problems: error.problems };
    if (error instanceof Error) return { kind: 'internal-error', message: error.message, stack: error.stack };
    return { kind: 'internal-error', message: String(error), stack: undefined };
  }
}
