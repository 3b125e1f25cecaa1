import { appendFileSync } from 'node:fs';
import type { Argv } from 'yargs';
import { type BaselineOutcome, baselineJudge, readBaselines } from '../experiment/check/baseline.js';
import { type CheckReport, checkFiles, worst } from '../experiment/check/check.js';
import { findFiles } from '../experiment/check/find-files.js';
import { inlineExecutor, poolExecutor } from '../experiment/sweep/executor.js';
import { writeFileAtomic, writeProblem } from '../report/atomic-file.js';
import { checkMarkdown } from '../report/check/markdown.js';
import { checkText } from '../report/check/text.js';
import { junitXml } from '../report/junit.js';
import { InputError } from '../scenario/input-error.js';
import { parseShare } from '../scenario/replication-schema.js';
import { defineCommand, EXIT } from './command.js';
import { interruption } from './interruption.js';
import { type Io, print, wantsColor } from './io.js';
import { ManyRunsBar } from './sweep-progress.js';
import { wholeNumber } from './whole-number.js';

interface CheckCommandOptions {
  paths: string[];
  set: string[] | undefined;
  junit: string | undefined;
  markdown: string | undefined;
  baseline: string | undefined;
  tolerance: string;
  workers: string | undefined;
  format: 'text' | 'json' | 'markdown';
  quiet: boolean;
}

/** `goodput check`: the expectations of all scenarios, as a gate in CI. */
export const checkCommand = defineCommand({
  usage: 'check <paths..>',
  describe: 'Run every scenario and sweep under some paths, and fail when an expectation does',
  builder: (yargs: Argv) =>
    yargs
      .positional('paths', { type: 'string', array: true, demandOption: true, describe: 'Files and folders' })
      .option('set', { type: 'string', array: true, nargs: 1, describe: 'path=value for all scenarios; repeatable' })
      .option('junit', { type: 'string', requiresArg: true, describe: 'Write JUnit XML, which CI shows as tests' })
      .option('markdown', { type: 'string', requiresArg: true, describe: 'Write a summary in Markdown' })
      .option('baseline', {
        type: 'string',
        requiresArg: true,
        describe: 'result.json, or a folder with some, to beat',
      })
      .option('tolerance', {
        type: 'string',
        requiresArg: true,
        default: '5%',
        describe: 'How much worse is still fine',
      })
      .option('workers', { type: 'string', requiresArg: true, describe: 'Threads [default: one per core]' })
      .option('format', {
        choices: ['text', 'json', 'markdown'] as const,
        default: 'text' as const,
        describe: 'What is printed',
      })
      .option('quiet', { type: 'boolean', default: false, describe: 'No progress' })
      .example('$0 check scenarios', 'exit code 1 when an expectation fails, 2 when a file is broken')
      .example('$0 check scenarios --junit junit.xml --markdown "$GITHUB_STEP_SUMMARY"', 'in a GitHub workflow')
      .example('$0 check scenarios --baseline results', 'fails where a stored result was better'),
  run,
});

async function run(options: CheckCommandOptions, io: Io): Promise<number> {
  const workers = options.workers === undefined ? undefined : wholeNumber('--workers', options.workers);
  for (const option of ['junit', 'markdown'] as const) {
    // Before the runs: a variable of the CI system that is not set should not cost them.
    if (options[option] === '') throw new InputError({ message: `--${option} needs the name of a file`, found: '""' });
  }
  const report = await checked(options, workers, io);
  if (report.files.length === 0) {
    // A gate that looks at nothing must not look green.
    throw new InputError({ file: options.paths.join(' '), message: 'holds no scenario and no sweep' });
  }
  if (options.junit !== undefined) writeFileAtomic(options.junit, junitXml(report));
  if (options.markdown !== undefined) writeSummary(options.markdown, checkMarkdown(report), io.env);
  await print(io.stdout, rendered(report, options.format, wantsColor(io.stdout, io.env)));
  const exits = { passed: EXIT.fine, failed: EXIT.expectationFailed, broken: EXIT.badInput } as const;
  return exits[worst(report.files)];
}

async function checked(
  { paths, set, quiet, baseline, tolerance }: CheckCommandOptions,
  workers: number | undefined,
  io: Io,
): Promise<CheckReport> {
  const files = findFiles(paths);
  const baselines = baseline === undefined ? undefined : readBaselines(baseline);
  const share = toleranceFrom(tolerance);
  const executor = io.threads ? poolExecutor(workers) : inlineExecutor();
  const signals = interruption();
  let bar: ManyRunsBar | undefined;
  const outcomes: BaselineOutcome[] = [];
  const judge = baselines && baselineJudge(baselines, share, executor);
  try {
    const all = checkFiles(files, executor, {
      settings: set,
      judge:
        judge &&
        (async (task, document) => {
          const outcome = await judge(task, document);
          outcomes.push(outcome);
          return outcome;
        }),
      onStart: (runs) => {
        bar = new ManyRunsBar(io.stderr.isTTY === true && !quiet ? io.stderr : undefined, runs);
      },
      onRun: (status) => bar?.add(status !== 'passed'),
    });
    const report = await Promise.race([all, signals.promise]);
    if (baselines !== undefined) mustHaveCompared(outcomes, report, baselines.keys(), baseline);
    return report;
  } finally {
    signals.stop();
    bar?.erase();
    await executor.close();
  }
}

/** A gate that compares nothing must not look green. What could not be run is reported anyway. */
function mustHaveCompared(
  outcomes: readonly BaselineOutcome[],
  { files }: CheckReport,
  known: Iterable<string>,
  baseline: string | undefined,
): void {
  if (outcomes.some(({ expectations }) => expectations.length > 0)) return;
  if (files.some(({ status }) => status === 'broken')) return;
  throw new InputError({
    file: baseline,
    message: 'holds no baseline of any of these scenarios: results and scenarios go together by their names',
    allowed: [...known].join(', '),
  });
}

function rendered(report: CheckReport, format: CheckCommandOptions['format'], color: boolean): string {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  return format === 'markdown' ? checkMarkdown(report) : checkText(report, color);
}

function toleranceFrom(text: string): number {
  const share = parseShare(text);
  if (share !== undefined && share >= 0 && share <= 1) return share;
  throw new InputError({
    message: '--tolerance must be a share',
    found: JSON.stringify(text),
    allowed: '0% to 100%, such as 5%',
  });
}

/** The summary of a GitHub step belongs to all commands of the step, so it grows; any other file is written anew. */
function writeSummary(path: string, text: string, env: Io['env']): void {
  if (path !== env.GITHUB_STEP_SUMMARY) {
    writeFileAtomic(path, text);
    return;
  }
  try {
    appendFileSync(path, text);
  } catch (error) {
    throw writeProblem(path, error);
  }
}
