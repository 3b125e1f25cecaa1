import { statSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Argv } from 'yargs';
import { writeFileAtomic } from '../report/atomic-file.js';
import {
  type ChartFigure,
  chartSvg,
  chartsOf,
  type Report,
  renderMarkdownPage,
  renderPage,
  reportOf,
} from '../report/html/index.js';
import { writePng } from '../report/html/png.js';
import { plain } from '../report/text.js';
import { InputError } from '../scenario/input-error.js';
import { didYouMean } from '../scenario/suggest.js';
import { defineCommand, EXIT } from './command.js';
import { type Io, print } from './io.js';

interface ReportCommandOptions {
  paths: string[];
  format: 'html' | 'markdown' | 'svg' | 'png';
  chart: string | undefined;
  out: string | undefined;
  quiet: boolean;
}

/** `goodput report`: results as one page for people. */
export const reportCommand = defineCommand({
  usage: 'report <paths..>',
  describe: 'Make one HTML file of results: which fleet, what it costs, how sure that is, and charts',
  builder: (yargs: Argv) =>
    yargs
      .positional('paths', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Folders that run, compare, sweep or plan wrote, their JSON, or names under results/',
      })
      .option('format', {
        choices: ['html', 'markdown', 'svg', 'png'] as const,
        default: 'html' as const,
        describe: 'A page, text for pull requests, or one chart; png needs an installed Chromium',
      })
      .option('chart', { type: 'string', requiresArg: true, describe: 'Name of the chart for svg and png' })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'File to write [default for html: beside the results]',
      })
      .option('quiet', { type: 'boolean', default: false, describe: 'No notes' })
      .example('$0 report results/chat/2026-08-01T12-30-05Z', 'report.html in that folder')
      .example('$0 report comparison.json --out fleets.html', 'from goodput compare --format json')
      .example('$0 report comparison.json --format markdown', 'for a pull request')
      .example('$0 report comparison.json --chart frontier --format svg --out frontier.svg', 'for a slide'),
  run,
});

async function run({ paths, format, chart, out, quiet }: ReportCommandOptions, io: Io): Promise<number> {
  if (chart !== undefined && format !== 'svg' && format !== 'png') {
    throw new InputError({ message: '--chart needs --format svg or png', found: `--format ${format}` });
  }
  const reports = paths.map(reportOf);
  if (format === 'html') {
    const file = out ?? besides(paths[0]);
    writeFileAtomic(file, renderPage(reports));
    if (!quiet) await print(io.stderr, `the report is ${plain(file)}\n`);
    return EXIT.fine;
  }
  if (format === 'markdown') return write(renderMarkdownPage(reports), out, io);
  const figure = chosenChart(reports, chart);
  if (format === 'svg') return write(chartSvg(figure), out, io);
  if (out === undefined) throw new InputError({ message: '--format png needs --out', hint: 'such as --out chart.png' });
  await writePng(out, chartSvg(figure));
  return EXIT.fine;
}

async function write(text: string, out: string | undefined, io: Io): Promise<number> {
  if (out === undefined) await print(io.stdout, text);
  else writeFileAtomic(out, text);
  return EXIT.fine;
}

/** `report.html` in a folder; a file's own name with another ending beside it. */
function besides(path: string): string {
  if (statSync(path).isDirectory()) return join(path, 'report.html');
  const extension = extname(path);
  return `${extension === '' ? path : path.slice(0, -extension.length)}.html`;
}

function chosenChart(reports: readonly Report[], name: string | undefined): ChartFigure {
  const charts = reports.flatMap(chartsOf);
  const names = charts.map((figure) => figure.name);
  const found = name === undefined ? charts[0] : charts.find((figure) => figure.name === name);
  if (found !== undefined && (name !== undefined || charts.length === 1)) return found;
  throw new InputError({
    message: name === undefined ? 'which chart? name it with --chart' : 'there is no such chart in this report',
    ...(name !== undefined && { found: name }),
    allowed: names.join(', '),
    ...(name !== undefined && { hint: didYouMean(name, names) }),
  });
}
