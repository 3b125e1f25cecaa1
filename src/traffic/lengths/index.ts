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
import { meanBefore, withinBounds } from './truncation.js';
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

function truncated(lengths: MeanLengths, random: Random): LengthSampler {
  const { mean, min, max = Infinity } = lengths;
  switch (lengths.truncation) {
    case undefined:
    case 'clamp':
      return lawOf(lengths, mean, random);
    case 'resample':
      return lawOf(lengths, mean, withinBounds(lawOf(lengths, mean, random), min, max, random));
    case 'mean-preserving':
      return preservingLaw(lengths, random);
  }
}

/** What took some search: every replication, and the notes on a run, want it again. */
const meansBefore = new WeakMap<MeanLengths, number>();

/** The distribution whose mean, after its bounds, is the one that was asked for. */
export function preservingLaw(lengths: MeanLengths, random: Random): LengthSampler & LengthLaw {
  const { mean, min, max = Infinity } = lengths;
  const given = lawOf(lengths, mean, random);
  // All but the geometric only change their scale with the mean, which spares building the others again and again.
  const lawOfMean = (before: number): LengthLaw =>
    lengths.distribution === 'geometric'
      ? lawOf(lengths, before, random)
      : { quantile: (u) => (given.quantile(u) * before) / mean };
  const before = meansBefore.get(lengths) ?? meanBefore(lawOfMean, mean, min, max);
  meansBefore.set(lengths, before);
  return lawOf(lengths, before, random);
}

/** A distribution with a mean of its own, before its bounds. */
export function lawOf(lengths: MeanLengths, mean: number, random: Random): LengthSampler & LengthLaw {
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
