import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { renderCsv } from '../../src/report/csv.js';
import { csvCell } from '../../src/report/csv-cell.js';
import { renderJson } from '../../src/report/json.js';
import { emptyResult, madeUpResult } from './made-up.js';

describe('a CSV cell', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-cmd|x', "'-cmd|x"],
    ['+1+cmd', "'+1+cmd"],
    ['-12.5e3', '-12.5e3'],
    ['+7', '+7'],
    [-3.5, '-3.5'],
    [1e-7, '1e-7'],
    [true, 'true'],
    [null, ''],
    [Number.NaN, ''],
  ])('of %j is %s', (value, cell) => expect(csvCell(value)).toBe(cell));
});

describe('a result as CSV', () => {
  it('is one header and one row that belong together', () => {
    const rows: string[][] = parse(renderCsv(madeUpResult('=evil, "name"', [{ name: 'a,b' }])));
    expect(rows).toHaveLength(2);
    const cells = Object.fromEntries(rows[0].map((key, i) => [key, rows[1][i]]));
    expect(cells.name).toBe('\'=evil, "name"');
    expect(cells.seed).toBe('7');
    expect(cells['ttftMs.p99']).toBe('1248');
    expect(cells['goodput.byClass.a,b.attainment']).toBe('0.9');
    expect(cells['revenue.roi']).toBe('');
    expect(cells['bottleneck.overloaded']).toBe('false');
  });

  it('has the same columns when nothing was measured', () => {
    const header = (text: string) => text.split('\n')[0];
    expect(header(renderCsv(emptyResult()))).toBe(header(renderCsv(madeUpResult())));
  });
});

it('JSON is one document that reads back the same', () => {
  const document = madeUpResult();
  const text = renderJson(document);
  expect(text.endsWith('}\n')).toBe(true);
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
  expect(renderJson(document)).toBe(text);
});
