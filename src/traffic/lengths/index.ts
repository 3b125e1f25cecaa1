import type { Random } from '../../engine/random.js';
import type { Lengths } from '../../scenario/traffic-schema.js';
import { readTokenColumn } from '../csv-column.js';
import type { LengthSampler } from '../demand.js';
import type { OpenFile } from '../lines.js';
import { ObservedLength, QuantileLength } from './empirical.js';
import { FixedLength } from './fixed.js';
import { GammaLength } from './gamma.js';
import { GeometricLength } from './geometric.js';
import type { LengthLaw } from './length-law.js';
import { LognormalLength } from './lognormal.js';
import { NormalLength } from './normal.js';
import { remembered } from './remembered.js';
import { meanBefore, meanWithin, withinBounds } from './truncation.js';
import { UniformLength } from './uniform.js';
import { wholeTokens } from './whole-tokens.js';
import { ZipfLength } from './zipf.js';

/** A sampler and the longest length it can give; Infinity where there is no such length. */
export interface BoundedLengths {
  readonly sampler: LengthSampler;
  readonly longestTokens: number;
}

/** Distributions with a mean of their own that bounds can move. */
type MeanLengths = Extract<Lengths, { mean: number }>;

/**
 * The length distribution that a scenario asks for. A new one is a file in this folder and a case here.
 *
 * @param random stream of its own
 * @param openFile opens the file of an empirical distribution
 * @example
 * const random = randomStream(42, 0, 'lengths/chat/output');
 * const { sampler } = boundedLengths({ distribution: 'geometric', mean: 256, min: 1, max: 4096 }, random, openFile);
 * sampler.next(); // tokens
 */
export function boundedLengths(lengths: Lengths, random: Random, openFile: OpenFile): BoundedLengths {
  const { min, max = Infinity } = lengths;
  switch (lengths.distribution) {
    case 'fixed': {
      const tokens = wholeTokens(lengths.value, min, max);
      return { sampler: new FixedLength(tokens), longestTokens: tokens };
    }
    case 'uniform':
      return { sampler: new UniformLength(min, lengths.max, random), longestTokens: lengths.max };
    case 'zipf':
      return { sampler: new ZipfLength(lengths.exponent, min, lengths.max, random), longestTokens: lengths.max };
    case 'geometric':
    case 'lognormal':
    case 'normal':
    case 'gamma':
      return { sampler: truncated(lengths, random), longestTokens: max };
    case 'empirical': {
      if (lengths.quantiles !== undefined) {
        const longest = lengths.quantiles[lengths.quantiles.length - 1][1];
        return {
          sampler: new QuantileLength(lengths.quantiles, min, max, random),
          longestTokens: wholeTokens(longest, min, max),
        };
      }
      const { file, column } = lengths;
      if (file === undefined || column === undefined) throw new Error('empirical lengths without quantiles or a file');
      const sampler = new ObservedLength(readTokenColumn(openFile(file), file, column), min, max, random);
      return { sampler, longestTokens: sampler.longestTokens };
    }
  }
}

/** Bounds move the mean by more than this share before it is worth a word. */
const NOTABLE_SHIFT = 0.01;

/**
 * What bounds do to the mean of a distribution, in words; undefined where that is next to nothing.
 *
 * @example
 * truncationNote({ distribution: 'lognormal', mean: 1000, cv: 1, min: 1, max: 2000 });
 * // 'max 2000 lowers the mean from 1000 to 868 tokens (truncation: clamp)'
 */
export const truncationNote = remembered((lengths: Lengths): string | undefined => {
  if (!('mean' in lengths)) return undefined;
  const { mean, min, max = Infinity, truncation = 'clamp' } = lengths;
  if (max === Infinity && min === 1) return undefined;
  const random = () => 0.5;
  const law = truncation === 'mean-preserving' ? preserving(lengths, random) : lawOf(lengths, mean, random);
  let after: number;
  if (truncation === 'resample') {
    const points = 8192;
    let i = 0;
    const squeezed = withinBounds(law, min, max, () => (i++ + 0.5) / points);
    after = 0;
    for (let k = 0; k < points; k++) after += wholeTokens(law.quantile(squeezed()), min, max) / points;
  } else {
    after = meanWithin(law, min, max);
  }
  if (Math.abs(after / mean - 1) < NOTABLE_SHIFT) return undefined;
  const bounds = max === Infinity ? `min ${min}` : min === 1 ? `max ${max}` : `min ${min} and max ${max}`;
  const verb = after < mean ? 'lowers' : 'raises';
  return `${bounds} ${verb} the mean from ${mean} to ${Number(after.toPrecision(3))} tokens (truncation: ${truncation})`;
});

/** The same for several distributions of a class, by their keys. */
export function truncationNotes(className: string, distributions: Readonly<Record<string, Lengths>>): string[] {
  return Object.entries(distributions).flatMap(([key, lengths]) => {
    const note = truncationNote(lengths);
    return note === undefined ? [] : [`class ${className}, ${key} lengths: ${note}`];
  });
}

function truncated(lengths: MeanLengths, random: Random): LengthSampler {
  const { mean, min, max = Infinity } = lengths;
  switch (lengths.truncation) {
    case undefined:
    case 'clamp':
      return lawOf(lengths, mean, random);
    case 'resample':
      return lawOf(lengths, mean, withinBounds(lawOf(lengths, mean, random), min, max, random));
    case 'mean-preserving':
      return preserving(lengths, random);
  }
}

function preserving(lengths: MeanLengths, random: Random): LengthSampler & LengthLaw {
  return lawOf(lengths, preservingMean(lengths), random);
}

/** The mean to ask for so that the bounds of a distribution leave it with the one it has. */
const preservingMean = remembered((lengths: MeanLengths): number => {
  const { mean, min, max = Infinity } = lengths;
  const random = () => 0.5;
  const given = lawOf(lengths, mean, random);
  // All but the geometric only change their scale with the mean, which spares building the others again and again.
  const lawOfMean = (before: number): LengthLaw =>
    lengths.distribution === 'geometric'
      ? lawOf(lengths, before, random)
      : { quantile: (u) => (given.quantile(u) * before) / mean };
  // Without an upper bound only the lower one moves the mean; the midpoint rule still needs an end, far in the tail.
  return meanBefore(lawOfMean, mean, min, max === Infinity ? 1e9 : max);
});

function lawOf(lengths: MeanLengths, mean: number, random: Random): LengthSampler & LengthLaw {
  const { min, max = Infinity } = lengths;
  switch (lengths.distribution) {
    case 'geometric':
      return new GeometricLength(Math.max(1, mean), min, max, random);
    case 'lognormal':
      return new LognormalLength(mean, lengths.cv, min, max, random);
    case 'normal':
      return new NormalLength(mean, lengths.cv, min, max, random);
    case 'gamma':
      return new GammaLength(mean, lengths.cv, min, max, random);
  }
}
