import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lines } from '../../../src/report/html/chart/lines.js';
import { scaleFor, wantsLog } from '../../../src/report/html/chart/scale.js';
import { scatter } from '../../../src/report/html/chart/scatter.js';
import { paretoFrontier } from '../../../src/report/html/pareto.js';
import { shortNames } from '../../../src/report/html/sweep-data.js';

const range = [0, 100] as const;
const values = fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 20 });

describe('a scale', () => {
  it('has round ticks', () => {
    expect(scaleFor([3, 97], { range, zero: true }).ticks).toEqual([0, 20, 40, 60, 80, 100]);
    expect(scaleFor([2, 4000], { range, log: true }).ticks).toEqual([10, 100, 1000]);
    expect(scaleFor([0.7, 1.33], { range, log: true }).ticks).toEqual([0.6, 0.8, 1, 1.2, 1.5]);
    expect(scaleFor([0.946, 1], { range, log: true }).ticks).toEqual([0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 1]);
    expect(scaleFor([0.3, 0.7], { range }).ticks).toEqual([0.3, 0.4, 0.5, 0.6, 0.7]);
  });

  it.each([false, true])('keeps every value inside its range and their order (logarithmic: %s)', (log) => {
    fc.assert(
      fc.property(values, (all) => {
        const scale = scaleFor(all, { range, log });
        const sorted = [...all].sort((a, b) => a - b);
        const places = sorted.map((value) => scale.at(value));
        expect(Math.min(...places)).toBeGreaterThanOrEqual(-1e-6);
        expect(Math.max(...places)).toBeLessThanOrEqual(100 + 1e-6);
        expect(places).toEqual([...places].sort((a, b) => a - b));
        expect(scale.ticks.length).toBeGreaterThan(1);
      }),
    );
  });

  it('finds the value at a position again', () => {
    fc.assert(
      fc.property(values, fc.boolean(), (all, log) => {
        const scale = scaleFor(all, { range, log });
        for (const value of all) expect(scale.value(scale.at(value)) / value).toBeCloseTo(1, 4);
      }),
    );
  });

  it('is logarithmic only where positive values spread far', () => {
    expect([wantsLog([1, 100]), wantsLog([1, 20]), wantsLog([0, 100]), wantsLog([])]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('charts', () => {
  it('escape the names that they show', () => {
    const { text } = scatter({
      title: '<img>',
      points: [{ x: 1, y: 1, series: 0, label: '<img src=x>', tip: '"><img>' }],
      x: { label: '<img>', format: 'number' },
      y: { label: 'y', format: 'number' },
      legend: [{ series: 0, name: '<img>' }],
    });
    expect(text).not.toContain('<img');
  });

  it('break a line nowhere but at its ends when a value is missing', () => {
    const { text } = lines({
      title: 't',
      seconds: [0, 1, 2],
      lines: [{ name: 'a', series: 0, values: [1, null, 3] }],
      label: 'y',
      write: String,
      writeTime: String,
      from: 0,
      to: 2,
    });
    expect(text).toMatch(/<path class="line l0" data-series="0" d="M[\d.]+ [\d.]+L[\d.]+ [\d.]+"\/>/);
  });
});

describe('the Pareto frontier', () => {
  it('holds exactly the points that no other one beats', () => {
    const point = fc.record({ x: fc.integer({ min: 0, max: 9 }), y: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 30 }), (points) => {
        const frontier = paretoFrontier(points, 'more', 'less');
        const beats = (a: { x: number; y: number }, b: { x: number; y: number }) =>
          a.x >= b.x && a.y <= b.y && (a.x > b.x || a.y < b.y);
        for (const one of frontier) expect(points.some((other) => beats(other, one))).toBe(false);
        for (const one of points) {
          expect(frontier.some((other) => beats(other, one) || (other.x === one.x && other.y === one.y))).toBe(true);
        }
      }),
    );
  });
});

it('settings are called by as few words as tell them apart', () => {
  expect(shortNames(['factory.pools[0].gpu', 'factory.pools[0].replicas', 'factory.pools[1].replicas'])).toEqual([
    'gpu',
    'pools[0].replicas',
    'pools[1].replicas',
  ]);
});
