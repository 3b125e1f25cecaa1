import type { Argv } from 'yargs';
import { type CompareOptions, type Comparison, compareFiles, DEFAULT_CURVE } from '../experiment/compare/compare.js';
import { isComparisonFile } from '../experiment/compare/comparison-file.js';
import { runComparisonFile } from '../experiment/compare/run-comparison.js';
import { type Executor, inlineExecutor, poolExecutor } from '../experiment/sweep/executor.js';
import { writeComparison } from '../report/compare/folder.js';
import { comparisonGrid } from '../report/compare/grid.js';
import { winnersGrids } from '../report/compare/winners.js';
import { expectationText } from '../report/expectations.js';
import { number } from '../report/format.js';
import { gridMarkdown } from '../report/markdown.js';
import { renderGrid } from '../report/table.js';
import { plain } from '../report/text.js';
import { InputError } from '../scenario/input-error.js';
import { defineCommand, EXIT } from './command.js';
import { interruption } from './interruption.js';
import { type Io, print, wantsColor } from './io.js';
import { wholeNumber } from './whole-number.js';

interface CompareCommandOptions {
  scenarios: string[];
  set: string[] | undefined;
  replications: string | undefined;
  workers: string | undefined;
  align: CompareOptions['align'];
  curve: boolean;
  out: string | undefined;
  format: 'table' | 'json' | 'markdown';
  quiet: boolean;
}

/** `goodput compare`: several fleets under the same demand. */
export const compareCommand = defineCommand({
  usage: 'compare <scenarios..>',
  describe: 'Run one demand on several fleets, and say which differences are real and who is cheapest at which speed',
  builder: (yargs: Argv) =>
    yargs
      .positional('scenarios', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'A comparison file, or two scenarios or more',
      })
      .option('set', { type: 'string', array: true, nargs: 1, describe: 'path=value for all of them; repeatable' })
      .option('replications', { type: 'string', requiresArg: true, describe: 'Runs of each [default: 10]' })
      .option('workers', { type: 'string', requiresArg: true, describe: 'Threads [default: one per core]' })
      .option('align', {
        choices: ['none', 'gpus', 'cost', 'power'] as const,
        describe: 'Scale the others to as many GPUs, $/h or kW as the first [default: none, or as the file says]',
      })
      .option('curve', {
        type: 'boolean',
        default: true,
        describe: 'Tokens/s per user against $ per million tokens; --no-curve leaves it out',
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'Folder for comparison.json, curve.csv, curve.svg',
      })
      .option('format', {
        choices: ['table', 'json', 'markdown'] as const,
        default: 'table' as const,
        describe: 'What is printed',
      })
      .option('quiet', { type: 'boolean', default: false, describe: 'No notes' })
      .example('$0 compare hopper.yaml blackwell.yaml', 'side by side, ratios with 95 % intervals')
      .example('$0 compare hopper.yaml blackwell.yaml --align cost', 'as much Blackwell as the money for Hopper buys')
      .example('$0 compare scenarios/hopper-vs-blackwell.yaml --out results/hb', 'a comparison file; writes the curve'),
  run,
});

async function run(options: CompareCommandOptions, io: Io): Promise<number> {
  const workers = options.workers === undefined ? undefined : wholeNumber('--workers', options.workers);
  const replications =
    options.replications === undefined ? undefined : wholeNumber('--replications', options.replications);
  const executor = io.threads ? poolExecutor(workers) : inlineExecutor();
  const signals = interruption();
  let comparison: Comparison;
  try {
    const all = compared(options, executor, replications);
    comparison = await Promise.race([all, signals.promise]);
  } finally {
    signals.stop();
    await executor.close();
  }
  if (options.out !== undefined) writeComparison(options.out, comparison);
  await print(io.stdout, comparisonText(comparison, options.format, wantsColor(io.stdout, io.env)));
  if (!options.quiet) for (const note of comparison.notes) await print(io.stderr, `note: ${plain(note)}\n`);
  const failed = [
    ...comparison.scenarios.flatMap(({ name, expectations }) =>
      expectations.filter(({ pass }) => !pass).map((outcome) => `${name}: ${expectationText(outcome)}`),
    ),
    ...comparison.expectations.filter(({ pass }) => !pass).map(expectationText),
  ];
  for (const text of failed) await print(io.stderr, `expectation failed: ${plain(text)}\n`);
  return failed.length > 0 ? EXIT.expectationFailed : EXIT.fine;
}

function compared(
  { scenarios, set: settings, align, curve }: CompareCommandOptions,
  executor: Executor,
  replications: number | undefined,
): Promise<Comparison> {
  if (scenarios.length === 1 && isComparisonFile(scenarios[0])) {
    return runComparisonFile(scenarios[0], executor, {
      settings,
      replications,
      align,
      curve: curve ? undefined : false,
    });
  }
  if (scenarios.length < 2) {
    throw new InputError({
      message: 'compare needs two scenarios or more, or a comparison file',
      found: scenarios.join(' '),
    });
  }
  return compareFiles(scenarios, executor, { settings, replications, align, curve: curve ? DEFAULT_CURVE : false });
}

/** What a comparison has found, as it is printed. */
export function comparisonText(
  comparison: Comparison,
  format: CompareCommandOptions['format'],
  color: boolean,
): string {
  if (format === 'json') return `${JSON.stringify(comparison, null, 2)}\n`;
  const { replications, scenarios, seed } = comparison;
  const legend =
    replications === 1
      ? 'one run each: ratios have no intervals'
      : `means of ${replications} runs each; ± half-widths of 95 % intervals, paired by common random numbers`;
  const notes = [
    `${legend}; demand of ${plain(scenarios[0].name)}, seed ${seed}`,
    ...alignmentText(comparison),
    ...warningTexts(comparison),
  ];
  const grids = [comparisonGrid(comparison), ...winnersGrids(comparison)];
  const blocks =
    format === 'markdown'
      ? [gridMarkdown(grids[0]), notes.join('\n'), ...grids.slice(1).map(gridMarkdown)]
      : [
          renderGrid(grids[0], color),
          notes.map((line) => `  ${line}`).join('\n'),
          ...grids.slice(1).map((grid) => renderGrid(grid, color)),
        ];
  return `${blocks.join('\n\n')}\n`;
}

/** What each fleet's runs warn of, once for all that warn of it. */
function warningTexts({ scenarios }: Comparison): string[] {
  const names = new Map<string, string[]>();
  for (const { name, warnings } of scenarios) {
    for (const text of warnings) names.set(text, [...(names.get(text) ?? []), plain(name)]);
  }
  return [...names].map(([text, of]) => `warning: ${of.join(', ')}: ${plain(text)}`);
}

function alignmentText({ alignment: { by, unit, fleets } }: Comparison): string[] {
  if (by === 'none') return [];
  const sizes = fleets.map(
    ({ name, amount, replicas }) => `${plain(name)} ${number(amount)} ${unit} (replicas ${replicas.join(' + ')})`,
  );
  return [`aligned by ${by}: ${sizes.join(', ')}`];
}
