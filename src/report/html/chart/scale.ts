/** Where values stand along an axis. */
export interface Scale {
  /** Position of a value, in units of the drawing. */
  at(value: number): number;
  /** Value at a position; the inverse of {@link at}. */
  value(position: number): number;
  ticks: readonly number[];
  /** Whether the scale can show this value at all. */
  shows(value: number): boolean;
}

export interface ScaleOptions {
  /** First and last position of the axis. */
  range: readonly [number, number];
  /** About as many ticks as this. */
  ticks?: number;
  /** Whether 0 must be on a linear axis. */
  zero?: boolean;
  log?: boolean;
  /** Seconds, whose round values are minutes, hours and days. */
  time?: boolean;
  /** Take the domain as it is; otherwise it is widened to round values. */
  exact?: boolean;
}

/** A logarithmic axis pays from this ratio of largest to smallest value on. */
const WORTH_A_LOG = 30;

/**
 * A scale that shows all of the values.
 *
 * @example scaleFor([3, 97], { range: [0, 100], zero: true }).ticks // [0, 20, 40, 60, 80, 100]
 */
export function scaleFor(values: readonly number[], options: ScaleOptions): Scale {
  const finite = values.filter((value) => Number.isFinite(value) && (options.log !== true || value > 0));
  const [low, high] = finite.length === 0 ? [1, 10] : extent(finite);
  return options.log === true ? logScale(low, high, options) : linearScale(low, high, options);
}

/** Whether values spread so far that only a logarithmic axis shows all of them. */
export function wantsLog(values: readonly number[]): boolean {
  const positive = values.filter((value) => Number.isFinite(value) && value > 0);
  if (positive.length === 0 || positive.length < values.length) return false;
  const [low, high] = extent(positive);
  return high / low >= WORTH_A_LOG;
}

/** Smallest and largest value; without spreading an array that may be long. */
export function extent(values: readonly number[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function linearScale(low: number, high: number, { range, ticks: wanted = 5, zero, exact, time }: ScaleOptions): Scale {
  let from = zero === true ? Math.min(0, low) : low;
  let to = zero === true ? Math.max(0, high) : high;
  if (from === to) {
    from -= Math.abs(from) * 0.1 || 1;
    to += Math.abs(to) * 0.1 || 1;
    if (zero === true && low >= 0) from = 0;
  }
  const step = time === true ? timeStep((to - from) / wanted) : roundStep((to - from) / wanted);
  if (exact !== true) {
    from = Math.floor(from / step + 1e-9) * step;
    to = Math.ceil(to / step - 1e-9) * step;
  }
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) ticks.push(tidy(i * step));
  return {
    at: (value) => range[0] + ((value - from) / (to - from)) * (range[1] - range[0]),
    value: (position) => from + ((position - range[0]) / (range[1] - range[0])) * (to - from),
    ticks,
    shows: Number.isFinite,
  };
}

const TIME_STEPS = [60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];

/** The round stretch of time at or above a size. */
function timeStep(seconds: number): number {
  if (seconds <= 30) return roundStep(seconds);
  return TIME_STEPS.find((step) => step >= seconds) ?? roundStep(seconds);
}

/** 1, 2 or 5 times a power of ten (Heckbert, "Nice Numbers for Graph Labels", Graphics Gems, 1990). */
function roundStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const share = size / power;
  return (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10) * power;
}

/** Values between powers of ten that may be ticks, coarse ones first. */
const MANTISSAS = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]];
/** Fine enough for the ends of an axis. */
const FINER = 2;
const FEWEST_TICKS = 3;
const MOST_TICKS = 9;

function logScale(low: number, high: number, { range, exact }: ScaleOptions): Scale {
  const [least, most] = low === high ? [low / 2, high * 2] : [low, high];
  const round = roundValues(least, most);
  const ends = round.finer ?? round.ticks;
  const from = exact === true ? low : Math.max(...ends.filter((value) => value <= low * 1.001));
  const to = exact === true ? high : Math.min(...ends.filter((value) => value >= high * 0.999 && value > from));
  const size = Math.log(to / from);
  return {
    at: (value) => range[0] + (Math.log(value / from) / size) * (range[1] - range[0]),
    value: (position) => from * Math.exp(((position - range[0]) / (range[1] - range[0])) * size),
    ticks: thinned(round.ticks.filter((value) => value >= from * 0.999 && value <= to * 1.001)),
    shows: (value) => Number.isFinite(value) && value > 0,
  };
}

/** The coarsest round values around an interval that give enough ticks, and finer ones for its ends; even steps where it is narrow. */
function roundValues(low: number, high: number): { ticks: number[]; finer?: number[] } {
  for (const [i, mantissas] of MANTISSAS.entries()) {
    const ticks = powersTimes(mantissas, low, high);
    if (ticks.filter((value) => value >= low && value <= high).length < FEWEST_TICKS) continue;
    return i < FINER ? { ticks, finer: powersTimes(MANTISSAS[FINER], low, high) } : { ticks };
  }
  const step = roundStep(Math.max((high - low) / 4, low * 1e-9));
  const first = Math.max(1, Math.floor(low / step));
  const last = Math.max(first + 1, Math.ceil(high / step));
  return { ticks: Array.from({ length: last - first + 1 }, (_, i) => tidy((first + i) * step)) };
}

function powersTimes(mantissas: readonly number[], low: number, high: number): number[] {
  const round: number[] = [];
  for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.ceil(Math.log10(high)) + 1; power++) {
    for (const mantissa of mantissas) round.push(tidy(mantissa * 10 ** power));
  }
  return round;
}

/** Every second, third ... of ticks that are too many, from the last one down. */
function thinned(ticks: readonly number[]): number[] {
  const stride = Math.ceil(ticks.length / MOST_TICKS);
  return ticks.filter((_, i) => (ticks.length - 1 - i) % stride === 0);
}

/** Without the last digits that adding floats leaves. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
