import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Argv } from 'yargs';
import { fileOpener } from '../experiment/files.js';
import { type ExportedDemand, exportDemand } from '../experiment/trace/export-demand.js';
import { tracePicture } from '../experiment/trace/picture.js';
import { trafficBlock, trafficClass } from '../experiment/trace/traffic-block.js';
import { AtomicFile, writeFileAtomic } from '../report/atomic-file.js';
import { count, number, percent, setting, span } from '../report/format.js';
import type { Grid } from '../report/layout.js';
import { renderGrid } from '../report/table.js';
import { plain } from '../report/text.js';
import { InputError } from '../scenario/input-error.js';
import type { Scenario } from '../scenario/schema.js';
import { describeTrace, type TraceDescription } from '../traffic/describe/describe.js';
import { type Fit, figureInWords, fitArrivals, missedFigures } from '../traffic/fit/fit.js';
import type { OpenFile } from '../traffic/lines.js';
import type { TraceColumns } from '../traffic/traces/csv-trace.js';
import { openTrace, traceFormat } from '../traffic/traces/index.js';
import { defineCommand, EXIT } from './command.js';
import { type Io, print, wantsColor } from './io.js';
import { readScenario } from './scenario-argument.js';

const traceFormats = ['auto', 'azure', 'mooncake', 'burstgpt', 'aiperf', 'csv'] as const;
/** Fits in the table beside gamma and Poisson; JSON has all. */
const MOST_FITS = 5;
const units = ['s', 'ms', 'us', 'ns', 'date'] as const;

interface TraceOptions {
  action: string;
  file: string;
  format: 'table' | 'json';
  fit: boolean;
  svg: string | undefined;
  traceFormat: (typeof traceFormats)[number];
  columns: string | undefined;
  blockTokens: number | undefined;
  skipBadLines: boolean;
  set: string[] | undefined;
  out: string | undefined;
}

/** `goodput trace`: what a recorded demand looks like, and demand written as a trace. */
export const traceCommand = defineCommand({
  usage: 'trace <action> <file>',
  describe: 'Describe a recorded trace, or write the demand of a scenario as one',
  builder: (yargs: Argv) =>
    yargs
      .positional('action', { type: 'string', demandOption: true, describe: 'describe or export' })
      .positional('file', { type: 'string', demandOption: true, describe: 'describe: a trace; export: a scenario' })
      .option('format', {
        choices: ['table', 'json'] as const,
        default: 'table' as const,
        describe: 'describe: what is printed',
      })
      .option('fit', { type: 'boolean', default: false, describe: 'describe: a traffic block like the trace' })
      .option('svg', { type: 'string', requiresArg: true, describe: 'describe: write a picture' })
      .option('trace-format', {
        choices: traceFormats,
        default: 'auto' as (typeof traceFormats)[number],
        describe: 'describe: layout of the file',
      })
      .option('columns', {
        type: 'string',
        requiresArg: true,
        describe: 'describe: columns of a CSV file, time,input,output[,unit]',
      })
      .option('block-tokens', {
        type: 'number',
        requiresArg: true,
        describe: 'describe: tokens of a block that hash_ids name [default: 512]',
      })
      .option('skip-bad-lines', { type: 'boolean', default: false, describe: 'describe: leave broken lines out' })
      .option('set', { type: 'string', array: true, nargs: 1, describe: 'export: path=value, overrides any place' })
      .option('out', { type: 'string', requiresArg: true, describe: 'export: JSONL file [default: stdout]' })
      .example('$0 trace describe code.csv --fit --svg code.svg', 'figures, a traffic block, a picture')
      .example('$0 trace describe log.csv --columns t,prompt,answer,ms', 'any CSV file')
      .example('$0 trace export chat.yaml --out chat.jsonl', 'the same requests for a real cluster'),
  run,
});

async function run(options: TraceOptions, io: Io): Promise<number> {
  if (options.action === 'describe') return describe(options, io);
  if (options.action === 'export') return exportTrace(options, io);
  throw new InputError({
    message: 'trace has no such action',
    found: JSON.stringify(options.action),
    allowed: 'describe, export',
  });
}

async function describe(options: TraceOptions, io: Io): Promise<number> {
  const name = basename(options.file);
  const openFile = fileOpener(dirname(options.file));
  const columns = options.columns === undefined ? undefined : columnsOf(options.columns);
  if (options.traceFormat === 'csv' && columns === undefined) {
    throw new InputError({ message: '--trace-format csv needs --columns', allowed: 'time,input,output[,unit]' });
  }
  const format = columns === undefined ? traceFormat(options.traceFormat, name, openFile) : 'csv';
  const { skipBadLines, blockTokens } = options;
  if (blockTokens !== undefined && !(Number.isInteger(blockTokens) && blockTokens >= 1)) {
    const found = String(blockTokens);
    throw new InputError({ message: '--block-tokens is no number of tokens', found, allowed: 'a whole number from 1' });
  }
  const trace = describeTrace(() => openTrace(format, openFile(name), name, { columns, blockTokens, skipBadLines }));
  const fits = options.fit ? fitArrivals(trace) : [];
  const [best] = fits;
  const className = name.replace(/(\.(csv|jsonl?|gz|txt))+$/i, '');

  if (options.format === 'json') {
    const fit = best === undefined ? {} : { fit: best, traffic: [trafficClass(className, trace, best)], fits };
    await print(io.stdout, `${JSON.stringify({ file: name, format, ...trace, ...fit }, null, 2)}\n`);
  } else {
    const color = wantsColor(io.stdout, io.env);
    const tables = grids(name, format, trace, fits).map((grid) => renderGrid(grid, color));
    const block = best === undefined ? '' : `\n${trafficBlock(className, trace, best)}`;
    await print(io.stdout, `${tables.join('\n\n')}\n${block}`);
  }
  if (options.svg !== undefined) writeFileAtomic(options.svg, tracePicture(name, trace, fits));
  if (options.fit) await print(io.stderr, fitNote(best));
  const { count: skipped, first } = trace.skippedLines;
  if (skipped > 0) {
    const reason = first === undefined ? '' : `; the first is line ${first.line}: ${plain(first.message)}`;
    await print(io.stderr, `${skipped} broken lines were left out${reason}\n`);
  }
  return EXIT.fine;
}

/** What to know before using the best fit; empty where it does what it should. */
function fitNote(best: Fit | undefined): string {
  if (best === undefined) return 'no fit: the trace is too short to say how its requests come\n';
  const missed = missedFigures(best).map(
    (figure) => `${figureInWords(figure)} ${number(figure.fit)}, trace ${number(figure.trace)}`,
  );
  return missed.length === 0 ? '' : `the fit does not reproduce within 25 %: ${missed.join('; ')}\n`;
}

/** Fits that are printed: the nearest ones, and those that everybody uses. */
function shownFits(fits: readonly Fit[]): readonly Fit[] {
  return fits.filter(({ name }, i) => i < MOST_FITS || name === 'gamma' || name === 'poisson');
}

function columnsOf(text: string): TraceColumns {
  const [time, input, output, unit = 's', ...rest] = text.split(',').map((name) => name.trim());
  const known = units.find((candidate) => candidate === unit);
  if (time && input && output && known !== undefined && rest.length === 0) return { time, input, output, unit: known };
  throw new InputError({
    message: '--columns does not name the columns of a trace',
    found: JSON.stringify(text),
    allowed: `time,input,output[,unit] with a unit of ${units.join(', ')}`,
  });
}

async function exportTrace({ file, set, out }: TraceOptions, io: Io): Promise<number> {
  const { scenario, baseDirectory } = await readScenario(file, set ?? [], io.stdin);
  const openFile = fileOpener(baseDirectory);
  if (out !== undefined) {
    await print(io.stderr, exportNote(exportTo(out, scenario, openFile), ` are in ${plain(out)}`));
    return EXIT.fine;
  }
  // By way of a file: of a demand of any size only a piece is held, and a scenario that fails prints nothing.
  const folder = mkdtempSync(join(tmpdir(), 'goodput-'));
  try {
    const exported = exportTo(join(folder, DEMAND_FILE), scenario, openFile);
    for (const text of fileOpener(folder)(DEMAND_FILE)) await print(io.stdout, text);
    if (exported.ticks) await print(io.stderr, exportNote(exported, ''));
    return EXIT.fine;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const DEMAND_FILE = 'demand.jsonl';

function exportTo(out: string, scenario: Scenario, openFile: OpenFile): ExportedDemand {
  const target = new AtomicFile(out);
  try {
    const exported = exportDemand(scenario, { openFile, write: (line) => target.write(line) });
    target.commit();
    return exported;
  } catch (error) {
    target.discard();
    throw error;
  }
}

function exportNote({ requests, simulated, ticks }: ExportedDemand, where: string): string {
  const how = simulated ? ' as they came on this fleet (closed loop or sessions)' : '';
  const spread = ticks ? '; many come at the same times: play them with spread: off, or they are spread\n' : '\n';
  return `${count(requests)} requests${how}${where}${spread}`;
}

function grids(name: string, format: string, trace: TraceDescription, fits: readonly Fit[]): Grid[] {
  const { silences, prefixReuse, coarseTimes } = trace;
  const grid = (head: string[], rows: string[][]): Grid => ({
    kind: 'grid',
    head,
    rows: rows.map((row) => row.map((text) => ({ text }))),
  });
  const figures = grid(
    [name, ''],
    [
      ['format', format],
      ['requests', count(trace.requests)],
      ['span', span(trace.spanSeconds)],
      ['rate', `${setting(trace.requestsPerSecond)}/s`],
      ['busiest to mean minute', number(trace.peakToMeanPerMinute)],
      [`silences above ${silences.longerThanSeconds} s`, count(silences.count)],
      ['their share of the time', percent(silences.shareOfTime)],
      ['longest silence', span(silences.longestSeconds)],
      ['rank correlation in/out', number(trace.rankCorrelation)],
    ],
  );
  const bursts = grid(
    ['bursts', 'CV of gaps', ...trace.dispersion.map(({ windowSeconds }) => `IDC ${windowSeconds} s`)],
    [
      ['trace', number(trace.gapCv), ...trace.dispersion.map(({ value }) => number(value))],
      ...(coarseTimes === null
        ? []
        : [
            [
              `spread over ${setting(Number(coarseTimes.tickSeconds.toPrecision(3)))} s`,
              number(coarseTimes.gapCv),
              ...coarseTimes.dispersion.map(({ value }) => number(value)),
            ],
          ]),
      ...shownFits(fits).map((fit, i) => [
        `${i === 0 ? 'fit: ' : ''}${fit.name}`.replace(/rate curve of (\d+) steps/, 'curve($1)'),
        ...['CV of gaps', ...trace.dispersion.map(({ windowSeconds }) => `IDC at ${windowSeconds} s`)].map((figure) =>
          number(fit.figures.find((candidate) => candidate.name === figure)?.fit),
        ),
      ]),
    ],
  );
  const lengths = grid(
    ['tokens', 'mean', 'CV', 'p50', 'p90', 'p99', 'max'],
    (['inputTokens', 'outputTokens'] as const).map((key) => {
      const { mean, cv, p50, p90, p99, max } = trace[key];
      return [
        key === 'inputTokens' ? 'prompts' : 'answers',
        number(mean, 4),
        number(cv),
        ...[p50, p90, p99, max].map((value) => count(value)),
      ];
    }),
  );
  if (prefixReuse === null) return [figures, bursts, lengths];
  const { differentBlocks } = prefixReuse;
  const reuse = grid(
    ['prefix reuse', 'share of blocks hit'],
    [
      [
        prefixReuse.unlimited === null
          ? 'unlimited: too many to follow'
          : `unlimited (${count(differentBlocks)} blocks)`,
        percent(prefixReuse.unlimited),
      ],
      ...prefixReuse.lru.map(({ cacheBlocks, hitShare }) => [`LRU, ${count(cacheBlocks)} blocks`, percent(hitShare)]),
    ],
  );
  return [figures, bursts, lengths, reuse];
}
