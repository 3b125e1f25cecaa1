import type { Random } from '../../engine/random.js';
import type { LengthDistribution } from '../../scenario/schema.js';
import { readTokenColumn } from '../csv-column.js';
import type { LengthSampler } from '../demand.js';
import type { OpenFile } from '../lines.js';
import { ObservedLength, QuantileLength } from './empirical.js';
import { FixedLength } from './fixed.js';
import { GeometricLength } from './geometric.js';
import { LognormalLength } from './lognormal.js';
import { UniformLength } from './uniform.js';
import { wholeTokens } from './whole-tokens.js';

/** A sampler and the longest length it can give; Infinity where there is no such length. */
export interface BoundedLengths {
  readonly sampler: LengthSampler;
  readonly longestTokens: number;
}

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
export function boundedLengths(lengths: LengthDistribution, random: Random, openFile: OpenFile): BoundedLengths {
  const { min, max = Infinity } = lengths;
  switch (lengths.distribution) {
    case 'fixed': {
      const tokens = wholeTokens(lengths.value, min, max);
      return { sampler: new FixedLength(tokens), longestTokens: tokens };
    }
    case 'uniform':
      return { sampler: new UniformLength(min, lengths.max, random), longestTokens: lengths.max };
    case 'geometric':
      return { sampler: new GeometricLength(lengths.mean, min, max, random), longestTokens: max };
    case 'lognormal':
      return { sampler: new LognormalLength(lengths.mean, lengths.cv, min, max, random), longestTokens: max };
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
