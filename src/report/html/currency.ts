import { Markup } from './markup.js';
import type { Report } from './report.js';

/**
 * A text with another label for money. Amounts are written in dollars everywhere; the label of a scenario takes the place of the sign.
 *
 * @example withCurrency('$1.47 per million', 'EUR') // 'EUR 1.47 per million'
 */
export function withCurrency(text: string, currency: string): string {
  if (currency === 'USD') return text;
  return text
    .replace(/(-?)\$(?=[\d.])/g, (_, sign: string) => `${currency} ${sign}`)
    .replace(/\$(?= per | a |\/)/g, currency)
    .replace(/\bUSD\b/g, currency);
}

/** A report in the currency of its scenario; the embedded document stays as it is. */
export function inCurrency(report: Report, currency: string): Report {
  if (currency === 'USD') return report;
  const { data, ...said } = report;
  return { ...(relabelled(said, currency) as Omit<Report, 'data'>), data, currency };
}

function relabelled(value: unknown, currency: string): unknown {
  if (typeof value === 'string') return withCurrency(value, currency);
  if (value instanceof Markup) return new Markup(withCurrency(value.text, currency));
  if (Array.isArray(value)) return value.map((entry) => relabelled(entry, currency));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, relabelled(entry, currency)]));
}
