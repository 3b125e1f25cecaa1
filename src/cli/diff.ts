import type { Argv } from 'yargs';
import { writeFileAtomic } from '../report/atomic-file.js';
import { differenceNotes, differences } from '../report/diff/differences.js';
import { differenceChart, differenceGrid } from '../report/diff/render.js';
import { readAiperfSummary } from '../report/exports/aiperf/read-summary.js';
import { chartSvg } from '../report/html/index.js';
import { gridMarkdown } from '../report/markdown.js';
import { renderGrid } from '../report/table.js';
import { plain } from '../report/text.js';
import { InputError } from '../scenario/input-error.js';
import { defineCommand, EXIT } from './command.js';
import { type Io, print, wantsColor } from './io.js';

interface DiffCommandOptions {
  simulated: string;
  measured: string;
  format: 'table' | 'json' | 'markdown';
  plot: string | undefined;
}

/** `goodput diff`: a simulated run against a measured one, both as AIPerf writes them. */
export const diffCommand = defineCommand({
  usage: 'diff <simulated> <measured>',
  describe: 'How far a simulated run is from a measured one, both as AIPerf summaries',
  builder: (yargs: Argv) =>
    yargs
      .positional('simulated', {
        type: 'string',
        demandOption: true,
        describe: 'profile_export_aiperf.json of goodput run --export aiperf, or its folder',
      })
      .positional('measured', { type: 'string', demandOption: true, describe: 'The same of an AIPerf run' })
      .option('format', {
        choices: ['table', 'json', 'markdown'] as const,
        default: 'table' as const,
        describe: 'What is printed',
      })
      .option('plot', { type: 'string', requiresArg: true, describe: 'SVG file for a picture of it' })
      .example('$0 diff results/chat/today artifacts/run --plot error.svg', 'errors of TTFT, ITL, throughput ...'),
  run,
});

async function run({ simulated, measured, format, plot }: DiffCommandOptions, io: Io): Promise<number> {
  const runs = [readAiperfSummary(simulated), readAiperfSummary(measured)] as const;
  const all = differences(...runs);
  const notes = differenceNotes(...runs);
  if (all.length === 0) {
    throw new InputError({ file: measured, message: `has no metric in common with ${simulated}` });
  }
  if (plot !== undefined) writeFileAtomic(plot, chartSvg(differenceChart(all)));
  const grid = differenceGrid(all);
  const text =
    format === 'json'
      ? JSON.stringify({ simulated, measured, notes, differences: all }, null, 2)
      : format === 'markdown'
        ? gridMarkdown(grid)
        : renderGrid(grid, wantsColor(io.stdout, io.env));
  await print(io.stdout, `${text}\n`);
  for (const note of notes) await print(io.stderr, `${plain(note)}\n`);
  return EXIT.fine;
}
