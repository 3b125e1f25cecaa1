import { z } from 'zod';

/** What a field accepts, in words: messages are built from it. */
export interface Accepted {
  /** Completes "must be ...". */
  is: string;
  /** Range, list or examples. */
  allowed?: string;
  /** Values that are planned but not simulated yet. */
  notYet?: readonly unknown[];
}

/** What each field's schema accepts; looked up when a problem is put into words. */
export const accepted = z.registry<Accepted>();

const SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
};

/** Longest time a scenario may name, seconds: beyond it a float64 clock no longer resolves microseconds. */
export const TEN_YEARS = 10 * 365 * 86_400;

const NUMBER_AND_UNIT = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(\S*)\s*$/;

/** Splits `12/s` into 12 and `/s`; undefined where there is no number in front. */
function split(text: string): { value: number; unit: string } | undefined {
  const match = NUMBER_AND_UNIT.exec(text);
  return match === null ? undefined : { value: Number(match[1]), unit: match[2] };
}

/**
 * Seconds of a duration: `90s`, `50ms`, `2m`, `1.5h`; a bare number counts seconds. Undefined where it is none.
 *
 * @example parseSeconds('50ms') // 0.05
 */
export function parseSeconds(value: number | string): number | undefined {
  if (typeof value === 'number') return value;
  const parts = split(value);
  if (parts === undefined) return undefined;
  if (parts.unit === '') return parts.value;
  // hasOwn, since `5constructor` must not find a function.
  return Object.hasOwn(SECONDS, parts.unit) ? scaled(parts.value, SECONDS[parts.unit]) : undefined;
}

/**
 * Events per second of a rate: `12/s`, `40/min`, `1000/h`; a bare number counts events per second. Undefined where it
 * is none.
 *
 * @example parsePerSecond('90/min') // 1.5
 */
export function parsePerSecond(value: number | string): number | undefined {
  if (typeof value === 'number') return value;
  const parts = split(value);
  if (parts === undefined) return undefined;
  if (parts.unit === '') return parts.value;
  const unit = parts.unit.slice(1);
  return parts.unit.startsWith('/') && Object.hasOwn(SECONDS, unit) ? parts.value / SECONDS[unit] : undefined;
}

/**
 * Dollars per kilowatt-hour: `0.08`, `0.08/kWh`, `$0.08/kWh`. Undefined where it is none.
 *
 * @example parseUsdPerKilowattHour('$0.08/kWh') // 0.08
 */
export function parseUsdPerKilowattHour(value: number | string): number | undefined {
  if (typeof value === 'number') return value;
  const parts = split(value.trim().replace(/^\$/, ''));
  return parts !== undefined && ['', '/kwh', '$/kwh', 'usd/kwh'].includes(parts.unit.toLowerCase())
    ? parts.value
    : undefined;
}

const WATTS: Readonly<Record<string, number>> = { w: 1e-3, kw: 1, mw: 1e3, gw: 1e6 };

/**
 * Kilowatts of a power: `800W`, `120kW`, `1.5MW`; a bare number counts kilowatts. Undefined where it is none.
 *
 * @example parseKilowatts('1.5MW') // 1500
 */
export function parseKilowatts(value: number | string): number | undefined {
  if (typeof value === 'number') return value;
  const parts = split(value);
  if (parts === undefined) return undefined;
  const unit = parts.unit.toLowerCase();
  if (unit === '') return parts.value;
  return Object.hasOwn(WATTS, unit) ? scaled(parts.value, WATTS[unit]) : undefined;
}

const BYTES: Readonly<Record<string, number>> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, pb: 1e15 };

/**
 * Bytes of an amount of memory: `500GB`, `4TB`; decimal units, a bare number counts bytes. Undefined where it is none.
 *
 * @example parseBytes('500GB') // 5e11
 */
export function parseBytes(value: number | string): number | undefined {
  if (typeof value === 'number') return value;
  const parts = split(value);
  if (parts === undefined) return undefined;
  if (parts.unit === '') return parts.value;
  const unit = parts.unit.toLowerCase();
  return Object.hasOwn(BYTES, unit) ? parts.value * BYTES[unit] : undefined;
}

/**
 * Bytes per second of a bandwidth: `50GB/s`, `400Gbps`; a bare number counts bytes per second. Undefined where it is none.
 *
 * @example parseBytesPerSecond('400Gbps') // 5e10
 */
export function parseBytesPerSecond(value: number | string): number | undefined {
  if (typeof value === 'number') return value;
  const bits = /^(.*\d\s*)([KMGT])(?:bps|bit\/s)$/.exec(value.trim());
  if (bits !== null) {
    const amount = parseBytes(`${bits[1]}${bits[2]}B`);
    return amount === undefined ? undefined : amount / 8;
  }
  return value.trim().endsWith('/s') ? parseBytes(value.trim().slice(0, -2)) : parseBytes(value);
}

const PERCENT = /^\s*(\d+\.?\d*|\.\d+)\s*%\s*$/;

/**
 * A share of one: `5%` or `0.05`. Undefined where it is neither.
 *
 * @example parseShare('5%') // 0.05
 */
export function parseShare(value: number | string): number | undefined {
  if (typeof value === 'number') return value;
  const percent = PERCENT.exec(value);
  if (percent !== null) return Number(percent[1]) / 100;
  return /^\s*\d*\.?\d+\s*$/.test(value) ? Number(value) : undefined;
}

/** Division by a power of ten rounds once where multiplication by its inverse rounds twice: 50ms is exactly 0.05. */
function scaled(value: number, factor: number): number {
  return factor < 1 ? value / Math.round(1 / factor) : value * factor;
}

interface Range {
  min: number;
  max: number;
  /** The minimum itself is refused. */
  above?: boolean;
}

function quantity(
  parse: (value: number | string) => number | undefined,
  range: Range,
  words: { is: string; allowed: string; examples: (string | number)[] },
) {
  const schema = z
    .union([z.number(), z.string()])
    .meta({ examples: words.examples })
    .transform((value, context) => {
      const number = parse(value);
      if (number === undefined || !Number.isFinite(number)) {
        context.addIssue({ code: 'custom', message: `must be ${words.is}`, params: { range: true }, input: value });
        return z.NEVER;
      }
      if (number < range.min || number > range.max || (range.above === true && number === range.min)) {
        context.addIssue({ code: 'custom', message: 'is out of range', params: { range: true }, input: value });
        return z.NEVER;
      }
      return number;
    });
  accepted.add(schema, { is: words.is, allowed: words.allowed });
  return schema;
}

/**
 * A field that holds a time; seconds once parsed.
 *
 * @example duration({ min: 0, max: 3600, above: true }).parse('50ms') // 0.05
 */
export function duration(range: Range) {
  return quantity(parseSeconds, range, {
    is: 'a duration',
    allowed: `${range.above ? 'above' : 'from'} ${secondsText(range.min)} up to ${secondsText(range.max)}, such as 90s, 50ms or 2m (ns, us, ms, s, m, h, d; a bare number is seconds)`,
    examples: ['90s', '50ms', '2m', '1h'],
  });
}

/** A field that holds a number of events over time; events per second once parsed. */
export function rate(range: Range) {
  return quantity(parsePerSecond, range, {
    is: 'a rate',
    allowed: `${rangeText(range)} per second, such as 12/s, 40/min or 1000/h (a bare number is per second)`,
    examples: ['12/s', '40/min', '1000/h'],
  });
}

/** A field that holds the price of electricity; dollars per kilowatt-hour once parsed. */
export function usdPerKilowattHour(range: Range) {
  return quantity(parseUsdPerKilowattHour, range, {
    is: 'a price in dollars per kilowatt-hour',
    allowed: `${rangeText(range)}, such as 0.08 or $0.08/kWh`,
    examples: [0.08, '0.08/kWh'],
  });
}

/** A field that holds an amount of memory; bytes once parsed. */
export function bytes(range: Range) {
  return quantity(parseBytes, range, {
    is: 'an amount of memory',
    allowed: `${rangeText(range)} bytes, such as 500GB or 4TB (B, KB, MB, GB, TB, PB; a bare number is bytes)`,
    examples: ['500GB', '4TB'],
  });
}

/** A field that holds a bandwidth; bytes per second once parsed. */
export function bytesPerSecond(range: Range) {
  return quantity(parseBytesPerSecond, range, {
    is: 'a bandwidth',
    allowed: `${rangeText(range)} bytes per second, such as 50GB/s or 400Gbps (a bare number is bytes per second)`,
    examples: ['50GB/s', '400Gbps'],
  });
}

/** A field that holds a share of one, both ends included. */
export function share(min: number, max: number, { above = false } = {}) {
  return quantity(
    parseShare,
    { min, max, above },
    {
      is: 'a share',
      allowed: `${above ? 'above ' : ''}${percentText(min)} to ${percentText(max)}, such as 5% or 0.05`,
      examples: ['5%', 0.05],
    },
  );
}

/** A field that holds a power; kilowatts once parsed. */
export function kilowatts(range: Range) {
  return quantity(parseKilowatts, range, {
    is: 'a power',
    allowed: `${rangeText(range)} kW, such as 120kW or 1.5MW (W, kW, MW, GW; a bare number is kilowatts)`,
    examples: ['120kW', '1.5MW'],
  });
}

/**
 * A field that holds a whole number, both ends included.
 *
 * @example whole(1, 1024).parse(4) // 4
 */
export function whole(min: number, max: number) {
  const schema = z.number().int().min(min).max(max);
  accepted.add(schema, { is: 'a whole number', allowed: rangeText({ min, max }) });
  return schema;
}

/** A field that holds any finite number of a range. */
export function real(range: Range) {
  const number = z.number().max(range.max);
  const schema = range.above ? number.gt(range.min) : number.min(range.min);
  accepted.add(schema, { is: 'a number', allowed: rangeText(range) });
  return schema;
}

/** A field that holds any finite number. */
export function finite() {
  const schema = z.number();
  accepted.add(schema, { is: 'a number', allowed: 'any finite number' });
  return schema;
}

/**
 * A field that holds one of a few words.
 *
 * @param notYet words that a user may expect to work but that are not simulated yet
 */
export function choice<const T extends readonly [string, ...string[]]>(values: T, notYet: readonly string[] = []) {
  const schema = z.enum(values);
  accepted.add(schema, { is: 'one of the allowed words', allowed: values.join(', '), notYet });
  return schema;
}

/** A field that holds true or false. */
export function flag() {
  const schema = z.boolean();
  accepted.add(schema, { is: 'true or false', allowed: 'true, false' });
  return schema;
}

/** A name or path on one line. `__proto__` is refused, since names become keys of objects. */
export function line(maxLength: number) {
  const schema = z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^(?!\s*$)(?!__proto__$)[^\p{Cc}]*$/u);
  accepted.add(schema, { is: 'a text on one line', allowed: `1 to ${maxLength} characters` });
  return schema;
}

/** A dotted path into the summary of a result. */
export function metricPath() {
  const schema = z
    .string()
    .max(500)
    .regex(/^[a-zA-Z][\w-]*(\.[\w-]+)*$/);
  accepted.add(schema, { is: 'a path into the summary', allowed: 'such as goodput.attainment or ttftMs.p99' });
  return schema;
}

/** Free text, several lines allowed. */
export function prose(maxLength: number) {
  const schema = z.string().max(maxLength);
  accepted.add(schema, { is: 'a text', allowed: `up to ${maxLength} characters` });
  return schema;
}

function rangeText({ min, max, above }: Range): string {
  return above ? `above ${numberText(min)} up to ${numberText(max)}` : `${numberText(min)} to ${numberText(max)}`;
}

function numberText(value: number): string {
  return value >= 1e5 && value < 1e16 ? value.toLocaleString('en-US') : String(value);
}

function percentText(share: number): string {
  return `${Number((share * 100).toPrecision(6))}%`;
}

function secondsText(seconds: number): string {
  if (seconds === TEN_YEARS) return '10 years';
  if (seconds >= 3600) return `${seconds / 3600}h`;
  if (seconds >= 1 || seconds === 0) return `${seconds}s`;
  return `${Math.round(seconds * 1e9)}ns`;
}
