import type { TimeSeries } from '../metrics/series/time-series.js';

/**
 * The mean of the series of several runs, interval by interval, over those intervals that all runs have. A figure that some
 * runs lack (nothing was completed) is the mean of the others. Runs whose intervals had to be longer are left out.
 *
 * @example meanSeries(documents.map(({ timeSeries }) => timeSeries))
 */
export function meanSeries(series: readonly (TimeSeries | null)[]): TimeSeries | null {
  const [first] = series;
  if (first === undefined || first === null) return null;
  const alike = series.filter((of) => of?.intervalSeconds === first.intervalSeconds);
  return meanOf(alike) as TimeSeries;
}

/** The mean of the figures of values that have the same shape; six digits. */
export function meanOf(values: readonly unknown[]): unknown {
  const [first] = values;
  if (Array.isArray(first)) {
    const lists = values as unknown[][];
    const shortest = Math.min(...lists.map(({ length }) => length));
    return Array.from({ length: shortest }, (_, k) => meanOf(lists.map((list) => list[k])));
  }
  if (typeof first === 'object' && first !== null) {
    return Object.fromEntries(
      Object.keys(first).map((key) => [key, meanOf(values.map((value) => (value as Record<string, unknown>)[key]))]),
    );
  }
  const figures = values.filter((value) => typeof value === 'number');
  if (figures.length === 0) return null;
  return Number((figures.reduce((sum, value) => sum + value, 0) / figures.length).toPrecision(6));
}
