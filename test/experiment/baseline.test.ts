import { describe, expect, it } from 'vitest';
import { againstBaseline } from '../../src/experiment/check/baseline.js';
import type { Intervals, Summary } from '../../src/experiment/result.js';

/** A summary that holds one of the figures that are watched. */
const p99 = (value: number) => ({ ttftMs: { p99: value } }) as unknown as Summary;
const spread = (halfWidth: number) => p99(halfWidth) as unknown as Intervals<Summary>;
const judged = (
  stored: Parameters<typeof againstBaseline>[1],
  now: Parameters<typeof againstBaseline>[0],
  pairs?: Parameters<typeof againstBaseline>[3],
) => againstBaseline(now, stored, 0.05, pairs)[0];

describe('a figure against its baseline', () => {
  it('fails beyond the tolerance where nothing is known of chance', () => {
    expect(judged({ summary: p99(100) }, { summary: p99(105) }).pass).toBe(true);
    expect(judged({ summary: p99(100) }, { summary: p99(106) }).pass).toBe(false);
  });

  it('fails beyond the tolerance and what the intervals of both explain', () => {
    const stored = { summary: p99(100), intervals: spread(3) };
    expect(judged(stored, { summary: p99(109), intervals: spread(4) }).pass).toBe(true);
    expect(judged(stored, { summary: p99(111), intervals: spread(4) }).pass).toBe(false);
  });

  it('is judged by pairs of runs where the code still gives the stored figure, whatever the two results say', () => {
    const before = [100, 140, 90].map(p99);
    const worse = judged({ summary: p99(100) }, { summary: p99(101) }, { before, now: [112, 152, 102].map(p99) });
    expect(worse).toMatchObject({ pass: false, limit: expect.stringMatching(/over 3 pairs of runs it is 12 worse$/) });
    const chance = judged({ summary: p99(100) }, { summary: p99(150) }, { before, now: [150, 130, 60].map(p99) });
    expect(chance.pass).toBe(true);
  });

  it('is judged by the stored figure where the code gives another one now, with the spread of the pairs', () => {
    const pairs = { before: [200, 300, 250].map(p99), now: [201, 303, 252].map(p99) };
    // Student's t of two degrees times the deviation of the differences 1, 3, 2.
    expect(judged({ summary: p99(100) }, { summary: p99(109) }, pairs)).toMatchObject({ pass: true });
    expect(judged({ summary: p99(100) }, { summary: p99(110) }, pairs)).toMatchObject({
      pass: false,
      limit: expect.stringMatching(/give or take 4\.30265$/),
    });
  });

  it('fails where there is no such figure any more, and passes where there never was one', () => {
    const none = { ttftMs: { p99: null } } as unknown as Summary;
    expect(judged({ summary: p99(100) }, { summary: none }).pass).toBe(false);
    expect(judged({ summary: none }, { summary: p99(100) })).toBeUndefined();
  });
});
