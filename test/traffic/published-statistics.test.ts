import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fileOpener } from '../../src/experiment/files.js';
import { describeTrace } from '../../src/traffic/describe/describe.js';
import { openTrace, traceFormat } from '../../src/traffic/traces/index.js';

const FACTS = '../shared/facts/trace-statistics.csv';
const FOLDER = '../shared/data/traces';
const files = {
  azure_llm_2023_code: 'azure-llm-inference-2023-code.csv',
  mooncake_conversation: 'mooncake-fast25-conversation.jsonl',
};

describe.skipIf(!existsSync(FACTS))('traces described elsewhere (skipped without ../shared)', () => {
  it.each(Object.entries(files))('%s: rate, CV, IDC, lengths and prefix reuse agree within rounding', (name, file) => {
    const [head, ...rows] = readFileSync(FACTS, 'utf8')
      .split('\n')
      .map((row) => row.split(','));
    const row = rows.find(([trace]) => trace === name) as string[];
    const fact = (column: string) => (row[head.indexOf(column)] === '' ? undefined : Number(row[head.indexOf(column)]));
    const openFile = fileOpener(FOLDER);
    const format = traceFormat('auto', file, openFile);
    const trace = describeTrace(() => openTrace(format, openFile(file), file));
    const idc = (seconds: number) => trace.dispersion.find(({ windowSeconds }) => windowSeconds === seconds)?.value;
    const lru = (blocks: number) => trace.prefixReuse?.lru.find(({ cacheBlocks }) => cacheBlocks === blocks)?.hitShare;
    const found: Record<string, number | null | undefined> = {
      rows: trace.requests,
      mean_rate_rps: trace.requestsPerSecond,
      iat_cv: trace.gapCv,
      idc_1s: idc(1),
      idc_10s: idc(10),
      idc_60s: idc(60),
      in_mean: trace.inputTokens.mean,
      in_p50: trace.inputTokens.p50,
      in_p90: trace.inputTokens.p90,
      in_p99: trace.inputTokens.p99,
      in_max: trace.inputTokens.max,
      out_mean: trace.outputTokens.mean,
      out_p50: trace.outputTokens.p50,
      out_p90: trace.outputTokens.p90,
      out_p99: trace.outputTokens.p99,
      out_max: trace.outputTokens.max,
      in_out_spearman: trace.rankCorrelation,
      prefix_hit_block_frac: trace.prefixReuse?.unlimited,
      lru_1000_prefix_hit_block_frac: lru(1000),
      lru_10000_prefix_hit_block_frac: lru(10_000),
      lru_50000_prefix_hit_block_frac: lru(50_000),
    };
    for (const [column, value] of Object.entries(found)) {
      const published = fact(column);
      if (published === undefined) continue;
      expect(Math.abs((value ?? Number.NaN) - published), column).toBeLessThanOrEqual(
        0.002 * Math.abs(published) + 1e-6,
      );
    }
  });
});
