import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trafficSchema } from '../../src/scenario/traffic-schema.js';
import { buildDemand } from '../../src/traffic/build.js';

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const seconds = number(0.01, 1000);
const levels = fc
  .tuple(fc.array(fc.tuple(seconds, number(0, 5)), { minLength: 1, maxLength: 5 }), number(0.1, 5))
  .map(([parts, first]) => {
    let at = 0;
    const pairs = parts.map(([width, level], i): [number, number] => {
      const pair: [number, number] = [at, i === 0 ? first : level];
      at += width;
      return pair;
    });
    return { levels: pairs, period: at };
  });

const curve = fc.oneof(
  fc.record({ shape: fc.constant('diurnal'), swing: number(0, 1), start: number(0, 604_800) }),
  levels.map((steps) => ({ shape: 'steps', ...steps })),
  fc.record({ shape: fc.constant('ramp'), from: number(0, 9), over: seconds }),
  fc
    .record({ shape: fc.constant('spike'), factor: number(0, 50), at: number(0, 100), lasts: seconds, more: seconds })
    .chain(({ more, ...spike }) => fc.constantFrom(spike, { ...spike, every: spike.at + spike.lasts + more })),
);
const batch = fc.oneof(
  fc.integer({ min: 1, max: 20 }).map((size) => ({ size })),
  number(1, 20).map((mean) => ({ mean })),
);
const rate = number(0.1, 100);
const process = fc.oneof(
  fc.record({ process: fc.constantFrom('poisson', 'constant'), rate }),
  fc.record({ process: fc.constantFrom('gamma', 'weibull'), rate, cv: number(0.01, 30) }),
  fc.record({ process: fc.constant('on-off'), rate, on: seconds, off: seconds }),
  fc.record({ process: fc.constant('hawkes'), rate, branching: number(0, 0.9), memory: number(0.01, 20) }),
  fc
    .array(fc.record({ rate: number(0, 40), sojourn: seconds }), { minLength: 1, maxLength: 4 })
    .map((states) => ({ process: 'mmpp', states: [{ rate: 1, sojourn: 1 }, ...states] })),
);
const arrivals = fc
  .tuple(process, fc.option(curve, { nil: undefined }), fc.option(batch, { nil: undefined }))
  .map(([of, shape, sizes]) => ({
    ...of,
    ...(shape === undefined ? {} : { curve: shape }),
    ...(sizes === undefined ? {} : { batch: sizes }),
  }));

const bounds = fc.record({ min: fc.integer({ min: 1, max: 100 }), max: fc.integer({ min: 500, max: 5000 }) });
const truncation = fc.constantFrom('clamp', 'resample', 'mean-preserving');
const mean = number(100, 500);
const lengths = fc.oneof(
  fc
    .tuple(fc.constantFrom('lognormal', 'normal', 'gamma'), mean, number(0.05, 8), bounds, truncation)
    .map(([distribution, m, cv, limits, way]) => ({ distribution, mean: m, cv, ...limits, truncation: way })),
  fc
    .tuple(mean, bounds, truncation)
    .map(([m, limits, way]) => ({ distribution: 'geometric', mean: m, ...limits, truncation: way })),
  fc.tuple(number(0, 5), bounds).map(([exponent, limits]) => ({ distribution: 'zipf', exponent, ...limits })),
  bounds.map((limits) => ({ distribution: 'uniform', ...limits })),
);

describe('any demand that a scenario may ask for', () => {
  it('comes in order of time, in whole tokens within its bounds, and the same a second time', () => {
    fc.assert(
      fc.property(arrivals, lengths, lengths, number(-1, 1), (when, input, output, correlation) => {
        const traffic = trafficSchema.parse([{ arrivals: when, input, output, correlation: correlation + 0 } as never]);
        const draw = () => {
          const [{ source }] = buildDemand(traffic, { seed: 5, replication: 0, openFile: () => [] });
          return Array.from({ length: 60 }, () => {
            if (source.kind !== 'open' || !source.next()) throw new Error('it ended');
            return [source.arrivalSeconds, source.inputTokens, source.outputTokens];
          });
        };
        const rows = draw();
        rows.forEach(([seconds, prompt, answer], i) => {
          expect(Number.isFinite(seconds) && seconds >= (i === 0 ? 0 : rows[i - 1][0])).toBe(true);
          expect(Number.isInteger(prompt) && prompt >= input.min && prompt <= input.max).toBe(true);
          expect(Number.isInteger(answer) && answer >= output.min && answer <= output.max).toBe(true);
        });
        expect(draw()).toEqual(rows);
        // Read again in its resolved form, it is the same demand.
        expect(trafficSchema.parse(JSON.parse(JSON.stringify(traffic)))).toEqual(traffic);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
