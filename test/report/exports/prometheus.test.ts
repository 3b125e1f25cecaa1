import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResultDocument } from '../../../src/experiment/result.js';
import { simulate } from '../../../src/experiment/simulate.js';
import { openExport } from '../../../src/report/exports/index.js';
import { openMetrics } from '../../../src/report/exports/prometheus/open-metrics.js';
import { TimeGrid } from '../../../src/report/exports/prometheus/time-grid.js';
import { parseScenario } from '../../../src/scenario/parse.js';
import { QUICK } from '../../cli/harness.js';

function exported(): { text: string; document: ResultDocument } {
  const { scenario } = parseScenario(QUICK);
  const folder = mkdtempSync(join(tmpdir(), 'goodput-prometheus-'));
  try {
    const prometheus = openExport('prometheus', { folder, scenario });
    const document = simulate(scenario, { onRecord: (record) => prometheus.add(record) });
    prometheus.commit(document);
    return { text: readFileSync(join(folder, 'metrics.txt'), 'utf8'), document };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const { text, document } = exported();

interface Line {
  family: string;
  type: string;
  name: string;
  labels: string;
  value: number;
  timestamp: number;
}

/** Reads OpenMetrics text strictly, as its specification lays it out; throws where it is not. */
function read(source: string): Line[] {
  const rows = source.split('\n');
  expect(rows.slice(-2)).toEqual(['# EOF', '']);
  const seen = new Set<string>();
  let family = '';
  let type = '';
  return rows.slice(0, -2).flatMap((row): Line[] => {
    const head = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(row);
    if (head !== null) {
      [, family, type] = head;
      if (seen.has(family)) throw new Error(`${family} stands in two places`);
      seen.add(family);
      return [];
    }
    if (row.startsWith(`# HELP ${family} `)) return [];
    const sample = /^([a-zA-Z_:][\w:]*)(\{(?:\w+="(?:[^"\\\n]|\\["\\n])*",?)+\})? (\S+) (\S+)$/.exec(row);
    if (sample === null) throw new Error(`no sample: ${row}`);
    const [, name, labels = '', value, timestamp] = sample;
    const suffixes = { counter: ['_total'], gauge: [''], histogram: ['_bucket', '_count', '_sum'] }[type] ?? [];
    if (!suffixes.some((suffix) => name === family + suffix))
      throw new Error(`${name} is no part of ${type} ${family}`);
    return [{ family, type, name, labels, value: Number(value), timestamp: Number(timestamp) }];
  });
}

describe('the Prometheus export', () => {
  const lines = read(text);
  const last = (name: string, label = '') =>
    lines.findLast((line) => line.name === name && line.labels.includes(label))?.value;

  it('is OpenMetrics: each family once, every sample part of its family', () => {
    expect(new Set(lines.map(({ family }) => family)).size).toBe(22);
  });

  it('has counters and buckets that never fall, over time and over bounds', () => {
    const series = new Map<string, Line>();
    let bucket: Line | undefined;
    for (const line of lines) {
      const before = series.get(line.name + line.labels);
      if (before !== undefined) expect(line.timestamp).toBeGreaterThan(before.timestamp);
      if (before !== undefined && line.type !== 'gauge') expect(line.value).toBeGreaterThanOrEqual(before.value - 1e-9);
      series.set(line.name + line.labels, line);
      if (line.name.endsWith('_bucket')) {
        if (bucket?.family === line.family && bucket.timestamp === line.timestamp) {
          expect(line.value).toBeGreaterThanOrEqual(bucket.value);
        }
        bucket = line;
      }
      if (line.name.endsWith('_count')) {
        expect(bucket?.labels).toContain('le="+Inf"');
        expect(line.value).toBe(bucket?.value);
      }
    }
  });

  it('ends with the totals of the result', () => {
    const { requests, tokens, ttftMs } = document.summary;
    expect(last('vllm:request_success_total')).toBe(requests.completed);
    expect(last('vllm:prompt_tokens_total')).toBe(tokens.inputCompleted);
    expect(last('vllm:generation_tokens_total')).toBeCloseTo(tokens.outputCompleted, 6);
    expect(last('vllm:time_to_first_token_seconds_count')).toBe(requests.completed);
    expect(last('vllm:time_to_first_token_seconds_sum')).toBeCloseTo(
      ((ttftMs.mean ?? 0) / 1000) * requests.completed,
      9,
    );
    expect(last('vllm:inter_token_latency_seconds_count')).toBe(tokens.outputCompleted - requests.completed);
    expect(last('vllm:prefix_cache_queries_total')).toBe(tokens.inputCompleted);
    expect(lines.filter(({ name }) => name === 'vllm:kv_cache_usage_perc').map(({ value }) => value)).toEqual(
      document.timeSeries?.kvCache,
    );
    expect([last('vllm:num_requests_running'), last('vllm:num_requests_waiting')]).toEqual([0, 0]);
  });
});

it('labels of OpenMetrics escape what ends them', () => {
  const labels = { name: 'a"b\\c\nd' };
  const family = {
    name: 'x',
    type: 'gauge' as const,
    help: 'a\nb',
    samples: [{ suffix: '', labels, value: 1, timestamp: 2 }],
  };
  expect([...openMetrics([family])].join('')).toBe(
    '# TYPE x gauge\n# HELP x a\\nb\nx{name="a\\"b\\\\c\\nd"} 1 2\n# EOF\n',
  );
});

describe('a grid of time', () => {
  it('keeps every amount however long the run, and never dates it before it happened', () => {
    const event = fc.tuple(
      fc.integer({ min: 0, max: 100_000 }),
      fc.integer({ min: 0, max: 5000 }),
      fc.integer({ min: 1, max: 9 }),
    );
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 20 }), (events) => {
        const grid = new TimeGrid(2);
        for (const [from, length, amount] of events) {
          grid.add(0, from, amount);
          grid.spread(1, from, from + length, amount);
        }
        const total = events.reduce((sum, [, , amount]) => sum + amount, 0);
        expect(grid.cells).toBeLessThanOrEqual(240);
        expect(grid.cumulative(0).at(-1)).toBe(total);
        expect(grid.cumulative(1).at(-1)).toBeCloseTo(total, 6);
        grid.cumulative(0).forEach((sum, cell) => {
          const until = (cell + 1) * grid.width;
          expect(sum).toBe(events.reduce((known, [from, , amount]) => known + (from < until ? amount : 0), 0));
        });
      }),
    );
  });
});
