import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodput, QUICK } from './harness.js';

let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'goodput-report-'));
  writeFileSync(join(root, 'quick.yaml'), QUICK);
  await goodput(['run', join(root, 'quick.yaml'), '--out', join(root, 'run')]);
});
afterAll(() => rmSync(root, { recursive: true }));
const at = (name: string) => join(root, name);

describe('goodput report', () => {
  it('writes a page into a result folder', async () => {
    const { code, stdout, stderr } = await goodput(['report', at('run')]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toBe(`the report is ${at('run/report.html')}\n`);
    expect(readFileSync(at('run/report.html'), 'utf8')).toContain('<h1>quick</h1>');
  });

  it('takes the document of a comparison, and writes where it is told to', async () => {
    const compared = await goodput([
      'compare',
      at('quick.yaml'),
      at('quick.yaml'),
      '--format',
      'json',
      '--no-curve',
      '--replications',
      '2',
    ]);
    writeFileSync(at('compare.json'), compared.stdout);
    expect((await goodput(['report', at('compare.json'), '--out', at('fleets.html'), '--quiet'])).code).toBe(0);
    expect(readFileSync(at('fleets.html'), 'utf8')).toContain('data-kind="comparison"');
  });

  it('prints Markdown and single charts', async () => {
    const markdown = await goodput(['report', at('run'), '--format', 'markdown']);
    expect(markdown.stdout).toContain('#### How sure is that?');
    const svg = await goodput(['report', at('run'), '--format', 'svg', '--chart', 'latency']);
    expect(svg.stdout).toMatch(/^<\?xml.*<svg xmlns.*<\/svg>\n$/s);
  });

  it('gives what is drawn in a single chart its style, without which it would be black', async () => {
    const { stdout } = await goodput(['report', at('run'), '--format', 'svg', '--chart', 'time-requests']);
    const [, style, drawn] = stdout.match(/<style>(.*)<\/style>(.*)/s)!;
    const shapes = [...drawn.matchAll(/<(?:rect|path) class="([^"]+)"/g)].flatMap(([, classes]) => classes.split(' '));
    expect(shapes.length).toBeGreaterThan(10);
    expect(new Set(shapes.filter((name) => !new RegExp(`\\.${name}[{, ]`).test(style)))).toEqual(new Set());
  });

  it.each([
    [['report', 'nothing'], 'nothing: does not exist'],
    [['report', 'quick.yaml'], 'quick.yaml: is no JSON'],
    [['report', 'torn.json'], 'torn.json: is not laid out as goodput'],
    [['report', 'list.json'], 'list.json: is no document of goodput (found a list'],
    [['report', '.'], 'holds none of result.json, comparison.json'],
    [['report', 'run', '--format', 'svg', '--chart', 'latencies'], 'latency, limits'],
    [['report', 'run', '--chart', 'latency'], '--chart needs --format svg or png'],
    [['report', 'run', '--format', 'png', '--chart', 'latency'], '--format png needs --out'],
  ])('explains %j', async ([command, path, ...options], message) => {
    writeFileSync(at('list.json'), '[]');
    const result = JSON.parse(readFileSync(at('run/result.json'), 'utf8'));
    writeFileSync(at('torn.json'), JSON.stringify({ ...result, summary: { ...result.summary, ttftMs: null } }));
    const { code, stderr } = await goodput([command, at(path), ...options]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });
});
