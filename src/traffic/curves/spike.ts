import type { CurveShape } from './rate-curve.js';

/**
 * The rate, times a factor for a while: once, or every so often. Repeated spikes lower what lies between them, so that the
 * mean rate stays; a single one comes on top.
 *
 * @param factor level during the spike, at least 0, where the level before it is 1
 * @param atSeconds start, at least 0
 * @param lastsSeconds length, above 0
 * @param everySeconds from spike to spike; undefined for one alone
 * @example
 * new RateCurve(spike(5, 600, 120)); // five times the rate from minute 10 to minute 12
 */
export function spike(factor: number, atSeconds: number, lastsSeconds: number, everySeconds?: number): CurveShape {
  const seconds = [0, atSeconds, atSeconds + lastsSeconds, everySeconds ?? 0];
  const levels = [1, factor, 1];
  const end = everySeconds === undefined ? 2 : 3;
  const kept = levels.map((level, i) => ({ level, i })).filter(({ i }) => i < end && seconds[i + 1] > seconds[i]);
  return {
    seconds: [...kept.map(({ i }) => seconds[i]), seconds[end]],
    from: kept.map(({ level }) => level),
    to: kept.map(({ level }) => level),
    periodic: everySeconds !== undefined,
  };
}
