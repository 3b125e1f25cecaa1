import type { Argv } from 'yargs';
import type { ResultDocument } from '../experiment/result.js';
import { EXPORT_NAMES, type ExportName } from '../report/exports/index.js';
import { expectationText, type FormatName, failedExpectations, formats } from '../report/index.js';
import { defaultResultFolder, writeResultFolder } from '../report/result-folder.js';
import { plain } from '../report/text.js';
import type { TraceEventsTarget } from '../report/trace-events.js';
import { InputError } from '../scenario/input-error.js';
import { parseSeconds } from '../scenario/quantities.js';
import { defineCommand, EXIT } from './command.js';
import { type Io, print, wantsColor } from './io.js';
import { ProgressBar } from './progress.js';
import { readScenario } from './scenario-argument.js';
import { runJob, type SimulationJob } from './simulation-job.js';
import { runInThread } from './simulation-thread.js';

interface RunOptions {
  scenario: string;
  set: string[] | undefined;
  seed: string | undefined;
  format: FormatName;
  out: string | undefined;
  records: string | undefined;
  traceEvents: string | undefined;
  traceWindow: string | undefined;
  export: ExportName[] | undefined;
  reference: boolean;
  checkInvariants: boolean;
  quiet: boolean;
}

/** `goodput run`: one scenario, one result. */
export const runCommand = defineCommand({
  usage: 'run <scenario>',
  describe: 'Simulate one scenario and print what the fleet would deliver',
  builder: (yargs: Argv) =>
    yargs
      .positional('scenario', { type: 'string', demandOption: true, describe: 'YAML or JSON file, or - for stdin' })
      .option('set', { type: 'string', array: true, nargs: 1, describe: 'path=value, overrides any place; repeatable' })
      .option('seed', { type: 'string', requiresArg: true, describe: 'Seed of all random streams' })
      .option('format', {
        choices: Object.keys(formats) as FormatName[],
        default: 'table' as FormatName,
        describe: 'What is printed',
      })
      .option('out', { type: 'string', describe: 'Write a result folder [default: results/<name>/<UTC time>]' })
      .option('records', { type: 'string', requiresArg: true, describe: 'One row per request: .parquet, .csv, .jsonl' })
      .option('export', {
        choices: EXPORT_NAMES,
        array: true,
        nargs: 1,
        describe: 'Files of other tools in the result folder; repeatable',
      })
      .option('trace-events', {
        type: 'string',
        requiresArg: true,
        describe: 'Timeline for ui.perfetto.dev: steps, queues, transfers, requests (.json)',
      })
      .option('trace-window', {
        type: 'string',
        requiresArg: true,
        describe: 'Part of the run that it shows, such as 90s..2m [default: from the start, up to 200,000 entries]',
      })
      .option('reference', { type: 'boolean', default: false, describe: 'Step by step: slow, same result' })
      .option('check-invariants', { type: 'boolean', default: false, describe: 'Check the laws of the model: slow' })
      .option('quiet', { type: 'boolean', default: false, describe: 'No progress, no notes' })
      .example('$0 run chat.yaml', 'a table on the terminal')
      .example('$0 run chat.yaml --set "factory.pools[0].replicas=4"', 'the same with another fleet')
      .example('$0 run chat.yaml --format json | jq .summary.goodput', 'for other programs')
      .example('$0 run chat.yaml --trace-events timeline.json --trace-window 60s..70s', 'every step, to look at')
      .example('$0 run chat.yaml --out --records requests.parquet', 'kept for later')
      .example(
        '$0 run chat.yaml --export aiperf --export prometheus',
        'for scripts and boards that know AIPerf or vLLM',
      ),
  run,
});

async function run(options: RunOptions, io: Io): Promise<number> {
  const { seed, format, out, reference, checkInvariants } = options;
  const overrides = [...(options.set ?? []), ...(seed === undefined ? [] : [`seed=${wholeNumber(seed)}`])];
  const { scenario, locate, baseDirectory } = await readScenario(options.scenario, overrides, io.stdin);
  // An export is written while the run goes on, so its folder must be there before.
  const names = [...new Set(options.export)];
  const folder =
    out === '' || (out === undefined && names.length > 0) ? defaultResultFolder(scenario.name, new Date()) : out;
  const exports = folder === undefined || names.length === 0 ? undefined : { names, folder };
  const traceEvents = traceEventsTarget(options.traceEvents, options.traceWindow);
  const recordsPath = options.records;
  const job = { scenario, baseDirectory, reference, checkInvariants, recordsPath, exports, traceEvents };
  const notes: string[] = [];

  let document: ResultDocument;
  try {
    document = await simulateWithProgress(job, io, options.quiet, (note) => notes.push(note));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => (problem.file === undefined ? locate(problem) : problem)));
  }

  await print(io.stdout, formats[format](document, { color: wantsColor(io.stdout, io.env) }));
  if (folder !== undefined) {
    writeResultFolder(folder, document);
    if (!options.quiet) await print(io.stderr, `results are in ${plain(folder)}\n`);
  }
  if (!options.quiet) for (const note of notes) await print(io.stderr, `note: ${note}\n`);
  const failed = failedExpectations(document);
  for (const outcome of failed) await print(io.stderr, `expectation failed: ${plain(expectationText(outcome))}\n`);
  return failed.length > 0 ? EXIT.expectationFailed : EXIT.fine;
}

/** Only a run that writes as it goes has something to clean up on Ctrl-C, and so needs a thread of its own. */
async function simulateWithProgress(
  job: SimulationJob,
  io: Io,
  quiet: boolean,
  onNote: (note: string) => void,
): Promise<ResultDocument> {
  const bar = io.stderr.isTTY === true && !quiet ? new ProgressBar(io.stderr) : undefined;
  try {
    if (io.threads && (job.recordsPath ?? job.exports ?? job.traceEvents) !== undefined)
      return await runInThread(job, bar?.update, onNote);
    return runJob(job, bar?.update, onNote);
  } finally {
    bar?.erase();
  }
}

/** Where the timeline goes, and from when to when it reaches. */
function traceEventsTarget(path: string | undefined, window: string | undefined): TraceEventsTarget | undefined {
  const wrong = (message: string) =>
    new InputError({
      message,
      found: JSON.stringify(window),
      allowed: 'FROM..TO, such as 90s..2m; either may be left out',
    });
  if (path === undefined) {
    if (window !== undefined) throw wrong('--trace-window needs --trace-events FILE');
    return undefined;
  }
  if (window === undefined) return { path, fromSeconds: 0, toSeconds: Number.POSITIVE_INFINITY };
  const ends = window.split('..');
  const [fromSeconds, toSeconds] = ends.map((end, i) =>
    end === '' ? [0, Number.POSITIVE_INFINITY][i] : (parseSeconds(end) ?? Number.NaN),
  );
  // Also catches NaN.
  if (ends.length !== 2 || !(fromSeconds >= 0 && toSeconds > fromSeconds))
    throw wrong('--trace-window is no time span');
  return { path, fromSeconds, toSeconds };
}

function wholeNumber(text: string): string {
  if (/^\d{1,15}$/.test(text)) return text;
  throw new InputError({
    message: '--seed must be a whole number',
    found: JSON.stringify(text),
    allowed: '0 to 999999999999999',
  });
}
