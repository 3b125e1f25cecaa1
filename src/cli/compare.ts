import type { Argv } from 'yargs';
import { type Comparison, compareFiles } from '../experiment/compare/compare.js';
import { inlineExecutor, poolExecutor } from '../experiment/sweep/executor.js';
import { comparisonGrid } from '../report/compare/grid.js';
import { expectationText } from '../report/expectations.js';
import { gridMarkdown } from '../report/markdown.js';
import { renderGrid } from '../report/table.js';
import { plain } from '../report/text.js';
import { InputError } from '../scenario/input-error.js';
import { defineCommand, EXIT } from './command.js';
import { type Io, print, wantsColor } from './io.js';
import { interruption, wholeNumber } from './sweep.js';

interface CompareCommandOptions {
  scenarios: string[];
  set: string[] | undefined;
  replications: string | undefined;
  workers: string | undefined;
  format: 'table' | 'json' | 'markdown';
  quiet: boolean;
}

/** `goodput compare`: several fleets under the same demand. */
export const compareCommand = defineCommand({
  usage: 'compare <scenarios..>',
  describe: 'Run the demand of the first scenario on several fleets, and say which differences are real',
  builder: (yargs: Argv) =>
    yargs
      .positional('scenarios', { type: 'string', array: true, demandOption: true, describe: 'Two files or more' })
      .option('set', { type: 'string', array: true, nargs: 1, describe: 'path=value for all of them; repeatable' })
      .option('replications', { type: 'string', requiresArg: true, describe: 'Runs of each [default: 10]' })
      .option('workers', { type: 'string', requiresArg: true, describe: 'Threads [default: one per core]' })
      .option('format', {
        choices: ['table', 'json', 'markdown'] as const,
        default: 'table' as const,
        describe: 'What is printed',
      })
      .option('quiet', { type: 'boolean', default: false, describe: 'No notes' })
      .example('$0 compare hopper.yaml blackwell.yaml', 'side by side, ratios with 95 % intervals'),
  run,
});

async function run(options: CompareCommandOptions, io: Io): Promise<number> {
  if (options.scenarios.length < 2) {
    throw new InputError({ message: 'compare needs two scenarios or more', found: options.scenarios.join(' ') });
  }
  const workers = options.workers === undefined ? undefined : wholeNumber('--workers', options.workers);
  const replications =
    options.replications === undefined ? undefined : wholeNumber('--replications', options.replications);
  const executor = io.threads ? poolExecutor(workers) : inlineExecutor();
  const signals = interruption();
  let comparison: Comparison;
  try {
    const all = compareFiles(options.scenarios, executor, { settings: options.set, replications });
    comparison = await Promise.race([all, signals.promise]);
  } finally {
    signals.stop();
    await executor.close();
  }
  await print(io.stdout, rendered(comparison, options.format, wantsColor(io.stdout, io.env)));
  if (!options.quiet) for (const note of comparison.notes) await print(io.stderr, `note: ${plain(note)}\n`);
  const failed = comparison.scenarios.flatMap(({ file, expectations }) =>
    expectations.filter(({ pass }) => !pass).map((outcome) => `${file}: ${expectationText(outcome)}`),
  );
  for (const text of failed) await print(io.stderr, `expectation failed: ${plain(text)}\n`);
  return failed.length > 0 ? EXIT.expectationFailed : EXIT.fine;
}

function rendered(comparison: Comparison, format: CompareCommandOptions['format'], color: boolean): string {
  if (format === 'json') return `${JSON.stringify(comparison, null, 2)}\n`;
  const { replications, scenarios, seed } = comparison;
  const legend =
    replications === 1
      ? 'one run each: ratios have no intervals'
      : `means of ${replications} runs each; ± half-widths of 95 % intervals, paired by common random numbers`;
  const text = `${legend}; demand of ${plain(scenarios[0].name)}, seed ${seed}`;
  const grid = comparisonGrid(comparison);
  return format === 'markdown' ? `${gridMarkdown(grid)}\n\n${text}\n` : `${renderGrid(grid, color)}\n\n  ${text}\n`;
}
