import type { Argv } from 'yargs';
import {
  DEFAULT_METRIC,
  DEFAULT_STEP,
  type Sensitivity,
  sensitivityOf,
} from '../experiment/sensitivity/sensitivity.js';
import { inlineExecutor, poolExecutor } from '../experiment/sweep/executor.js';
import { writeFileAtomic } from '../report/atomic-file.js';
import { number, percent } from '../report/format.js';
import { gridMarkdown } from '../report/markdown.js';
import { sensitivityGrid } from '../report/sensitivity/grid.js';
import { renderGrid } from '../report/table.js';
import { plain } from '../report/text.js';
import { InputError } from '../scenario/input-error.js';
import { parseShare } from '../scenario/replication-schema.js';
import { defineCommand, EXIT } from './command.js';
import { interruption } from './interruption.js';
import { type Io, print, wantsColor } from './io.js';
import { readScenario } from './scenario-argument.js';
import { ManyRunsBar } from './sweep-progress.js';
import { wholeNumber } from './whole-number.js';

interface SensitivityCommandOptions {
  scenario: string;
  set: string[] | undefined;
  metric: string;
  by: string;
  top: string;
  out: string | undefined;
  workers: string | undefined;
  format: 'table' | 'json' | 'markdown';
  quiet: boolean;
}

/** `goodput sensitivity`: which inputs move a figure most. */
export const sensitivityCommand = defineCommand({
  usage: 'sensitivity <scenario>',
  describe: 'Say which inputs move $ per million tokens most (a tornado)',
  builder: (yargs: Argv) =>
    yargs
      .positional('scenario', { type: 'string', demandOption: true, describe: 'YAML or JSON file, or - for stdin' })
      .option('set', { type: 'string', array: true, nargs: 1, describe: 'path=value, overrides any place; repeatable' })
      .option('metric', {
        type: 'string',
        requiresArg: true,
        default: DEFAULT_METRIC,
        describe: 'Dotted path into the summary of what is moved',
      })
      .option('by', {
        type: 'string',
        requiresArg: true,
        default: `${DEFAULT_STEP * 100}%`,
        describe: 'Share by which each input is lowered and raised',
      })
      .option('top', { type: 'string', requiresArg: true, default: '5', describe: 'Inputs in the table; JSON has all' })
      .option('out', { type: 'string', requiresArg: true, describe: 'Write the JSON document to this file' })
      .option('workers', { type: 'string', requiresArg: true, describe: 'Threads [default: one per core]' })
      .option('format', {
        choices: ['table', 'json', 'markdown'] as const,
        default: 'table' as const,
        describe: 'What is printed',
      })
      .option('quiet', { type: 'boolean', default: false, describe: 'No progress, no notes' })
      .example('$0 sensitivity chat.yaml', 'the five inputs that move $ per million tokens most')
      .example('$0 sensitivity chat.yaml --metric ttftMs.p99 --by 10% --top 10', 'any figure of the summary'),
  run,
});

async function run(options: SensitivityCommandOptions, io: Io): Promise<number> {
  const workers = options.workers === undefined ? undefined : wholeNumber('--workers', options.workers);
  const top = wholeNumber('--top', options.top);
  const step = stepFrom(options.by);
  const { scenario, baseDirectory } = await readScenario(options.scenario, options.set ?? [], io.stdin);
  const executor = io.threads ? poolExecutor(workers) : inlineExecutor();
  const signals = interruption();
  let bar: ManyRunsBar | undefined;
  let document: Sensitivity;
  try {
    const all = sensitivityOf(scenario, { file: options.scenario, baseDirectory }, executor, {
      metric: options.metric,
      step,
      onStart: (runs) => {
        bar = new ManyRunsBar(io.stderr.isTTY === true && !options.quiet ? io.stderr : undefined, runs);
      },
      onRun: (failed) => bar?.add(failed),
    });
    document = await Promise.race([all, signals.promise]);
  } finally {
    signals.stop();
    bar?.erase();
    await executor.close();
  }
  const json = `${JSON.stringify(document, null, 2)}\n`;
  if (options.out !== undefined) writeFileAtomic(options.out, json);
  await print(io.stdout, options.format === 'json' ? json : rendered(document, top, options.format, io));
  if (!options.quiet && document.skipped.length > 0) {
    await print(
      io.stderr,
      `note: not moved, since no such value is allowed or runs: ${plain(document.skipped.join(', '))}\n`,
    );
  }
  return EXIT.fine;
}

function rendered(document: Sensitivity, top: number, format: 'table' | 'markdown', io: Io): string {
  const grid = sensitivityGrid(document, top);
  const { name, metric, base, step, inputs } = document;
  const legend = `${plain(name)}: ${metric} is ${number(base)}; the ${Math.min(top, inputs.length)} of ${inputs.length} inputs that move it most, each by ${percent(step)} down and up`;
  return format === 'markdown'
    ? `${gridMarkdown(grid)}\n\n${legend}\n`
    : `${renderGrid(grid, wantsColor(io.stdout, io.env))}\n\n  ${legend}\n`;
}

function stepFrom(text: string): number {
  const share = parseShare(text);
  if (share !== undefined && share >= 0.001 && share <= 0.9) return share;
  throw new InputError({
    message: '--by must be a share',
    found: JSON.stringify(text),
    allowed: '0.1% to 90%, such as 20%',
  });
}
