import type { ComparedScenario, Comparison } from '../../../experiment/compare/compare.js';
import { COMPARED, type ComparedFigure } from '../../../experiment/compare/figures.js';
import type { PairedFigure } from '../../../experiment/compare/paired.js';
import { againstFirst, ratioOf, toneOf } from '../../compare/against-first.js';
import { halfWidth, number } from '../../format.js';
import { NEUTRAL } from '../chart/frame.js';
import { ranges } from '../chart/ranges.js';
import { scatter } from '../chart/scatter.js';
import { demandStatements } from '../demand-statements.js';
import { figureAt, numberAt } from '../figures.js';
import { driversText } from '../money-words.js';
import type { ChartFigure, DataCell, DataTable, Report, Section, Statement } from '../report.js';
import { figureCell } from '../tables.js';
import {
  calibrationStatement,
  chanceStatement,
  errorStatement,
  expectationWords,
  fleetText,
  gpusText,
  weakest,
  widest,
} from '../words.js';
import { COST, choose, differenceStatement, errorAgainstDifference, holds, SPEED } from './choice.js';
import { curveSection } from './curve.js';

const DENSITY = 'throughput.outputTokensPerSecondPerGpu';

/** The report of several fleets under the same demand: which one to choose, what it costs, how sure that is. */
export function comparisonReport(comparison: Comparison): Report {
  const { scenarios, version, replications, notes, seed, name, alignment, curve, expectations } = comparison;
  const choice = choose(comparison);
  const error = widest(scenarios.map(({ uncertainty }) => uncertainty));
  return {
    kind: 'comparison',
    title: name,
    headline: choice.headline,
    tone: choice.tone,
    reasons: [
      ...choice.reasons,
      ...(choice.best === undefined ? [] : namedDrivers(choice.best, scenarios)),
      ...expectations.map((outcome) => `${outcome.pass ? '✓' : '✗'} ${expectationWords(outcome)}`),
    ],
    tiles: [],
    glance: glance(scenarios, choice.best),
    sureness: [
      chanceStatement(replications),
      ...differenceStatement(choice.best, scenarios),
      calibrationStatement(weakest(scenarios.map(({ provenance }) => provenance.calibration))),
      errorStatement(error, error === null ? '' : errorAgainstDifference(choice.best, comparison, error.tpot.mape)),
      ...scenarios.flatMap(({ name, warnings }) =>
        warnings.map((text): Statement => ({ label: `Warning, ${name}`, text, tone: 'warning' })),
      ),
    ],
    assumptions: [
      ...scenarios.map(({ name, fleet, provenance }) => ({
        label: name,
        text: `${fleetText(fleet)}; step times ${provenance.calibration}; prices: ${provenance.prices}`,
      })),
      ...demandOf(scenarios[0]),
      {
        label: 'fairness',
        text: `every fleet saw the same requests in each run (common random numbers); seed ${seed}`,
      },
      ...alignedStatement(alignment),
      {
        label: 'the rule',
        text: 'Of the fleets that hold what their scenarios expect, the one with the cheapest good output tokens is named: tokens of requests within their SLO.',
      },
      ...notes.map((text) => ({ label: 'note', text })),
    ],
    sections: [
      ...curveSection(curve),
      {
        title: 'Under the demand',
        charts: [frontierChart(scenarios, 'fleets', COST), frontierChart(scenarios, 'fleets-density', DENSITY)],
      },
      ...ratioSection(scenarios),
      { title: 'Side by side', tables: [sideBySide(scenarios)] },
    ],
    version,
    data: comparison,
  };
}

/** What the fleets were made equal in. */
function alignedStatement({ by, unit, fleets }: Comparison['alignment']): Statement[] {
  if (by === 'none') return [];
  const sizes = fleets.map(({ name, amount }) => `${name}: ${number(amount)} ${unit}`).join('; ');
  return [{ label: `aligned by ${by}`, text: `Replicas were chosen so that fleets are equally large: ${sizes}.` }];
}

/** Comparisons of older versions do not hold their scenarios. */
function demandOf({ scenario, name }: ComparedScenario): Statement[] {
  const known: ComparedScenario['scenario'] | undefined = scenario;
  return known === undefined ? [{ label: 'demand', text: `that of ${name}` }] : demandStatements(known.traffic);
}

/** What drives the cost of the fleet that is named. */
function namedDrivers(best: ComparedScenario, scenarios: readonly ComparedScenario[]): string[] {
  return driversText(best.summary.cost).map((text) =>
    scenarios.length === 1 ? text : text.replace('the cost', `the cost of ${best.name}`),
  );
}

/** Figures that a board reads, with what they are called on the first screen. */
const GLANCE = [
  [COST, '$ per million good output tokens'],
  ['cost.usdPerHour', '$/hour'],
  ['goodput.attainment', 'within SLO'],
  ['goodput.requestsPerSecond', 'good requests/s'],
  [SPEED, 'tokens/s per user'],
  ['ttftMs.p99', 'TTFT p99'],
  ['revenue.usdPerHour', 'revenue per hour'],
  ['revenue.roi', 'return on cost'],
  ['revenue.paybackMonths', 'payback, months'],
] as const;

/** One row for each fleet with what decides. */
function glance(scenarios: readonly ComparedScenario[], best: ComparedScenario | undefined): DataTable {
  const known = GLANCE.filter(([path]) => scenarios.some(({ summary }) => numberAt(summary, path) !== null));
  const expected = scenarios.some(({ expectations }) => expectations.length > 0);
  return {
    name: 'glance',
    title: 'The fleets at a glance',
    head: [
      { label: 'fleet', words: true },
      { label: 'GPUs', words: true },
      ...known.map(([path, label]) => ({ label, unit: figureAt(path).unit })),
      ...(expected ? [{ label: 'expectations', words: true }] : []),
    ],
    rows: scenarios.map((of) => {
      const tone = of === best ? ('good' as const) : undefined;
      const kept = holds(of);
      return [
        { text: of === best ? `▸ ${of.name}` : of.name, tone },
        { text: gpusText(of.fleet), tone: 'quiet' as const },
        ...known.map(([path]) =>
          figureCell(
            figureAt(path),
            of.summary,
            path === COST ? of.intervals : undefined,
            path === COST ? tone : undefined,
          ),
        ),
        ...(expected ? [{ text: kept ? 'held' : 'missed', tone: kept ? ('good' as const) : ('bad' as const) }] : []),
      ];
    }),
  };
}

function frontierChart(scenarios: readonly ComparedScenario[], name: string, path: string): ChartFigure {
  const [x, y] = [figureAt(SPEED), figureAt(path)];
  const points = scenarios.flatMap(({ name, summary, intervals, fleet }, series) => {
    const [px, py] = [numberAt(summary, x.path), numberAt(summary, y.path)];
    if (px === null || py === null) return [];
    const tip = `${name}\n${fleetText(fleet)}\n${x.label}: ${x.write(px)}\n${y.label}: ${y.write(py)}`;
    const spreads = { xSpread: numberAt(intervals, x.path), ySpread: numberAt(intervals, y.path) };
    return [{ x: px, y: py, series, label: name, tip, ...spreads }];
  });
  const source = {
    title: `${y.label} against ${x.label}`,
    points,
    x: { label: x.label, format: x.format },
    y: { label: y.label, format: y.format },
  };
  return {
    name,
    title: `${y.label}, against ${x.label}`,
    note: `${y.better === 'less' ? 'Further down' : 'Further up'} and further right is better. Bars are 95 % intervals.`,
    svg: scatter(source),
    source,
    table: {
      name,
      title: `${y.label} and ${x.label}`,
      head: [
        { label: 'fleet', words: true },
        { label: x.label, unit: x.unit },
        { label: y.label, unit: y.unit },
      ],
      rows: scenarios.map(({ name, summary, intervals }) => [
        { text: name },
        figureCell(x, summary, intervals),
        figureCell(y, summary, intervals),
      ]),
    },
  };
}

function ratioSection(scenarios: readonly ComparedScenario[]): Section[] {
  const [first, ...others] = scenarios;
  const charts = others.flatMap((of, i): ChartFigure[] => {
    const known = COMPARED.flatMap((compared) => {
      const { metric, better } = compared;
      const figure = of.figures?.[metric];
      const ratio = ratioOf(compared, figure);
      return figure !== undefined && ratio !== null && ratio > 0 ? [{ metric, better, figure, ratio }] : [];
    });
    if (known.length === 0) return [];
    const title = `${of.name} as a multiple of ${first.name}`;
    return [
      {
        name: others.length === 1 ? 'ratios' : `ratios-${i + 2}`,
        title,
        note: 'At 1 both are equal. Circles are better, squares worse, grey ones are not told apart from chance; bars are 95 % intervals.',
        svg: ranges({
          title,
          label: 'ratio',
          write: (value) => number(value),
          log: true,
          rule: 1,
          legend: [
            { series: 0, name: 'better' },
            { series: 1, name: 'worse' },
            { series: NEUTRAL, name: 'no clear difference' },
          ],
          rows: known.map(({ metric, better, figure, ratio }) => {
            const { label, write } = figureAt(metric);
            const series = { good: 0, bad: 1, quiet: NEUTRAL }[toneOf(better, figure)];
            const tip = `${label}\n${first.name}: ${write(figure.reference)}\n${of.name}: ${write(figure.value)}\nratio ${number(ratio)} ${halfWidth(figure.ratioHalfWidth, (value) => number(value, 2))}`;
            return { name: label, dots: [{ value: ratio, spread: figure.ratioHalfWidth, name: 'ratio', tip, series }] };
          }),
        }),
        table: {
          name: `ratios-${i + 2}`,
          title,
          head: [{ label: 'figure', words: true }, { label: 'ratio' }, { label: '± (95 %)' }],
          rows: known.map(({ metric, figure, ratio }) => [
            { text: figureAt(metric).label },
            { text: number(ratio), value: ratio },
            { text: number(figure.ratioHalfWidth, 2), value: figure.ratioHalfWidth },
          ]),
        },
      },
    ];
  });
  return charts.length === 0 ? [] : [{ title: 'How they differ', charts }];
}

function sideBySide(scenarios: readonly ComparedScenario[]): DataTable {
  const [, ...others] = scenarios;
  return {
    name: 'comparison',
    title: 'Figures of all fleets',
    head: [
      { label: 'figure', words: true },
      { label: 'unit', words: true },
      { label: scenarios[0].name },
      ...others.flatMap(({ name }) => [{ label: name }, { label: 'ratio' }]),
    ],
    rows: COMPARED.filter(({ metric }) => scenarios.some(({ summary }) => numberAt(summary, metric) !== null)).map(
      (compared) => {
        const { metric } = compared;
        const figure = figureAt(metric);
        return [
          { text: figure.label },
          { text: figure.unit, tone: 'quiet' as const },
          figureCell(figure, scenarios[0].summary, scenarios[0].intervals),
          ...others.flatMap((of): DataCell[] => [
            figureCell(figure, of.summary, of.intervals),
            againstCell(compared, of.figures?.[metric]),
          ]),
        ];
      },
    ),
  };
}

function againstCell(compared: ComparedFigure, figure: PairedFigure | undefined): DataCell {
  const value = compared.signed === true ? figure?.difference : ratioOf(compared, figure);
  return value == null ? { text: '' } : { ...againstFirst(compared, figure), value };
}
