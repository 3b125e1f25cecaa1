import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frame } from '../../../src/report/html/chart/frame.js';
import { type PlacedLabel, placeLabels } from '../../../src/report/html/chart/labels.js';
import { scaleFor } from '../../../src/report/html/chart/scale.js';
import { fitted, textWidth } from '../../../src/report/html/chart/text.js';

const bounds = { left: 0, right: 600, top: 0, bottom: 300 };

function sides({ text, x, align }: PlacedLabel): [number, number] {
  const width = textWidth(text);
  const left = align === 'start' ? x : align === 'end' ? x - width : x - width / 2;
  return [left, left + width];
}

describe('labels', () => {
  const anchor = fc.record({
    text: fc.constantFrom('tp 4', 'b200-sxm 2 x tp1', 'a'),
    x: fc.integer({ min: 0, max: 600 }),
    y: fc.integer({ min: 0, max: 300 }),
    reach: fc.integer({ min: 3, max: 30 }),
  });

  it('never cover each other, and stay inside of the chart', () => {
    fc.assert(
      fc.property(fc.array(anchor, { maxLength: 30 }), (anchors) => {
        const placed = placeLabels(anchors, [], bounds);
        placed.forEach((one, i) => {
          const [left, right] = sides(one);
          expect(left).toBeGreaterThanOrEqual(bounds.left);
          expect(right).toBeLessThanOrEqual(bounds.right);
          for (const other of placed.slice(i + 1)) {
            const [start, end] = sides(other);
            expect(Math.abs(one.y - other.y) >= 14 || start >= right || end <= left).toBe(true);
          }
        });
      }),
    );
  });

  it('go where no mark is, and are left out where there is no such place', () => {
    const one = { text: 'tp 4', x: 300, y: 150, reach: 5 };
    const marks = [{ x: 320, y: 150, radius: 5 }];
    expect(placeLabels([one], marks, bounds)[0]).toMatchObject({ align: 'end' });
    const everywhere = Array.from({ length: 900 }, (_, i) => ({
      x: (i % 30) * 20,
      y: Math.floor(i / 30) * 10,
      radius: 5,
    }));
    const other = { ...one, x: 100 };
    expect(placeLabels([one, other], everywhere, bounds).map(({ x }) => Math.abs(x - 300) < 60)).toEqual([true]);
  });
});

it('a legend with no room beside the label of the axis stands above the drawing', () => {
  const scale = scaleFor([0, 1], { range: [100, 0] });
  const axis = { scale, label: '$ per million good output tokens, and then some more words', write: String };
  const legend = Array.from({ length: 6 }, (_, series) => ({ series, name: `a fleet of its own ${series}` }));
  const { text } = frame({ title: 't', y: axis, legend }, null);
  const tops = [...text.matchAll(/<g class="legend"[\s\S]*?y="(-?[\d.]+)"/g)].map((match) => Number(match[1]));
  expect(new Set(tops).size).toBe(2);
  expect(Math.max(...tops)).toBeLessThan(0);
  expect(text).toContain('viewBox="0 -36 640 376"');
});

it('a name is shortened to the room that it has', () => {
  expect(fitted('b200-sxm 1P tp2 + 1D tp8', 80)).toMatch(/^b200.*…$/);
  expect(textWidth(fitted('b200-sxm 1P tp2 + 1D tp8', 80))).toBeLessThanOrEqual(80);
  expect(fitted('tp4', 80)).toBe('tp4');
});
