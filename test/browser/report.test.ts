import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/experiment/compare/compare.js';
import { simulate } from '../../src/experiment/simulate.js';
import { renderPage } from '../../src/report/html/page.js';
import { comparisonReport } from '../../src/report/html/pages/comparison.js';
import { planReport } from '../../src/report/html/pages/plan.js';
import { runReport } from '../../src/report/html/pages/run.js';
import { sweepReport } from '../../src/report/html/pages/sweep.js';
import type { Report } from '../../src/report/html/report.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { QUICK } from '../cli/harness.js';
import { costing, madeUpComparison, madeUpSweep } from '../report/html/documents.js';
import { madeUpPlan } from '../report/html/plans.js';
import { hasChromium, startChromium } from './chromium.js';

const EVIL = '</script><script>window.evil = 1</script><img src=x onerror="window.evil = 1">';

let folder: string;
let browser: Browser;
/** Errors, warnings and requests that pages have made; all tests want none. */
const complaints: string[] = [];

/** Opens the page of a report from disk, as a reader does. */
async function open(report: Report, name: string): Promise<Page> {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, renderPage([report]));
  const page = await browser.newPage({ viewport: { width: 1240, height: 900 }, acceptDownloads: true });
  page.on('console', (message) => complaints.push(`${name}: ${message.type()} ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`${name}: ${error.message}`));
  page.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url())) complaints.push(`${name}: request to ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return page;
}

/** Values that the marks of a chart stand for. */
const values = (page: Page, chart: string, key: 'value' | 'x' | 'y') =>
  page.$$eval(
    `figure[data-chart="${chart}"] .drawing [data-${key}]`,
    (marks, of) => marks.map((mark) => Number(mark.getAttribute(`data-${of}`))),
    key,
  );

describe.skipIf(!hasChromium)('a report in Chromium', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'goodput-browser-'));
    browser = await startChromium();
    // A busy machine takes its time to start a browser.
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it('of a run shows the figures of its document', async () => {
    const document = simulate(parseScenario(QUICK).scenario);
    const page = await open(runReport(document), 'run');
    const { ttftMs, tpotMs, itlMs, e2eMs, queueMs } = document.summary;
    const quantiles = [ttftMs, tpotMs, itlMs, e2eMs, queueMs].flatMap(({ p50, p90, p95, p99, max }) => [
      ...[p50, p90, p95, p99, max],
    ]);
    expect(await values(page, 'latency', 'value')).toEqual(quantiles.filter((value) => (value ?? 0) > 0));
    const { shares, ttftMs: known } = document.distributions;
    expect(await values(page, 'distribution-ttft', 'x')).toEqual(known.filter((value) => (value ?? 0) > 0));
    expect(await values(page, 'distribution-ttft', 'y')).toEqual(shares.filter((_, k) => (known[k] ?? 0) > 0));
    const embedded = await page.$eval('script.data', (script) => JSON.parse(script.textContent ?? ''));
    expect(embedded).toEqual(JSON.parse(JSON.stringify(document)));
    await page.close();
  });

  it('of a comparison shows its fleets, and names one', async () => {
    const comparison: Comparison = madeUpComparison(costing('hopper', 2, 60), costing('blackwell', 1, 90));
    const page = await open(comparisonReport(comparison), 'comparison');
    expect(await values(page, 'fleets', 'x')).toEqual([60, 90]);
    expect(await values(page, 'fleets', 'y')).toEqual([2, 1]);
    expect(await page.textContent('.headline')).toContain('Choose blackwell');
    const costs = await page.$$eval('.glance tbody tr', (rows) =>
      rows.map((row) => Number(row.querySelectorAll('td')[1].getAttribute('data-value'))),
    );
    expect(costs).toEqual([2, 1]);
    await page.close();
  });

  it('of a sweep draws all points, filters them, changes axes and keeps them as CSV', async () => {
    const { manifest, points } = madeUpSweep(1000);
    const page = await open(sweepReport(manifest, points), 'sweep');
    const costs = points.map(({ summary }) => summary?.cost.usdPerMillionGoodOutputTokens);
    expect(await values(page, 'frontier', 'y')).toEqual(costs);

    await page.selectOption('select[name="keep-0"]', { label: 'b200-sxm' });
    const kept = points.filter((_, i) => i % 4 === 2);
    expect(await values(page, 'frontier', 'y')).toEqual(
      kept.map(({ summary }) => summary?.cost.usdPerMillionGoodOutputTokens),
    );
    expect(await page.textContent('output')).toBe('250 of 1000 points');

    await page.selectOption('select[name="y"]', 'goodput.attainment');
    expect(new Set(await values(page, 'frontier', 'y'))).toEqual(new Set([0.95297]));

    const [download] = await Promise.all([page.waitForEvent('download'), page.click('.part > .table .download')]);
    const csv = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\n');
    expect(csv).toHaveLength(1 + kept.length);
    expect(csv[0]).toMatch(/^point,gpu,replicas,\$ per million good output tokens \(USD\),/);
    await page.close();
  });

  it('of a plan shows every fleet that was simulated', async () => {
    const plan = madeUpPlan();
    const page = await open(planReport(plan), 'plan');
    expect((await values(page, 'frontier', 'y')).sort()).toEqual(
      plan.search.log.map((fleet) => fleet.usdPerMillionOutputTokens ?? 0).sort(),
    );
    await page.close();
  });

  it('zooms into a stretch of time, in all charts at once', async () => {
    const page = await open(runReport(simulate(parseScenario(QUICK).scenario)), 'zoom');
    const hits = (chart: string) => page.locator(`figure[data-chart="${chart}"] .hit`).count();
    const all = await hits('time-queue');
    const drawing = page.locator('figure[data-chart="time-requests"] .drawing');
    await drawing.scrollIntoViewIfNeeded();
    const box = await drawing.boundingBox();
    if (box === null) throw new Error('no chart');
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2);
    await page.mouse.up();
    expect(await hits('time-queue')).toBeLessThan(all / 2);
    await page.click('[data-time="all"]');
    expect(await hits('time-queue')).toBe(all);
    await page.close();
  });

  it('looks closer at the points in a box, keeps what the legend hides, and goes back', async () => {
    const { manifest, points } = madeUpSweep(100);
    const page = await open(sweepReport(manifest, points), 'box');
    const all = await values(page, 'frontier', 'x');
    const hidden = page.locator('figure[data-chart="frontier"] .mark.hidden');
    await page.click('figure[data-chart="frontier"] .legend[data-series="1"]');
    expect(await hidden.count()).toBe(25);

    const drawing = page.locator('figure[data-chart="frontier"] .drawing');
    await drawing.scrollIntoViewIfNeeded();
    const box = await drawing.boundingBox();
    if (box === null) throw new Error('no chart');
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.8, { steps: 3 });
    await page.mouse.up();
    const shown = await values(page, 'frontier', 'x');
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.length).toBeLessThan(all.length);
    expect(all).toEqual(expect.arrayContaining(shown));
    expect(await hidden.count()).toBeGreaterThan(0);

    await page.click('figure[data-chart="frontier"] .back');
    expect(await values(page, 'frontier', 'x')).toEqual(all);
    expect(await hidden.count()).toBe(25);
    await page.close();
  });

  it('sorts a table by its exact values, and goes through marks with the keyboard', async () => {
    const page = await open(runReport(simulate(parseScenario(QUICK).scenario)), 'keys');
    await page.click('figure[data-chart="limits"] summary');
    await page.click('figure[data-chart="limits"] th:nth-child(2) .sort');
    const sorted = await page.$$eval('figure[data-chart="limits"] td', (cells) =>
      cells.map((cell) => Number(cell.getAttribute('data-value'))),
    );
    expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
    await page.focus('figure[data-chart="latency"] .drawing');
    await page.keyboard.press('ArrowRight');
    expect(await page.textContent('#tip')).toContain('first token (TTFT)');
    await page.close();
  });

  it('shows names out of files as text', async () => {
    const document = costing(EVIL, 1);
    document.warnings = [EVIL];
    const page = await open(runReport(document), 'evil');
    expect(await page.textContent('h1')).toBe(EVIL);
    expect(await page.evaluate('window.evil')).toBeUndefined();
    await page.close();
  });

  it('says the same without scripts', async () => {
    const file = join(folder, 'plain.html');
    const { manifest, points } = madeUpSweep(12);
    writeFileSync(file, renderPage([sweepReport(manifest, points)]));
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    expect(await page.locator('figure[data-chart="frontier"] .mark[data-index]').count()).toBe(12);
    expect(await page.locator('form').isVisible()).toBe(false);
    await context.close();
  });

  it('has no error, no warning and no request', () => {
    expect([...new Set(complaints)]).toEqual([]);
  });
});
