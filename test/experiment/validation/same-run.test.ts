import { describe, expect, it } from 'vitest';
import { completed } from '../../../src/experiment/validation/same-run.js';
import { measurement } from './rows.js';

describe('rows that tell of one run', () => {
  const percentiles = { ttftP50Ms: 80, ttftP99Ms: 300, tpotP50Ms: 9, tpotP99Ms: 11 };

  it('complete each other', () => {
    const means = measurement({ id: 'a', percentiles: { ...percentiles, ttftP99Ms: null } });
    const medians = measurement({ id: 'a', ttftMs: null, tpotMs: null, percentiles });
    for (const { ttftMs, tpotMs, percentiles: known } of completed([means, medians])) {
      expect({ ttftMs, tpotMs, known }).toEqual({ ttftMs: 100, tpotMs: 10, known: percentiles });
    }
  });

  it('are left alone where another run has the same name', () => {
    const rows = [
      measurement({ id: 'row-1', percentiles }),
      measurement({ id: 'row-1', ttftMs: null, percentiles: { ...percentiles, ttftP50Ms: 81 } }),
      measurement({ id: 'row-2', ttftMs: null, percentiles }),
    ];
    expect(completed(rows)).toEqual(rows);
  });
});
