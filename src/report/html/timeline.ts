import type { TimeSeries } from '../../metrics/series/time-series.js';
import { count, latency, type Maybe, number, percent, span } from '../format.js';
import { limitText } from '../slo-mark.js';
import { type Line, lines } from './chart/lines.js';
import type { ChartFigure, DataTable } from './report.js';

/** Which part of the run is shown, seconds since its start. */
export interface TimeView {
  from: number;
  to: number;
}

/** All of a run. */
export function wholeRun({ edges }: TimeSeries): TimeView {
  return { from: edges[0] ?? 0, to: edges.at(-1) ?? 1 };
}

interface Panel {
  name: string;
  title: string;
  note: string;
  label: string;
  write: (value: Maybe) => string;
  lines: readonly { name: string; values: readonly (number | null)[]; area?: boolean }[];
  rule?: { value: number; text: string } | undefined;
}

/** Targets that the charts mark, milliseconds; none where there are several classes. */
export interface Targets {
  ttftMs?: number | undefined;
  tpotMs?: number | undefined;
}

/**
 * Charts of what happened when. Drawn on the page as it is written, and again by its script, which adds what each interval
 * says when somebody points at it: without a script nobody could see that, and it would be most of the page.
 *
 * @param tips whether intervals say what they hold
 * @example timelineCharts(timeSeries, {}, wholeRun(timeSeries))
 */
export function timelineCharts(
  series: TimeSeries,
  targets: Targets,
  { from, to }: TimeView,
  tips = false,
): ChartFigure[] {
  const { edges } = series;
  const middles = edges.slice(1).map((edge, i) => (edge + edges[i]) / 2);
  return panels(series, targets).map(({ name, title, note, label, write, lines: all, rule }) => ({
    name,
    title,
    note,
    svg: lines({
      title,
      seconds: middles,
      lines: all.map((line, i): Line => ({ ...line, series: i })),
      label,
      write,
      writeTime: timeText,
      from,
      to,
      tips: tips
        ? middles.map((_, k) =>
            [
              `${timeText(edges[k])} to ${timeText(edges[k + 1])}`,
              ...all.map((line) => `${line.name}: ${write(line.values[k])}`),
            ].join('\n'),
          )
        : [],
      edges,
      ...(rule && { rule }),
    }),
    table: seriesTable(name, title, label, edges, all, write),
  }));
}

function panels(series: TimeSeries, { ttftMs, tpotMs }: Targets): Panel[] {
  const { edges, arrived, goodput, throughput } = series;
  const perSecond = arrived.map((amount, k) => amount / (edges[k + 1] - edges[k]));
  const all: Panel[] = [
    {
      name: 'time-requests',
      title: 'Requests: what came, what was answered well',
      note: 'Good requests count where they arrived, so the gap below the demand is what missed its SLO.',
      label: 'requests/s',
      write: number,
      lines: [
        { name: 'arrived', values: perSecond },
        { name: 'completed', values: throughput.requestsPerSecond },
        { name: 'good', values: goodput.requestsPerSecond, area: true },
      ],
    },
    {
      name: 'time-queue',
      title: 'Requests that wait and that are computed',
      note: 'Means of each interval. A queue that only grows is a fleet that is too small.',
      label: 'requests',
      write: number,
      lines: [
        { name: 'waiting', values: series.queueLength, area: true },
        { name: 'running', values: series.running },
      ],
    },
    {
      name: 'time-use',
      title: 'Share within SLO, GPUs busy, KV cache',
      note: 'Shares of requests, of GPU time and of memory. What is still in flight at the end of the run counts as missed.',
      label: 'share',
      write: percent,
      lines: [
        { name: 'within SLO', values: series.attainment },
        { name: 'GPUs busy', values: series.gpuBusy },
        { name: 'KV cache', values: series.kvCache },
      ],
    },
    latencyPanel('time-ttft', 'Time to first token', series.ttftMs, ttftMs),
    latencyPanel('time-tpot', 'Time per output token', series.tpotMs, tpotMs),
    {
      name: 'time-tokens',
      title: 'Output tokens',
      note: 'Good ones belong to requests within their SLO and count where those arrived.',
      label: 'tokens/s',
      write: number,
      lines: [
        { name: 'all', values: throughput.outputTokensPerSecond },
        { name: 'good', values: goodput.outputTokensPerSecond, area: true },
      ],
    },
  ];
  // A fleet that neither changes its size nor breaks needs no chart of it.
  const starting = series.gpusStarting.some((gpus) => gpus > 0);
  const broken = series.gpusBroken.some((gpus) => gpus > 0);
  if (new Set(series.gpus).size < 2 && !starting && !broken) return all;
  return [
    ...all,
    {
      name: 'time-gpus',
      title: 'Size of the fleet',
      note: 'GPUs that are paid for; of them, those that start up and those that are broken, which serve nothing.',
      label: 'GPUs',
      write: count,
      lines: [
        { name: 'GPUs', values: series.gpus, area: true },
        ...(starting ? [{ name: 'starting', values: series.gpusStarting }] : []),
        ...(broken ? [{ name: 'broken', values: series.gpusBroken }] : []),
      ],
    },
  ];
}

function latencyPanel(name: string, title: string, of: TimeSeries['ttftMs'], target: number | undefined): Panel {
  const rule = target === undefined ? undefined : { value: target, text: `SLO ${limitText(target / 1000)}` };
  return {
    name,
    title,
    note: `Median and 99th percentile of the requests that arrived in each interval.${rule === undefined ? '' : ' The level line is the SLO.'}`,
    label: 'latency',
    write: latency,
    lines: [
      { name: 'p50', values: of.p50 },
      { name: 'p99', values: of.p99 },
    ],
    rule,
  };
}

/** Rows of a table below a chart; a run may have thousands of intervals, seven charts show them, and people read none of them all. */
const MOST_INTERVALS = 240;

function seriesTable(
  name: string,
  title: string,
  unit: string,
  edges: readonly number[],
  all: Panel['lines'],
  write: Panel['write'],
): DataTable {
  const intervals = edges.length - 1;
  return {
    name,
    title:
      intervals > MOST_INTERVALS
        ? `${title}: the first ${MOST_INTERVALS} of ${count(intervals)} intervals, all are in series.csv`
        : title,
    head: [
      { label: 'from', unit: 's', words: true },
      { label: 'to', unit: 's', words: true },
      ...all.map((line) => ({ label: line.name, unit: unit === 'latency' ? 'ms' : unit })),
    ],
    rows: edges
      .slice(1, 1 + MOST_INTERVALS)
      .map((to, k) => [
        { text: timeText(edges[k]), value: edges[k] },
        { text: timeText(to), value: to },
        ...all.map(({ values }) => ({ text: write(values[k]), value: values[k] ?? null })),
      ]),
  };
}

/** A moment of the run, in the unit that reads best. */
function timeText(seconds: number): string {
  return seconds === 0 ? '0' : span(seconds);
}
