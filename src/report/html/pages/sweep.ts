import type { PointResult } from '../../../experiment/sweep/point-result.js';
import { count, dollars, number, percent } from '../../format.js';
import type { SweepManifest } from '../../sweep/folder.js';
import { scatter } from '../chart/scatter.js';
import { sweepData } from '../collect-sweep.js';
import { demandStatements } from '../demand-statements.js';
import { figureAt, numberAt } from '../figures.js';
import { MOST_ROWS } from '../limits.js';
import type { Markup } from '../markup.js';
import { driversText, earningsText } from '../money-words.js';
import { paretoFrontier } from '../pareto.js';
import type { Report, Section, Statement, Tile } from '../report.js';
import { sweepControls } from '../sweep-controls.js';
import type { SweepData } from '../sweep-data.js';
import { firstView, keptPoints, sweepHeatMap, sweepParallel, sweepScatter, sweepTable } from '../sweep-view.js';
import { calibrationStatement, chanceStatement, errorStatement, weakest, widest } from '../words.js';
import { modelText } from './plan.js';

const COST = 'cost.usdPerMillionGoodOutputTokens';
const SPEED = 'throughput.outputTokensPerSecondPerUser';

/** The report of a sweep: the best point, the frontier, and everything to explore. */
export function sweepReport(manifest: SweepManifest, points: readonly PointResult[]): Report {
  const data = sweepData(manifest, points);
  const kept = keptPoints(data, firstView(data));
  const costs = kept.filter((i) => data.figures[COST]?.[i] != null);
  const cheapest = costs.sort((a, b) => (data.figures[COST][a] ?? 0) - (data.figures[COST][b] ?? 0))[0];
  const best = cheapest === undefined ? undefined : points.find(({ index }) => index === data.index[cheapest]);
  return {
    kind: 'sweep',
    title: manifest.name,
    headline: headlineOf(data, best),
    tone: best === undefined ? 'warning' : 'good',
    reasons: [
      ...(best?.summary === undefined ? [] : [...earningsText(best.summary), ...driversText(best.summary.cost)]),
      ...reasonsOf(data, kept, manifest, points.length),
    ],
    tiles: best === undefined ? [] : tilesOf(best),
    sureness: surenessOf(points, best),
    assumptions: [
      ...baseStatements(manifest),
      ...manifest.axes.map(({ name, path }): Statement => {
        const setting = data.settings.find((candidate) => candidate.name === name);
        return { label: path === name ? name : `${name} (${path})`, text: setting?.values.join(', ') ?? '–' };
      }),
      {
        label: 'the rule',
        text: 'The cheapest good output tokens among the points that hold their expectations; good tokens are those of requests within their SLO.',
      },
    ],
    sections: sectionsOf(data),
    version: manifest.version,
    data,
  };
}

/** What the points have in common, unless an axis changes it; sweeps of older versions do not say. */
function baseStatements({ scenario, axes }: SweepManifest): Statement[] {
  if (scenario === undefined) return [];
  const varied = axes.some(({ path }) => path.startsWith('traffic')) ? ' (of the first point: an axis changes it)' : '';
  return [
    { label: 'model', text: modelText(scenario) },
    ...demandStatements(scenario.traffic).map(({ label, text }) => ({ label: `${label}${varied}`, text })),
    { label: 'prices', text: scenario.economics.prices },
  ];
}

function headlineOf(data: SweepData, best: PointResult | undefined): string {
  if (best?.summary === undefined) {
    return data.hasExpectations
      ? 'No point of the sweep holds what is expected of it.'
      : 'No point of the sweep has a price.';
  }
  const at = data.index.indexOf(best.index);
  const settings = data.settings.map(({ label, values, at: places }) => `${label} ${values[places[at]]}`);
  return `Cheapest: ${settings.length === 0 ? `point ${best.index}` : settings.join(', ')}. ${dollars(numberAt(best.summary, COST))} per million good output tokens, ${percent(best.summary.goodput.attainment)} of requests within their SLO.`;
}

function reasonsOf(
  data: SweepData,
  kept: readonly number[],
  { points: total, axes }: SweepManifest,
  found: number,
): string[] {
  const on = kept.flatMap((i) => {
    const [x, y] = [data.figures[SPEED]?.[i], data.figures[COST]?.[i]];
    return x == null || y == null ? [] : [{ x, y }];
  });
  const frontier = paretoFrontier(on, 'more', 'less');
  return [
    `${count(data.index.length)} points ran${data.hasExpectations ? `, ${count(data.holds.filter(Boolean).length)} of them hold their expectations` : ''}${data.failed > 0 ? `; ${count(data.failed)} could not be run` : ''}.`,
    ...(axes.some(({ path }) => path.startsWith('traffic'))
      ? ['The sweep changes the demand as well: its points do not all serve the same requests.']
      : []),
    ...(found < total ? [`The sweep is not complete: ${count(found)} of ${count(total)} points are here.`] : []),
    ...(frontier.length > 1
      ? [
          `${count(frontier.length)} points are on the frontier, where more speed for each user costs more: from ${dollars(frontier[0].y)} at ${number(frontier[0].x)} tokens/s per user to ${dollars(frontier[frontier.length - 1].y)} at ${number(frontier[frontier.length - 1].x)}.`,
        ]
      : []),
  ];
}

function tilesOf({ summary, intervals }: PointResult): Tile[] {
  return [
    COST,
    'cost.usdPerHour',
    'goodput.attainment',
    SPEED,
    'ttftMs.p99',
    'throughput.outputTokensPerSecondPerGpu',
    'revenue.roi',
    'revenue.paybackMonths',
  ].flatMap((path) => {
    const { label, write } = figureAt(path);
    const value = numberAt(summary, path);
    const spread = numberAt(intervals, path);
    return value === null
      ? []
      : [{ label, value: write(value), ...(spread !== null && { note: `± ${write(spread)} (95 %)` }) }];
  });
}

function surenessOf(points: readonly PointResult[], best: PointResult | undefined): Statement[] {
  const ran = points.filter(({ summary }) => summary !== undefined);
  const replications = Math.min(...ran.map(({ replications = 1 }) => replications));
  const warned = ran.filter(({ warnings = [] }) => warnings.length > 0);
  const shown = best === undefined ? ran : [best];
  return [
    chanceStatement(ran.length === 0 ? undefined : replications),
    ...groundsOf(shown),
    ...weakerGrounds(shown, ran),
    ...(warned.length === 0
      ? []
      : [
          {
            label: 'Warnings',
            text: `${count(warned.length)} points have warnings, such as point ${warned[0].index}: ${warned[0].warnings?.[0] ?? ''}`,
            tone: 'warning' as const,
          },
        ]),
  ];
}

const NEAR = 'Points closer to each other than that may change places.';

/** What the step times of points rest on, the weakest of them, and how far off they were. */
function groundsOf(points: readonly PointResult[]): Statement[] {
  const tiers = points.flatMap(({ provenance }) => (provenance === undefined ? [] : [provenance.calibration]));
  const bands = points.flatMap(({ uncertainty }) => (uncertainty === undefined ? [] : [uncertainty]));
  return [
    ...(tiers.length === 0 ? [] : [calibrationStatement(weakest(tiers))]),
    ...(bands.length === 0 ? [] : [errorStatement(widest(bands), NEAR)]),
  ];
}

/** Where other points rest on less than the ones that are spoken of. */
function weakerGrounds(shown: readonly PointResult[], all: readonly PointResult[]): Statement[] {
  const [own] = groundsOf(shown);
  const [others, error] = groundsOf(all);
  if (own === undefined || others === undefined || own.label === others.label) return [];
  return [
    { ...others, label: `${others.label}, of other points`, text: [others.text, error?.text ?? ''].join(' ').trim() },
  ];
}

function sectionsOf(data: SweepData): Section[] {
  if (data.index.length === 0) return [];
  const view = firstView(data);
  const chart = (name: string, title: string, note: string, svg: Markup, wide = false) => ({
    name,
    title,
    note,
    svg,
    wide,
  });
  return [
    {
      title: 'Explore',
      controls: sweepControls(data, view),
      charts: [
        chart(
          'frontier',
          'Every point',
          'The line joins the points that no other one beats on both axes, named where there is room; the others are pale.',
          scatter(sweepScatter(data, view)),
        ),
        ...(data.settings.length === 0
          ? []
          : [
              chart(
                'heat-map',
                'Heat map',
                'The vertical axis’ figure over two settings: the best point of each cell, from worst to best as the scale above says.',
                sweepHeatMap(data, view),
              ),
              chart(
                'parallel',
                'Parallel coordinates',
                'One line for each point; those on the frontier stand out.',
                sweepParallel(data, view),
                true,
              ),
            ]),
      ],
      tables: [sweepTable(data, view, MOST_ROWS)],
    },
  ];
}
