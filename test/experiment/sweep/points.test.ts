import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisValues, enumeratePoints, shardOf } from '../../../src/experiment/sweep/points.js';
import { type Sweep, sweepSchema } from '../../../src/scenario/sweep-schema.js';

const sweepOf = (parts: object): Sweep => sweepSchema.parse({ base: 'chat.yaml', ...parts });
const values = (parts: object) => enumeratePoints(sweepOf(parts)).map((point) => point.values);

describe('points of a sweep', () => {
  it('come in the order of nested loops, the last axis fastest, variants slowest', () => {
    const points = enumeratePoints(
      sweepOf({
        variants: [{ name: 'a' }, { name: 'b', set: { 'factory.model': 'm' } }],
        axes: [
          { path: 'x', values: [1, 2] },
          { path: 'y', values: ['u', 'v'] },
        ],
      }),
    );
    expect(points.map(({ index, variant, values: { x, y } }) => `${index}${variant}${x}${y}`).join(' ')).toBe(
      '0a1u 1a1v 2a2u 3a2v 4b1u 5b1v 6b2u 7b2v',
    );
    expect(points[7].overrides).toEqual(['factory.model="m"', 'x=2', 'y="v"']);
  });

  it('walk zipped axes side by side', () => {
    const zip = [
      { path: 'x', values: [1, 2] },
      { path: 'y', values: [10, 20] },
    ];
    expect(values({ zip })).toEqual([
      { x: 1, y: 10 },
      { x: 2, y: 20 },
    ]);
  });

  it('refuse zipped axes of different lengths', () => {
    const zip = [
      { path: 'x', values: [1, 2] },
      { path: 'y', values: [10] },
    ];
    expect(() => values({ zip })).toThrow('zip[1]: has 1 values where x has 2');
  });

  it('leave out what is excluded, and are numbered without gaps', () => {
    const parts = {
      axes: [
        { path: 'x', values: [1, 2, 3] },
        { path: 'y', name: 'why', values: ['u', 'v'] },
      ],
      exclude: [{ x: [1, 2], why: 'v' }, { x: 3 }],
    };
    expect(enumeratePoints(sweepOf(parts)).map(({ index, values: { x, why } }) => `${index}${x}${why}`)).toEqual([
      '01u',
      '12u',
    ]);
  });

  it('refuse to exclude by an axis that does not exist', () => {
    const parts = { axes: [{ path: 'replicas', values: [1] }], exclude: [{ replica: 1 }] };
    expect(() => values(parts)).toThrow('did you mean "replicas"?');
  });

  it('refuse to exclude everything', () => {
    expect(() => values({ axes: [{ path: 'x', values: [1] }], exclude: [{ x: 1 }] })).toThrow('leaves no point');
  });

  it('are split into shards without a gap or an overlap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 12 }), (count, of) => {
        const points = enumeratePoints(sweepOf({ axes: [{ path: 'x', range: { from: 1, to: count, step: 1 } }] }));
        const shards = Array.from({ length: of }, (_, i) => shardOf(points, { number: i + 1, of }));
        expect(shards.flat().sort((a, b) => a.index - b.index)).toEqual(points);
        const sizes = shards.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('values of an axis', () => {
  const of = (axis: object) => axisValues(sweepOf({ axes: [{ path: 'x', ...axis }] }).axes[0]);

  it.each([
    [{ range: { from: 0.1, to: 0.7, step: 0.2 } }, [0.1, 0.3, 0.5, 0.7]],
    [{ range: { from: 4, to: 1, step: -1 } }, [4, 3, 2, 1]],
    [{ range: { from: 1, to: 10, step: 4 } }, [1, 5, 9]],
    [{ range: { from: 0, to: 1, points: 5 } }, [0, 0.25, 0.5, 0.75, 1]],
    [{ logRange: { from: 1, to: 1000, points: 4 } }, [1, 10, 100, 1000]],
    [{ logRange: { from: 1, to: 8, points: 7 }, integers: true }, [1, 2, 3, 4, 6, 8]],
    [{ values: ['12/s', null, { a: [1] }] }, ['12/s', null, { a: [1] }]],
  ])('of %j are %j', (axis, expected) => expect(of(axis)).toEqual(expected));

  it.each([
    [{}, 'needs values, range or logRange'],
    [{ values: [1], range: { from: 1, to: 2, step: 1 } }, 'not values and range'],
    [{ range: { from: 1, to: 2 } }, 'either step or points'],
    [{ range: { from: 1, to: 2, step: -1 } }, 'leads away'],
    [{ range: { from: 1, to: 2, step: 0 } }, 'must not be 0'],
    [{ range: { from: 1, to: 2, step: 1e-9 } }, 'more than 100000 values'],
  ])('of %j are refused: %s', (axis, message) => expect(() => of(axis)).toThrow(message));
});
