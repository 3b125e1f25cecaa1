import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { expect, it } from 'vitest';
import { simulate } from '../../../src/experiment/simulate.js';
import { openExport } from '../../../src/report/exports/index.js';
import { renderSeriesCsv } from '../../../src/report/series-csv.js';
import { parseScenario } from '../../../src/scenario/parse.js';
import { QUICK } from '../../cli/harness.js';

it('Parquet has the columns and values of the result and its series', async () => {
  const { scenario } = parseScenario(QUICK);
  const folder = mkdtempSync(join(tmpdir(), 'goodput-parquet-'));
  try {
    const document = simulate(scenario);
    openExport('parquet', { folder, scenario }).commit(document);
    const read = async (name: string) => parquetReadObjects({ file: await asyncBufferFromFile(join(folder, name)) });
    const [row, ...more] = await read('summary.parquet');
    expect(more).toEqual([]);
    expect(row).toMatchObject({ name: 'quick', seed: 1, 'ttftMs.p99': document.summary.ttftMs.p99 });
    const series = await read('series.parquet');
    expect(series.map((entry) => entry.queueLength)).toEqual(document.timeSeries?.queueLength);
    expect(Object.keys(series[0]).join(',')).toBe(renderSeriesCsv(document).split('\n')[0]);
    expect(readFileSync(join(folder, 'summary.parquet')).subarray(0, 4).toString()).toBe('PAR1');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
