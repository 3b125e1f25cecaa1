import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { simulate } from '../../src/experiment/simulate.js';
import { summaryCells } from '../../src/report/csv.js';
import { seriesColumns } from '../../src/report/series-csv.js';

const formats = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');

/** What the first column of the table below a heading names; `.x` belongs to what stands before it. */
function documented(heading: string): RegExp[] {
  const table = formats.slice(formats.indexOf(heading)).split('\n### ')[0] ?? '';
  return table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      let before = '';
      return [...(line.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => {
        const whole = name.startsWith('.') ? before + name : name;
        before = whole.replace(/\.[^.]+(\.\*)?$/, '');
        const pattern = whole.replaceAll('.', '\\.').replaceAll('*', '.+').replaceAll('<name>', '[^.]+');
        return new RegExp(`^(halfWidth\\.)?${pattern}$`);
      });
    });
}

const document = simulate({
  horizon: { requests: 300 },
  replications: 2,
  traffic: [
    {
      name: 'agents',
      arrivals: { process: 'poisson', rate: 2 },
      input: { distribution: 'fixed', value: 100 },
      output: { distribution: 'fixed', value: 20 },
      sessions: { turns: { distribution: 'fixed', value: 2 }, think: { distribution: 'fixed', value: '1s' } },
      deadline: { firstToken: '60s' },
    },
    {
      name: 'chat',
      arrivals: { process: 'poisson', rate: 2 },
      input: { distribution: 'fixed', value: 100 },
      output: { distribution: 'fixed', value: 20 },
    },
  ],
  factory: { model: 'llama-3.1-8b', pools: [{ gpu: 'h100-sxm', replicas: 2 }] },
  faults: { gpu: { mtbf: '1h', mttr: '1m' } },
});

it('every column of a result is documented with its unit', () => {
  const known = documented('### Columns of CSV and Parquet');
  const names = summaryCells(document).map(([name]) => name);
  expect(names).toContain('sessions.turns.mean');
  expect(names).toContain('gpuHours.down');
  expect(names).toContain('halfWidth.ttftMs.p99');
  expect(names.filter((name) => !known.some((pattern) => pattern.test(name)))).toEqual([]);
});

it('every column of the time series is documented with its unit', () => {
  const known = formats.slice(formats.indexOf('### Time series'), formats.indexOf('## Sweep'));
  const names = seriesColumns(document).map(([name]) => name);
  expect(names.length).toBeGreaterThan(20);
  const missing = names.filter(
    (name) => !known.includes(`\`${name}\``) && !known.includes(`.${name.split('.').at(-1)}\``),
  );
  expect(missing.filter((name) => !name.startsWith('byClass.'))).toEqual([]);
});
