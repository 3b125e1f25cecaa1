import type { CurveShape } from './rate-curve.js';

const DAY = 86_400;
/** Straight lines of a quarter of an hour: they leave a cosine by less than 0.1 % of its swing. */
const LINES_PER_DAY = 96;

/**
 * The days of a week. Within a day the level is `1 + swing * cos` with its top at `peak`, or goes through 24 given levels
 * (one on each full hour, straight lines between); each day of the week has a weight.
 *
 * @param day `swing` from 0 to 1 (peak and trough lie that far from the mean) and `peakSeconds` after midnight, or `hours`
 * @param week weights of the days, Monday first
 * @param startSeconds time of the week at which the run begins, from Monday 00:00
 * @example
 * new RateCurve(diurnal({ swing: 0.6, peakSeconds: 14 * 3600 }, [1, 1, 1, 1, 1, 0.4, 0.3], 0));
 */
export function diurnal(
  day: { swing: number; peakSeconds: number } | { hours: readonly number[] },
  week: readonly number[],
  startSeconds: number,
): CurveShape {
  const level = (seconds: number): number => {
    if ('swing' in day) return 1 + day.swing * Math.cos((2 * Math.PI * (seconds - day.peakSeconds)) / DAY);
    const hour = Math.floor(seconds / 3600);
    const part = seconds / 3600 - hour;
    return (1 - part) * day.hours[hour % 24] + part * day.hours[(hour + 1) % 24];
  };
  const lines = week.length * LINES_PER_DAY;
  const step = DAY / LINES_PER_DAY;
  const index = Array.from({ length: lines }, (_, i) => i);
  const weight = (i: number) => week[Math.floor(i / LINES_PER_DAY)];
  return {
    seconds: [...index, lines].map((i) => i * step),
    // A cosine of swing 1 touches 0, and may fall below it by the last bit.
    from: index.map((i) => Math.max(0, weight(i) * level((i % LINES_PER_DAY) * step))),
    to: index.map((i) => Math.max(0, weight(i) * level(((i % LINES_PER_DAY) + 1) * step))),
    periodic: true,
    phaseSeconds: startSeconds % (week.length * DAY),
  };
}
