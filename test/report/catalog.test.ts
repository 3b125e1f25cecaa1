import { describe, expect, it } from 'vitest';
import { gpus, models, priceBooks, stacks } from '../../src/catalog/index.js';
import { catalogEntries, catalogKinds, renderCatalog } from '../../src/report/catalog.js';
import { width } from '../../src/report/text.js';

describe('the catalog as text', () => {
  it.each([
    ['gpus', gpus],
    ['models', models],
    ['stacks', stacks],
    ['prices', priceBooks],
  ] as const)('lists all %s with their sources', (kind, entries) => {
    const text = renderCatalog(kind, { color: false });
    for (const name of Object.keys(entries)) expect(text).toContain(name);
    expect(text).toContain('sources');
    expect(Math.max(...text.split('\n').map(width))).toBeLessThanOrEqual(100);
    expect(catalogEntries(kind)).toBe(entries);
  });

  it('has five kinds', () => expect(catalogKinds).toEqual(['gpus', 'models', 'stacks', 'prices', 'traffic']));
});
