import { describe, expect, it } from 'vitest';
import type { ResultDocument } from '../../src/experiment/result.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import { renderTable } from '../../src/report/table.js';
import { width } from '../../src/report/text.js';
import { emptyResult, latencies, type MadeUpClass, madeUpResult, noLatencies, noOutlook } from './made-up.js';

/** The line that starts with a label, without runs of spaces. */
function lineOf(text: string, label: string): string {
  const line = text.split('\n').find((candidate) => candidate.trimStart().startsWith(`${label} `));
  return (line ?? '').trim().replace(/\s+/g, ' ');
}

describe('the table of a result', () => {
  const text = renderTable(madeUpResult());

  it('says what was simulated', () => {
    expect(text.split('\n')[0]).toBe('made up');
    expect(lineOf(text, 'model')).toBe('model llama-3.1-70b in fp8, served by vllm');
    expect(lineOf(text, 'fleet')).toContain('2 x 4 h200-sxm (tp 4), chunked-prefill, KV cache 2,800,000 tokens');
    expect(lineOf(text, 'demand')).toBe('demand 12/s gamma (CV 2.5); lognormal 1,024 (CV 1.2) tokens in, 256 out');
    expect(lineOf(text, 'horizon')).toBe('horizon 30 min, the first 2 min left out; seed 7');
    expect(lineOf(text, 'requests')).toContain('20,160 arrived, 20,000 completed, 12 rejected, 148 still in flight');
  });

  it('holds latencies against the SLO', () => {
    expect(lineOf(text, 'TTFT')).toBe('TTFT 343 ms 312 ms 624 ms 936 ms 1.25 s 1.56 s ≤ 2 s ✓ all');
    expect(lineOf(text, 'TPOT')).toBe('TPOT 13.6 ms 12.3 ms 24.7 ms 37.0 ms 49.4 ms 61.7 ms');
    expect(lineOf(text, 'ITL')).toContain('550 µs');
  });

  it.each([
    [1.56, '✓ all'],
    [1.25, '✓ p99'],
    [1, '✗ to p95'],
    [0.7, '✗ to p90'],
    [0.32, '✗ to p50'],
    [0.3, '✗ below p50'],
  ])('marks how far a limit of %s s holds: %s', (ttft, mark) => {
    const table = renderTable(madeUpResult('x', [{ name: 'chat', slo: { ttft } }]));
    expect(lineOf(table, 'TTFT').endsWith(mark)).toBe(true);
  });

  it('gives goodput, cost, energy, bottleneck, and where the numbers come from', () => {
    expect(lineOf(text, 'goodput')).toBe('goodput 95.3 % of requests good, 11.4 requests/s, 2,930 output tokens/s');
    expect(lineOf(text, 'cost')).toContain(
      '$16.4/h; per million tokens: $1.49 output, $0.299 input + output, $1.56 good',
    );
    expect(lineOf(text, 'energy')).toContain('10.9 kW ($0.872/h, in the GPU price), 3.58 J per output token');
    expect(lineOf(text, 'bottleneck')).toContain('maxSequences was reached');
    expect(lineOf(text, 'waiting')).toContain('batch slot 12 %');
    expect(lineOf(text, 'calibration')).toContain('datasheet: from datasheets and typical efficiencies');
    expect(lineOf(text, 'simulation')).toContain('took 41.2 ms, 489,000 requests/s');
    expect(lineOf(text, 'warning')).toBe('warning 12 requests were rejected');
  });

  it('marks expectations, also those without a value', () => {
    expect(text).toContain('✓ goodput.attainment: 0.95297, expected min 0.95');
    expect(text).toContain('✗ ttftMs.p99: 1,248, expected max 1000');
    expect(text).toContain('✗ revenue.roi: has no value in this run, expected min 0');
  });

  it('leaves out revenue where no class has a price, and shows it where one has', () => {
    expect(lineOf(text, 'revenue')).toBe('');
    const document = madeUpResult();
    document.summary.revenue = {
      usdPerHour: 21,
      margin: 0.219,
      roi: 0.28,
      ...noOutlook,
      paybackMonths: 40,
      investmentUsd: 5e4,
    };
    const table = renderTable(document);
    expect(lineOf(table, 'revenue')).toBe('revenue $21.0/h, margin 21.9 %, return on cost 28 %');
    expect(table).toContain('$50,000 invested, paid back in 40.0 months');
  });

  it('fits a screen', () => {
    const lines = text.split('\n');
    expect(lines.length).toBeLessThan(42);
    expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(100);
  });

  it('prints a dash for what does not exist', () => {
    const empty = renderTable(emptyResult());
    expect(empty).not.toMatch(/null|NaN|undefined|Infinity/);
    expect(lineOf(empty, 'TTFT')).toBe('TTFT – – – – – – ≤ 2 s');
    expect(lineOf(empty, 'cost')).toContain('–/h');
    expect(lineOf(empty, 'goodput')).toContain('– of requests good');
  });

  it('has colours only where they are wanted', () => {
    const esc = String.fromCharCode(27);
    expect(text).not.toContain(esc);
    const colored = renderTable(madeUpResult(), { color: true });
    expect(colored).toContain(esc);
    expect(colored.replaceAll(new RegExp(`${esc}\\[\\d+m`, 'g'), '')).toBe(text);
  });
});

describe('a result of several classes', () => {
  const two: MadeUpClass[] = [
    { name: 'chat', slo: { ttft: 2 }, attainment: 0.99 },
    { name: 'batch', slo: { ttft: 0.5, tpot: 0.06, e2e: 10 }, attainment: 0.5 },
  ];

  it('gives each class a row with its own limits', () => {
    const text = renderTable(madeUpResult('two', two));
    expect(lineOf(text, 'chat')).toBe('chat 99 % 5.50 1,400 1.25 s ≤ 2 s ✓ 49.4 ms 17.3 s');
    expect(lineOf(text, 'batch')).toBe('batch 50 % 5.50 1,400 1.25 s > 500 ms ✗ 49.4 ms ≤ 60 ms ✓ 17.3 s > 10 s ✗');
    expect(lineOf(text, 'TTFT')).not.toContain('≤');
    expect(text).toContain('chat: 12/s gamma');
  });

  it('survives a class that completed nothing', () => {
    const text = renderTable(madeUpResult('two', [two[0], { ...two[1], attainment: null, ttftMs: noLatencies }]));
    expect(lineOf(text, 'batch')).toContain('– (≤ 500 ms)');
  });

  it('shows the worst of many classes and counts the others', () => {
    const many = Array.from({ length: 300 }, (_, i) => ({ name: `tenant-${i}`, attainment: i === 250 ? 0.1 : 0.9 }));
    const text = renderTable(madeUpResult('many', many));
    expect(text).toContain('tenant-250');
    expect(text).toContain('289 better ones');
    expect(text).toContain('and 295 more');
    expect(text.split('\n').length).toBeLessThan(65);
  });

  it('keeps its width with the longest names', () => {
    const long = [1, 2].map((i) => ({ name: `${i}${'名'.repeat(120)}`, slo: { ttft: 2, tpot: 0.0333, e2e: 33.3 } }));
    const lines = renderTable(madeUpResult('n'.repeat(200), long)).split('\n');
    expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(100);
  });
});

describe('hostile names', () => {
  const evil = 'a\u202eb\u200bc';

  it('cannot steer the terminal', () => {
    const document = madeUpResult(evil, [{ name: evil }, { name: 'b', ttftMs: latencies(1) }]);
    document.warnings = ['\u001b[2J\u001b]0;owned\u0007gone\r\nnext\u009b31m'];
    document.fleet[0].name = '\u001b[31mred';
    const text = renderTable(document);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/);
    expect(text.split('\n')[0]).toBe('abc');
    expect(text).toContain('gone next');
    expect(text).not.toContain('owned');
    expect(lineOf(text, 'fleet')).toContain('red: 2 x');
  });
});

describe('a result of several replications', () => {
  const replicated = () => {
    const document = madeUpResult();
    const halfWidths = (value: object): object =>
      Object.fromEntries(
        Object.entries(value)
          .filter(([, entry]) => typeof entry !== 'string' && typeof entry !== 'boolean')
          .map(([key, entry]) => [key, typeof entry === 'number' ? entry / 100 : entry && halfWidths(entry)]),
      );
    const intervals = halfWidths(document.summary) as NonNullable<ResultDocument['intervals']>;
    return { ...document, replications: 12, intervals };
  };

  it('has the half-widths of the intervals below and behind the means', () => {
    const lines = renderTable(replicated()).split('\n');
    const ttft = lines.findIndex((line) => line.trim().startsWith('TTFT'));
    expect(lines[ttft + 1].trim().replace(/\s+/g, ' ')).toBe('±3.43 ms ±3.12 ms ±6.24 ms ±9.36 ms ±12.5 ms ±15.6 ms');
    expect(lines.join('\n')).toContain('95.3 % ±0.953 % of requests good');
    expect(lines.join('\n')).toContain('means of 12 runs');
    expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(100);
  });

  it('has them in Markdown too', () => {
    expect(renderMarkdown(replicated())).toContain('±3.43 ms');
  });
});
