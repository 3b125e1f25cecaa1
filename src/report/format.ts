/** How numbers look in reports: three significant digits, comma for thousands, the same on every machine. */

/** Stands for a value that does not exist in this run. */
export const NOTHING = '–';

/** A number that may be missing: null in a result document. */
export type Maybe = number | null | undefined;

const EXPONENT_ABOVE = 1e15;
const EXPONENT_BELOW = 1e-6;

/**
 * A number with three (or `digits`) significant digits.
 *
 * @example number(12345.6) // '12,300'
 * @example number(0.01234) // '0.0123'
 */
export function number(value: Maybe, digits = 3): string {
  if (!exists(value)) return NOTHING;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= EXPONENT_ABOVE || size < EXPONENT_BELOW) return value.toExponential(digits - 1).replace('e+', 'e');
  const rounded = roundTo(value, digits);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  return grouped(rounded.toFixed(decimals));
}

/**
 * A whole number with all its digits.
 *
 * @example count(1234567) // '1,234,567'
 */
export function count(value: Maybe): string {
  return exists(value) ? grouped(String(Math.round(value))) : NOTHING;
}

/**
 * How many there are of something.
 *
 * @example counted(1, 'user') // '1 user'
 */
export function counted(value: number, what: string): string {
  return `${count(value)} ${what}${value === 1 ? '' : 's'}`;
}

/**
 * A figure from a scenario file: as short as possible, up to six significant digits.
 *
 * @example setting(2.5) // '2.5'
 */
export function setting(value: Maybe): string {
  const text = number(value, 6);
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text;
}

/**
 * A share of one. Only what is all of it reads `100 %`, and only what is nothing reads `0 %`.
 *
 * @example percent(0.953) // '95.3 %'
 * @example percent(0.99996) // '>99.9 %'
 */
export function percent(share: Maybe): string {
  if (!exists(share)) return NOTHING;
  const value = share * 100;
  if (value < 100 && value >= 99.95) return '>99.9 %';
  if (value > 0 && value < 0.01) return '<0.01 %';
  return `${setting(roundTo(value, 3))} %`;
}

/** Units of time with the number of milliseconds from which they are used. */
const LATENCY_UNITS: readonly (readonly [from: number, perUnit: number, unit: string])[] = [
  [1000, 1000, 's'],
  [1, 1, 'ms'],
  [0, 0.001, 'µs'],
];

/**
 * A latency given in milliseconds, in µs, ms or s.
 *
 * @example latency(1234) // '1.23 s'
 */
export function latency(milliseconds: Maybe): string {
  return withLatencyUnit(milliseconds, number);
}

/**
 * A latency that somebody asked for, given in seconds.
 *
 * @example latencyLimit(0.05) // '50 ms'
 */
export function latencyLimit(seconds: Maybe): string {
  return withLatencyUnit(exists(seconds) ? seconds * 1000 : null, setting);
}

function withLatencyUnit(milliseconds: Maybe, write: (value: number) => string): string {
  if (!exists(milliseconds)) return NOTHING;
  if (milliseconds === 0) return '0 ms';
  const rounded = Math.abs(roundTo(milliseconds, 3));
  const [, perUnit, unit] = LATENCY_UNITS.find(([from]) => rounded >= from) ?? LATENCY_UNITS[2];
  return `${write(milliseconds / perUnit)} ${unit}`;
}

const SPAN_UNITS: readonly (readonly [seconds: number, unit: string])[] = [
  [86400, 'd'],
  [3600, 'h'],
  [60, 'min'],
];

/**
 * A stretch of time given in seconds, in the largest unit of which there are at least two.
 *
 * @example span(1800) // '30 min'
 */
export function span(seconds: Maybe): string {
  if (!exists(seconds)) return NOTHING;
  if (Math.abs(seconds) < 1) return latencyLimit(seconds);
  const [perUnit, unit] = SPAN_UNITS.find(([size]) => Math.abs(seconds) >= 2 * size) ?? [1, 's'];
  return `${setting(roundTo(seconds / perUnit, 4))} ${unit}`;
}

/**
 * Dollars.
 *
 * @example dollars(0.31234) // '$0.312'
 */
export function dollars(value: Maybe): string {
  if (!exists(value)) return NOTHING;
  return value < 0 ? `-$${number(-value)}` : `$${number(value)}`;
}

/**
 * Amounts of money with the label of their currency: dollars as they are, another by its name.
 *
 * @example amounts('EUR')(0.31234) // 'EUR 0.312'
 */
export function amounts(currency: string): (value: Maybe) => string {
  return currency === 'USD' ? dollars : (value) => dollars(value).replace('$', `${currency} `);
}

/**
 * A difference of shares, in points of a percent.
 *
 * @example points(0.0251) // '2.51 points'
 */
export function points(share: Maybe): string {
  return exists(share) ? `${number(share * 100)} points` : NOTHING;
}

/**
 * Half-width of an interval, as it stands behind or below its mean; empty where there is none.
 *
 * @example halfWidth(4.1, latency) // '±4.10 ms'
 */
export function halfWidth(value: Maybe, write: (value: number) => string): string {
  return exists(value) ? `±${write(value)}` : '';
}

/** How figures are written, by name: what charts name, so that a page can draw them again. */
export const WRITERS = { number, count, dollars, percent, latency } as const;
export type Writer = keyof typeof WRITERS;

function exists(value: Maybe): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

function roundTo(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

function grouped(digits: string): string {
  const [whole, fraction] = digits.split('.');
  const separated = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}
