import { count, number, percent } from '../format.js';
import { ranges } from '../html/chart/ranges.js';
import type { ChartFigure } from '../html/report.js';
import type { Grid } from '../layout.js';
import type { Difference } from './differences.js';

/** Errors up to this read as good. */
const CLOSE = 0.1;
const FAR = 0.3;

/** One row per metric and statistic. */
export function differenceGrid(all: readonly Difference[]): Grid {
  return {
    kind: 'grid',
    words: 2,
    head: ['metric', '', 'simulated', 'measured', 'unit', 'error'],
    rows: all.map(({ tag, statistic, unit, simulated, measured, error }, i) => [
      { text: all[i - 1]?.tag === tag ? '' : tag },
      { text: statistic, tone: 'quiet' },
      { text: written(simulated) },
      { text: written(measured) },
      { text: unit, tone: 'quiet' },
      { text: errorText(error), ...(error !== null && { tone: toneOf(error) }) },
    ]),
  };
}

/** Simulated as a multiple of measured, metric by metric. */
export function differenceChart(all: readonly Difference[]): ChartFigure {
  const tags = [...new Set(all.map(({ tag }) => tag))];
  const series = ['avg', 'p50', 'p90', 'p99'];
  const title = 'Simulated as a multiple of measured';
  return {
    name: 'difference',
    title,
    note: 'At 1 both are equal.',
    svg: ranges({
      title,
      label: 'simulated / measured',
      write: (value) => number(value),
      log: true,
      rule: 1,
      legend: series.map((name, i) => ({ series: i, name })),
      rows: tags.map((tag) => ({
        name: tag.replaceAll('_', ' '),
        dots: all
          .filter((of) => of.tag === tag && of.error !== null && of.error > -1)
          .map(({ statistic, simulated, measured, error, unit }) => ({
            name: statistic,
            value: 1 + (error ?? 0),
            series: series.indexOf(statistic),
            tip: `${tag} ${statistic}\nsimulated ${written(simulated)} ${unit}\nmeasured ${written(measured)} ${unit}\nerror ${errorText(error)}`,
          })),
      })),
    }),
  };
}

function written(value: number): string {
  return Number.isInteger(value) ? count(value) : number(value, 4);
}

function errorText(error: number | null): string {
  if (error === null) return '–';
  if (error === 0) return '0 %';
  return `${error < 0 ? '-' : '+'}${percent(Math.abs(error))}`;
}

function toneOf(error: number): 'good' | 'warning' | 'bad' {
  const size = Math.abs(error);
  return size <= CLOSE ? 'good' : size <= FAR ? 'warning' : 'bad';
}
