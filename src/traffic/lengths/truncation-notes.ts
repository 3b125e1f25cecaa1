import type { Lengths } from '../../scenario/traffic-schema.js';
import { readTokenColumn } from '../csv-column.js';
import type { OpenFile } from '../lines.js';
import { QuantileLength } from './empirical.js';
import { lawOf, preservingLaw } from './index.js';
import type { LengthLaw } from './length-law.js';
import { meanWithin, sharesWithin } from './truncation.js';
import { wholeTokens } from './whole-tokens.js';
import { ZipfLength } from './zipf.js';

/** Bounds move the mean by more than this share before it is worth a word. */
const NOTABLE_SHIFT = 0.01;

const noRandom = () => 0.5;

/**
 * What bounds do to the mean of a distribution, in words; undefined where that is next to nothing.
 *
 * @param openFile opens the file of observed lengths
 * @example
 * truncationNote({ distribution: 'lognormal', mean: 1000, cv: 1, min: 1, max: 2000 }, openFile);
 * // 'max 2000 lowers the mean from 1000 to 868 (truncation: clamp)'
 */
export function truncationNote(lengths: Lengths, openFile: OpenFile): string | undefined {
  const { min, max = Infinity } = lengths;
  const means = meansOf(lengths, openFile);
  if (means === undefined) return undefined;
  const both = min > 1 && max < Infinity;
  const bounds = both ? `min ${min} and max ${max}` : max < Infinity ? `max ${max}` : `min ${min}`;
  const how = 'mean' in lengths ? ` (truncation: ${lengths.truncation ?? 'clamp'})` : '';
  return shift(bounds, both, means.before, means.after, how);
}

/** The same for what becomes of answers that are cut at `maxOutputTokens`. */
export function cutNote(lengths: Lengths, maxOutputTokens: number, openFile: OpenFile): string | undefined {
  if (maxOutputTokens >= (lengths.max ?? Infinity)) return undefined;
  const before = heldMean(lengths, Infinity, openFile);
  return shift(`maxOutputTokens ${maxOutputTokens}`, false, before, heldMean(lengths, maxOutputTokens, openFile), '');
}

/**
 * Notes on several distributions of a class.
 *
 * @param distributions by what they are, in words
 * @param cut where answers are cut, and which of the distributions those are
 */
export function truncationNotes(
  className: string,
  distributions: Readonly<Record<string, Lengths | undefined>>,
  openFile: OpenFile,
  cut: { maxOutputTokens: number | undefined; answers: readonly string[] },
): string[] {
  const { maxOutputTokens, answers } = cut;
  return Object.entries(distributions).flatMap(([name, lengths]) => {
    if (lengths === undefined) return [];
    const isCut = maxOutputTokens !== undefined && answers.includes(name);
    return [truncationNote(lengths, openFile), isCut ? cutNote(lengths, maxOutputTokens, openFile) : undefined].flatMap(
      (note) => (note === undefined ? [] : [`class ${className}, ${name}: ${note}`]),
    );
  });
}

function shift(what: string, plural: boolean, before: number, after: number, how: string): string | undefined {
  if (Math.abs(after / before - 1) < NOTABLE_SHIFT) return undefined;
  const [from, to] = [before, after].map((mean) => Number(mean.toPrecision(3)));
  const verb = after < before ? 'lower' : 'raise';
  return `${what} ${verb}${plural ? '' : 's'} the mean from ${from} to ${to}${how}`;
}

/** Means without and with the bounds; undefined where these belong to the distribution itself. */
function meansOf(lengths: Lengths, openFile: OpenFile): { before: number; after: number } | undefined {
  const { min, max = Infinity } = lengths;
  if ('mean' in lengths) return { before: lengths.mean, after: heldMean(lengths, Infinity, openFile) };
  if (lengths.distribution !== 'empirical' || (min === 1 && max === Infinity)) return undefined;
  const before = heldMean({ ...lengths, min: 1, max: undefined }, Infinity, openFile);
  return { before, after: heldMean(lengths, Infinity, openFile) };
}

/** Mean of the lengths as they are drawn, each cut at `cut`. */
function heldMean(lengths: Lengths, cut: number, openFile: OpenFile): number {
  const { min } = lengths;
  const max = lengths.max ?? Infinity;
  const [low, high] = [Math.min(min, cut), Math.min(max, cut)];
  switch (lengths.distribution) {
    case 'fixed':
      return wholeTokens(lengths.value, low, high);
    case 'uniform':
      return meanWithin(quantilesOf(lengths.min, lengths.max), low, high);
    case 'zipf':
      return meanWithin(new ZipfLength(lengths.exponent, min, lengths.max, noRandom), low, high);
    case 'empirical': {
      const { quantiles, file, column } = lengths;
      if (quantiles !== undefined) return meanWithin(new QuantileLength(quantiles, 1, Infinity, noRandom), low, high);
      if (file === undefined || column === undefined) throw new Error('empirical lengths without quantiles or a file');
      const observed = readTokenColumn(openFile(file), file, column);
      return observed.reduce((sum, tokens) => sum + wholeTokens(tokens, low, high), 0) / observed.length;
    }
    case 'geometric':
    case 'lognormal':
    case 'normal':
    case 'gamma': {
      if (lengths.truncation === 'mean-preserving') return meanWithin(preservingLaw(lengths, noRandom), low, high);
      const law = lawOf(lengths, lengths.mean, noRandom);
      if (lengths.truncation !== 'resample') return meanWithin(law, low, high);
      const { from, to } = sharesWithin(law, min, max);
      return meanWithin(law, low, high, from, to);
    }
  }
}

function quantilesOf(min: number, max: number): LengthLaw {
  const count = max - min + 1;
  return { quantile: (u) => min + Math.min(count - 1, Math.floor(u * count)) };
}
