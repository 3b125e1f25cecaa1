import { z } from 'zod';
import { choice, line, real, whole } from './quantities.js';

/** Longest prompt or answer, tokens. */
const MAX_TOKENS = 10_000_000;

export const tokens = whole(1, MAX_TOKENS);
const meanTokens = real({ min: 1, max: MAX_TOKENS });
const truncation = choice(['clamp', 'resample', 'mean-preserving'])
  .optional()
  .describe(
    'What becomes of lengths beyond min and max. clamp (default): they count as min or max, which moves the mean; resample: drawn again, which moves it more; mean-preserving: clamp, with the distribution shifted so that the mean stays',
  );
const bounds = {
  min: tokens.default(1).describe('Shortest length, tokens'),
  max: tokens.optional().describe('Longest length, tokens'),
};
const variation = real({ min: 0, max: 100 });

const quantilePairs = z
  .array(z.tuple([real({ min: 0, max: 1 }), tokens]))
  .min(2)
  .max(10_000)
  .superRefine((pairs, context) => {
    // A list that is too short has been reported already.
    if (pairs.length < 2) return;
    if (pairs[0][0] !== 0)
      context.addIssue({ code: 'custom', path: [0, 0], message: 'the first share must be 0 (the shortest length)' });
    if (pairs[pairs.length - 1][0] !== 1) {
      context.addIssue({
        code: 'custom',
        path: [pairs.length - 1, 0],
        message: 'the last share must be 1 (the longest length)',
      });
    }
    for (let i = 1; i < pairs.length; i++) {
      if (pairs[i][0] <= pairs[i - 1][0])
        context.addIssue({ code: 'custom', path: [i, 0], message: 'shares must rise from pair to pair' });
      if (pairs[i][1] < pairs[i - 1][1])
        context.addIssue({ code: 'custom', path: [i, 1], message: 'tokens must not fall from pair to pair' });
    }
  });

/** Token lengths of prompts or answers. */
export const lengthsSchema = z
  .discriminatedUnion('distribution', [
    z.strictObject({
      distribution: z.literal('fixed').describe('Always the same length'),
      value: tokens.describe('Tokens'),
      ...bounds,
    }),
    z.strictObject({
      distribution: z.literal('uniform').describe('Whole numbers from min to max, all equally likely'),
      min: tokens.describe('Shortest length, tokens'),
      max: tokens.describe('Longest length, tokens'),
    }),
    z.strictObject({
      distribution: z.literal('geometric').describe('Memoryless lengths from 1'),
      mean: meanTokens.describe('Mean, tokens'),
      ...bounds,
      truncation,
    }),
    z.strictObject({
      distribution: z.literal('lognormal').describe('Lognormal lengths, by the mean and cv of the lengths themselves'),
      mean: meanTokens.describe('Mean, tokens'),
      cv: variation.describe('Coefficient of variation (standard deviation / mean)'),
      ...bounds,
      truncation,
    }),
    z
      .strictObject({
        distribution: z.literal('empirical').describe('Lengths as they were observed'),
        quantiles: quantilePairs
          .optional()
          .describe('Pairs [share, tokens] with shares rising from 0 to 1, such as [[0, 16], [0.5, 300], [1, 8192]]'),
        file: line(4096)
          .optional()
          .describe("CSV file with one observed length per row, relative to the scenario's folder"),
        column: line(200).optional().describe('Column of that file'),
        ...bounds,
      })
      .superRefine((lengths, context) => {
        if ((lengths.quantiles === undefined) === (lengths.file === undefined)) {
          context.addIssue({
            code: 'custom',
            path: [lengths.quantiles === undefined ? 'quantiles' : 'file'],
            message: 'empirical lengths come either from quantiles or from file and column; give exactly one of them',
          });
        } else if ((lengths.file === undefined) !== (lengths.column === undefined)) {
          context.addIssue({ code: 'custom', path: ['column'], message: 'file and column belong together' });
        }
      }),
    z.strictObject({
      distribution: z.literal('normal').describe('Normal lengths'),
      mean: meanTokens.describe('Mean, tokens'),
      cv: variation.describe('Coefficient of variation (standard deviation / mean)'),
      ...bounds,
      truncation,
    }),
    z.strictObject({
      distribution: z.literal('gamma').describe('Gamma-distributed lengths: a lighter tail than lognormal'),
      mean: meanTokens.describe('Mean, tokens'),
      cv: real({ min: 0, max: 10 }).describe('Coefficient of variation (standard deviation / mean)'),
      ...bounds,
      truncation,
    }),
    z.strictObject({
      distribution: z
        .literal('zipf')
        .describe('Whole numbers from min to max, n with a chance that falls as n^-exponent'),
      exponent: real({ min: 0, max: 20 }).describe('How fast the chance falls; about 1 to 2 for heavy tails'),
      min: tokens.default(1).describe('Shortest length, tokens'),
      max: tokens.describe('Longest length, tokens'),
    }),
  ])
  .superRefine((lengths, context) => {
    const max = lengths.max ?? MAX_TOKENS;
    if (max < lengths.min) {
      context.addIssue({ code: 'custom', path: ['max'], message: `must be at least min, which is ${lengths.min}` });
      return;
    }
    const centre = lengths.distribution === 'fixed' ? 'value' : 'mean';
    const value = lengths.distribution === 'fixed' ? lengths.value : 'mean' in lengths ? lengths.mean : undefined;
    if (value !== undefined && (value < lengths.min || value > max)) {
      context.addIssue({
        code: 'custom',
        path: [centre],
        message: `must lie between min and max, which are ${lengths.min} and ${max}`,
      });
    }
  });

/** A length distribution, checked. */
export type Lengths = z.output<typeof lengthsSchema>;
