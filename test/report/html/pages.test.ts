import { describe, expect, it } from 'vitest';
import type { Sensitivity } from '../../../src/experiment/sensitivity/sensitivity.js';
import { simulate } from '../../../src/experiment/simulate.js';
import { renderMarkdownPage } from '../../../src/report/html/markdown-page.js';
import { driversText, earningsText, revenueTiles } from '../../../src/report/html/money-words.js';
import { chartSvg, renderPage } from '../../../src/report/html/page.js';
import { comparisonReport } from '../../../src/report/html/pages/comparison.js';
import { runReport } from '../../../src/report/html/pages/run.js';
import { sweepReport } from '../../../src/report/html/pages/sweep.js';
import { reportOfDocument } from '../../../src/report/html/read-document.js';
import { chartsOf } from '../../../src/report/html/report.js';
import { timelineCharts } from '../../../src/report/html/timeline.js';
import { parseScenario } from '../../../src/scenario/parse.js';
import { QUICK } from '../../cli/harness.js';
import { emptyResult, madeUpResult } from '../made-up.js';
import { costing, madeUpComparison, madeUpSweep } from './documents.js';
import { madeUpCapacity, madeUpPlan } from './plans.js';

const EVIL = '</script><script>alert(1)</script><img src=x onerror=alert(1)>';

/** All that a page says of one document. */
const page = (document: unknown) => {
  const report = reportOfDocument(JSON.parse(JSON.stringify(document)));
  if (report === undefined) throw new Error('no report');
  return { report, html: renderPage([report]) };
};

describe('the page of a run', () => {
  it('shows the figures of the document in its tables, exactly', () => {
    const document = madeUpResult();
    const { html } = page(document);
    for (const value of [document.summary.ttftMs.p99, document.summary.cost.usdPerMillionGoodOutputTokens]) {
      expect(html).toContain(`data-value="${value}"`);
    }
  });

  it('says what was asked and missed', () => {
    expect(runReport(madeUpResult())).toMatchObject({ tone: 'bad' });
    expect(runReport(madeUpResult()).reasons.join('\n')).toContain('✗ TTFT p99 1.25 s, expected at most 1.00 s');
  });

  it('says that one run tells nothing about chance, and what the step times rest on', () => {
    const labels = runReport(madeUpResult()).sureness.map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['Chance', 'Step times: datasheet', 'Model error']));
  });

  it('has a place for everything that can be missing', () => {
    const { html } = page(emptyResult());
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('is under 2 MB and names nothing on a network', () => {
    const { html } = page(madeUpResult());
    expect(html.length).toBeLessThan(2e6);
    expect(html).not.toMatch(/(?:src|href)="(?!data:|#)/);
  });
});

describe('names out of files', () => {
  it('are text where a trace brings them: its file, its header, its class', () => {
    const trace = `time,in,out,${EVIL.replaceAll(',', '')}\n0,100,20,x\n1,200,30,${EVIL.replaceAll(',', '')}\n`;
    const arrivals = {
      process: 'trace',
      file: `${EVIL}.csv`,
      format: 'csv',
      columns: { time: 'time', input: 'in', output: 'out' },
    };
    const scenario = parseScenario(
      JSON.stringify({
        name: EVIL,
        traffic: [{ name: EVIL, arrivals }],
        factory: { performance: { type: 'linear', base: '10ms' }, pools: [{ replicas: 1 }] },
      }),
    ).scenario;
    expectHarmless(page(simulate(scenario, { openFile: () => [trace] })).html);
  });

  it('are text on the page of a run', () => {
    const document = madeUpResult(EVIL, [{ name: EVIL, slo: { ttft: 2 } }, { name: 'b' }]);
    document.warnings = [EVIL];
    document.fleet[0].gpu = EVIL;
    document.provenance.prices = EVIL;
    expectHarmless(page(document).html);
  });

  it('are text on the page of a comparison', () => {
    expectHarmless(page(madeUpComparison(costing(EVIL, 1), costing('b', 2), costing(`${EVIL}2`, 3))).html);
  });

  it('are text on the page of a sweep', () => {
    const { manifest, points } = madeUpSweep(8, EVIL);
    manifest.axes = [{ name: EVIL, path: EVIL }];
    for (const point of points) point.values = { [EVIL]: EVIL };
    expectHarmless(renderPage([sweepReport(manifest, points)]));
  });

  it('are text in Markdown and in drawings', () => {
    const report = comparisonReport(madeUpComparison(costing(EVIL, 1), costing('b', 2)));
    expect(renderMarkdownPage([report])).not.toContain('<img');
    for (const figure of chartsOf(report)) expect(chartSvg(figure)).not.toContain('<img');
  });

  function expectHarmless(html: string): void {
    expect(html).not.toContain('<img');
    const scripts = html.match(/<script[^>]*>/g) ?? [];
    expect(scripts.filter((tag) => tag === '<script>')).toHaveLength(1);
    expect(scripts.filter((tag) => !/^<script( type="application\/json" class="(data|source)")?>$/.test(tag))).toEqual(
      [],
    );
    expect(html).toContain('&lt;img');
  }
});

describe('the page of a comparison', () => {
  it('names the cheapest fleet, its price, and how clear that is', () => {
    const report = comparisonReport(madeUpComparison(costing('hopper', 2), costing('blackwell', 1)));
    expect(report.headline).toBe(
      'Choose blackwell: $1.00 per million good output tokens, $16.4 an hour, 95.3 % of requests within their SLO.',
    );
    expect(report.reasons[0]).toBe(
      'Next best is hopper at $2.00: blackwell costs 50 % ±0 % less per good token (chance is ruled out at 95 %).',
    );
  });

  it('does not name a fleet that misses what is expected of it', () => {
    const cheap = costing('cheap', 1);
    cheap.expectations = [{ metric: 'ttftMs.p99', limit: 'max 1', value: 5, pass: false }];
    const report = comparisonReport(madeUpComparison(costing('dear', 2), cheap));
    expect(report.headline).toMatch(/^Choose dear/);
    expect(report.reasons.join()).toContain('Not held: cheap: TTFT p99 5.00 ms, expected at most 1.00 ms.');
  });

  it('says so where the difference may be chance', () => {
    const comparison = madeUpComparison(costing('a', 1), costing('b', 1.01));
    const figure = comparison.scenarios[1].figures?.['cost.usdPerMillionGoodOutputTokens'];
    if (figure !== undefined) Object.assign(figure, { significant: false, ratioHalfWidth: 0.2 });
    expect(comparisonReport(comparison)).toMatchObject({
      tone: 'warning',
      headline: expect.stringMatching(/^a is cheapest, but not clearly/),
    });
  });
});

describe('the page of a sweep', () => {
  it('names the cheapest point and joins the frontier', () => {
    const { manifest, points } = madeUpSweep(40);
    const report = sweepReport(manifest, points);
    expect(report.headline).toMatch(/^Cheapest: gpu h100-sxm, replicas 1\. \$1\.14/);
    expect(chartsOf(report).map(({ name }) => name)).toEqual(['frontier', 'heat-map', 'parallel']);
  });

  it('of a thousand points is under 5 MB', () => {
    const { manifest, points } = madeUpSweep(1000);
    expect(renderPage([sweepReport(manifest, points)]).length).toBeLessThan(5e6);
  });

  it('counts points that could not be run', () => {
    const { manifest, points } = madeUpSweep(3);
    const broken = { index: 2, values: points[2].values, error: { kind: 'bad-input' as const, message: 'no' } };
    expect(sweepReport(manifest, [points[0], points[1], broken]).reasons[0]).toContain('1 could not be run');
  });

  it('says that it is not complete', () => {
    const { manifest, points } = madeUpSweep(4);
    expect(sweepReport({ ...manifest, points: 9 }, points).reasons.join()).toContain('4 of 9 points are here');
  });
});

describe('the page of a plan', () => {
  it('names the fleet to take, what it survives, and how far the search went', () => {
    const { report, html } = page(madeUpPlan());
    expect(report.headline).toBe('Take h200-sxm 2 x tp4: 8 GPUs for $16.0 an hour, 97 % of requests within their SLO.');
    expect(report.reasons).toEqual([
      'The next kind that holds is large for $32.0 an hour.',
      'h200-sxm 2 x tp4 holds up to 1.50 times the demand (18.0 requests/s).',
      '✓ demand +20 %: still holds, 95 % within SLO',
      '✗ one node fails: nothing is left; large on 2 nodes for $32.0 an hour would hold',
    ]);
    expect(report.sureness.map(({ label }) => label)).toEqual([
      'Chance',
      'Step times: measured',
      'Model error',
      'Search',
    ]);
    expect(html).not.toMatch(/NaN|undefined/);
  });

  it('says so where no fleet holds', () => {
    const report = page({ ...madeUpPlan(), best: null }).report;
    expect(report).toMatchObject({ tone: 'bad', headline: expect.stringContaining('Nearest is large with 99 %') });
  });

  it('shows names of fleets as text', () => {
    expect(page(madeUpPlan(EVIL)).html).not.toContain('<img');
  });

  it('of a capacity says the highest demand', () => {
    expect(page(madeUpCapacity()).report.headline).toContain('up to 18.0 requests/s, 1.50 times the demand');
  });
});

describe('the page of a sensitivity', () => {
  const side = (input: number, value: number | null) => ({ input, value });
  const sensitivity: Sensitivity = {
    kind: 'sensitivity',
    version: '0.1.0',
    name: 'quick',
    seed: 1,
    metric: 'cost.usdPerMillionTotalTokens',
    base: 2,
    step: 0.2,
    inputs: [
      {
        path: 'traffic[0].arrivals.rate',
        base: 10,
        low: side(8, 2.5),
        high: side(12, 1.5),
        swing: 0.5,
        elasticity: -1,
      },
      { path: 'economics.pue', base: 1.2, low: null, high: side(1.44, null), swing: 0, elasticity: null },
    ],
    skipped: ['seed'],
  };

  it('names what moves the figure most, and draws both sides', () => {
    const { report, html } = page(sensitivity);
    expect(report.headline).toBe(
      '$ per million input + output tokens: $2.00. It depends most on arrivals.rate (50 %).',
    );
    const [{ svg }] = chartsOf(report);
    expect([...svg.text.matchAll(/data-value="([^"]+)"/g)].map((match) => match[1])).toEqual(['2.5', '1.5']);
    expect(html).not.toMatch(/NaN|undefined/);
  });
});

describe('charts over time', () => {
  const ran = simulate(parseScenario(QUICK).scenario);

  it('have a table with every interval of the document', () => {
    const chart = chartsOf(runReport(ran)).find(({ name }) => name === 'time-queue');
    expect(chart?.table?.rows.map((row) => row[2].value)).toEqual(ran.timeSeries?.queueLength);
  });

  it('keep the page of a run with thousands of intervals under 2 MB', () => {
    const { scenario } = parseScenario(`${QUICK}\ntimeSeries: { interval: 10ms }\n`);
    const long = simulate({ ...scenario, horizon: { ...scenario.horizon, duration: 30, requests: undefined } });
    expect(long.timeSeries?.arrived.length).toBeGreaterThan(1000);
    expect(renderPage([runReport(long)]).length).toBeLessThan(2e6);
  });

  it('draw only the stretch that somebody looks at', () => {
    if (ran.timeSeries === null) throw new Error('no series');
    const { edges } = ran.timeSeries;
    const view = { from: edges[10], to: edges[20] };
    const [chart] = timelineCharts(ran.timeSeries, {}, view, true);
    expect(chart.svg.text.match(/class="hit"/g)).toHaveLength(10);
  });
});

it('several documents make one page with contents', () => {
  const html = renderPage([runReport(madeUpResult('one')), runReport(madeUpResult('two'))]);
  expect(html.match(/<article/g)).toHaveLength(2);
  expect(html).toContain('<a href="#report-2">two</a>');
});

it('money goes by the label of the scenario, the embedded document stays as it is', () => {
  const document = madeUpResult();
  document.scenario.economics.currency = 'EUR';
  const { report, html } = page(document);
  expect(report.headline).toContain('at EUR 1.56 per million');
  expect(html.replace(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>/g, '')).not.toMatch(/\$|\bUSD\b/);
  expect(report.data).toEqual(JSON.parse(JSON.stringify(document)));
});

describe('what a report says of money', () => {
  const { cost, revenue, goodput } = madeUpResult().summary;

  it('is loss or profit, and what the cost is spent on', () => {
    const byUseUsdPerHour = { ...cost.byUseUsdPerHour, prefill: 4.1, decode: 12.3 };
    expect(driversText({ ...cost, byUseUsdPerHour })).toEqual([
      'What drives the cost: writing answers 75 %, computing prompts 25 %.',
    ]);
    expect(earningsText({ cost, goodput, revenue: { ...revenue, usdPerHour: 8.4 } })).toEqual([
      expect.stringMatching(/a loss of \$8\.00 an hour\.$/),
    ]);
    const few = { ...goodput, attainment: 0.1 };
    expect(earningsText({ cost, goodput: few, revenue: { ...revenue, usdPerHour: 20 } })[0]).toContain(
      'a profit of $3.60 an hour, if answers that miss their SLO are paid for, too.',
    );
    expect(earningsText({ cost, goodput, revenue })).toEqual([]);
  });

  it('is whether an investment comes back, and whether in time', () => {
    const document = madeUpResult();
    document.summary.revenue = { ...revenue, usdPerHour: 20, roi: 0.2, margin: 0.1, paybackMonths: 61 };
    document.scenario.economics = scenarioOwning(4);
    expect(revenueTiles(document)[1].note).toBe('paid back in 61.0 months, after the 4 years of its life');
    document.summary.revenue.paybackMonths = null;
    expect(revenueTiles(document)[1].note).toBe('never paid back');
    document.scenario.economics = madeUpResult().scenario.economics;
    expect(revenueTiles(document)[1].note).toBe('rented: no investment to pay back');
  });

  const scenarioOwning = (years: number) =>
    parseScenario(`${QUICK}\neconomics: { own: { gpu: { h200-sxm: 30000 }, years: ${years} } }\n`).scenario.economics;
});

describe('a comparison of fleets that cost the same', () => {
  const winner = (name: string | null, speed: number, advantage: number | null) => ({
    tokensPerSecondPerUser: speed,
    usdPerMillionTotalTokens: {},
    winner: name,
    advantage,
  });
  const compared = (...winners: ReturnType<typeof winner>[]) => ({
    ...madeUpComparison(costing('hopper', 2), costing('blackwell', 1.9, 120)),
    alignment: { by: 'cost' as const, unit: '$/h' as const, fleets: [] },
    curve: { x: 'tokensPerSecondPerUser' as const, y: 'usdPerMillionTotalTokens' as const, fleets: [], winners },
  });

  it('says what users get for the money, and what is cheapest at equal speed', () => {
    const report = comparisonReport(compared(winner('blackwell', 20, 1.2), winner('blackwell', 50, 1.4)));
    expect(report).toMatchObject({ tone: 'good', headline: expect.stringMatching(/^Choose blackwell/) });
    expect(report.reasons).toContain(
      'Cheapest at the same speed for users: blackwell from 20 to 50 tokens/s (the next one costs 1.20 to 1.40 times as much).',
    );
    expect(report.reasons[1]).toContain('users of blackwell get 120 tokens/s');
  });

  it('does not call it clear where another is cheaper at some speed', () => {
    const report = comparisonReport(compared(winner('blackwell', 20, 1.2), winner('hopper', 50, null)));
    expect(report).toMatchObject({
      tone: 'warning',
      headline: expect.stringMatching(/^blackwell is cheapest, but not/),
    });
  });

  it('says whether the error of the model could turn it', () => {
    const uncertainty = { tpot: { mape: 10, medianApe: 5 }, ttft: { mape: 30, medianApe: 16 } };
    const said = (advantage: number) => {
      const comparison = compared(winner('blackwell', 20, advantage));
      for (const of of comparison.scenarios) of.uncertainty = uncertainty as typeof of.uncertainty;
      return comparisonReport(comparison).sureness.find(({ label }) => label === 'Model error')?.text ?? '';
    };
    expect(said(1.3)).toContain(
      '14.1 % off against each other. At equal speed blackwell is at least 1.30 times cheaper',
    );
    expect(said(1.1)).toContain('1.10 times, which errors of that size could turn');
  });
});
