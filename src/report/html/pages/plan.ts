import type {
  Confirmation,
  EvaluatedFleet,
  Figures,
  PlanDocument,
  RobustnessCase,
} from '../../../experiment/plan/document.js';
import { count, dollars, halfWidth, latency, number, percent, WRITERS, type Writer } from '../../format.js';
import { gpusText, targetText } from '../../plan/words.js';
import { NEUTRAL } from '../chart/frame.js';
import { type ScatterOptions, type ScatterPoint, scatter } from '../chart/scatter.js';
import { demandStatements } from '../demand-statements.js';
import type { ChartFigure, DataTable, Report, Statement, Tile } from '../report.js';
import { calibrationStatement, errorStatement } from '../words.js';

/** The report of a plan: the fleet to take, what it costs, what it survives, and what else there is. */
export function planReport(plan: PlanDocument): Report {
  const { best, scenario, target, version, search, space, notes } = plan;
  return {
    kind: 'plan',
    title: `${scenario.name}: ${targetText(target)}`,
    headline: headlineOf(plan),
    tone: best === null ? 'bad' : search.complete ? 'good' : 'warning',
    reasons: [...headroom(plan), ...earnings(best), ...plan.robustness.map(robustnessText)],
    tiles: best === null ? [] : tilesOf(best),
    sureness: [
      ...(best === null ? [] : [confirmationStatement(best.confirmation), ...restsOn(best, errorMeans(plan))]),
      {
        label: 'Search',
        text: `${count(space.fleets)} fleets of ${count(space.kinds)} kinds; arithmetic ruled out ${count(space.ruledOutByBounds)}, ${count(search.evaluations)} were simulated${search.complete ? ', and none that is cheaper can hold' : '; the budget ended the search, so a cheaper one may exist'}.`,
        tone: search.complete ? 'good' : 'warning',
      },
      ...notes.map((text): Statement => ({ label: 'Note', text, tone: 'warning' })),
    ],
    assumptions: [
      { label: 'target', text: targetText(target) },
      { label: 'model', text: modelText(scenario) },
      ...demandStatements(scenario.traffic),
      { label: 'prices', text: scenario.economics.prices },
      ...space.excluded.map(
        ({ kind, reason }): Statement => ({ label: `left out: ${kind}`, text: reason, tone: 'quiet' }),
      ),
    ],
    sections: [
      {
        title: 'Cost against speed',
        charts: [
          fleetsChart(plan, 'frontier', 'usdPerMillionOutputTokens', '$ per million output tokens', 'dollars'),
          fleetsChart(plan, 'density', 'outputTokensPerSecondPerGpu', 'output tokens/s per GPU', 'number'),
        ],
      },
      { title: 'Every fleet that was simulated', tables: [fleetsTable(plan)] },
      ...(plan.robustness.length === 0 ? [] : [{ title: 'What it survives', tables: [robustnessTable(plan)] }]),
    ],
    version,
    data: plan,
  };
}

/** Such as `llama-3.1-70b in fp8, served by vllm`. */
export function modelText({ factory: { model, precision, stack } }: PlanDocument['scenario']): string {
  return model === undefined ? 'step times as given' : `${model} in ${precision}, served by ${stack}`;
}

function headlineOf({ best, search }: PlanDocument): string {
  if (best !== null) {
    return `Take ${best.name}: ${gpusText(best)} for ${dollars(best.usdPerHour)} an hour, ${percent(best.attainment)} of requests within their SLO.`;
  }
  const [nearest] = [...search.log].sort((a, b) => (b.attainment ?? 0) - (a.attainment ?? 0));
  return `No fleet of the space holds the target.${nearest === undefined ? '' : ` Nearest is ${nearest.name} with ${percent(nearest.attainment)} of requests within their SLO.`}`;
}

function headroom({ capacity, alternatives, best }: PlanDocument): string[] {
  const second = alternatives.find(({ name }) => name !== best?.name);
  return [
    ...(second === undefined || best === null
      ? []
      : [`The next kind that holds is ${second.name} for ${dollars(second.usdPerHour)} an hour.`]),
    ...(capacity === null
      ? []
      : [
          `${best?.name ?? 'It'} holds up to ${number(capacity.factor)} times the demand${capacity.requestsPerSecond === null ? '' : ` (${number(capacity.requestsPerSecond)} requests/s)`}.`,
        ]),
  ];
}

function spreadText(nodes: number | null): string {
  return nodes == null ? '' : ` on ${count(nodes)} nodes`;
}

function robustnessText({ change, holds, attainment, needs, nodes }: RobustnessCase): string {
  if (holds) return `✓ ${change}: still holds, ${percent(attainment)} within SLO`;
  const cure =
    needs === null ? '' : `; ${needs.name}${spreadText(nodes)} for ${dollars(needs.usdPerHour)} an hour would hold`;
  return `✗ ${change}: ${attainment === null ? 'nothing is left' : `${percent(attainment)} within SLO`}${cure}`;
}

function confirmationStatement(confirmation: Confirmation | null): Statement {
  if (confirmation === null) {
    return { label: 'Chance', text: 'The answer was simulated under one seed only.', tone: 'warning' };
  }
  const { runs, held, attainment, attainmentHalfWidth } = confirmation;
  return {
    label: 'Chance',
    text: `Under ${count(runs)} other seeds it holds in ${count(held)}, with ${percent(attainment)} ${halfWidth(attainmentHalfWidth, percent)} of requests within their SLO on average.`,
    tone: held === runs ? 'good' : 'warning',
  };
}

/** What the step times of a fleet rest on; a plan of an older version does not say. */
export function restsOn(
  { calibration, uncertainty }: Pick<Figures, 'calibration' | 'uncertainty'>,
  consequence: string,
): Statement[] {
  if (calibration === null || calibration === undefined) return [];
  return [calibrationStatement(calibration), errorStatement(uncertainty ?? null, consequence)];
}

/** Whether the fleet would still hold if its steps took longer by the error of the model. */
function errorMeans({ capacity, best }: PlanDocument): string {
  const error = best?.uncertainty?.tpot.mape;
  if (capacity === null || error === undefined) return 'A fleet that is slower by that much may not hold the target.';
  const headroom = (capacity.factor - 1) * 100;
  return `The headroom of ${number(headroom)} % is ${headroom > error ? 'more' : 'less'} than that error of TPOT.`;
}

/** What selling the tokens brings; plans of older versions do not say. */
function earnings(best: PlanDocument['best']): string[] {
  const revenue: number | null | undefined = best?.revenueUsdPerHour;
  if (best === null || revenue === null || revenue === undefined) return [];
  const payback = best.paybackMonths === null ? '' : `, paid back in ${number(best.paybackMonths)} months`;
  return [
    `Sold at the prices of the scenario, its tokens earn ${dollars(revenue)} an hour: return on cost ${percent(best.roi)}${payback}.`,
  ];
}

function tilesOf(best: EvaluatedFleet): Tile[] {
  return [
    { label: '$ per hour', value: dollars(best.usdPerHour), note: gpusText(best), tone: 'good' },
    {
      label: '$ per million good output tokens',
      value: dollars(best.usdPerMillionGoodOutputTokens),
      note: `${dollars(best.usdPerMillionOutputTokens)} counting all output`,
    },
    { label: 'requests within their SLO', value: percent(best.attainment) },
    { label: 'TTFT p99', value: latency(best.ttftMsP99) },
    { label: 'TPOT p99', value: latency(best.tpotMsP99) },
    {
      label: 'output tokens/s per user',
      value: number(best.outputTokensPerSecondPerUser),
      note: `GPUs busy ${percent(best.gpuBusy)}`,
    },
  ];
}

const KINDS = [
  { series: 0, name: 'the choice' },
  { series: 2, name: 'holds' },
  { series: NEUTRAL, name: 'does not hold' },
] as const;

function fleetsChart(
  { search, best, frontier }: PlanDocument,
  name: string,
  figure: 'usdPerMillionOutputTokens' | 'outputTokensPerSecondPerGpu',
  label: string,
  format: Writer,
): ChartFigure {
  const speed = 'output tokens/s per user';
  const write = WRITERS[format];
  const place = (fleet: EvaluatedFleet) => ({ x: fleet.outputTokensPerSecondPerUser, y: fleet[figure] });
  const isCost = figure === 'usdPerMillionOutputTokens';
  const named = new Set([best?.name, ...(isCost ? frontier.map((fleet) => fleet.name) : [])]);
  const points = search.log
    .flatMap((fleet): ScatterPoint[] => {
      const [at] = known([place(fleet)]);
      if (at === undefined) return [];
      const kind = fleet.name === best?.name ? 0 : fleet.holds ? 1 : 2;
      const tip = `${fleet.name}\n${dollars(fleet.usdPerHour)} an hour, ${percent(fleet.attainment)} within SLO\n${speed}: ${number(at.x)}\n${label}: ${write(at.y)}`;
      const called = named.has(fleet.name) ? { label: fleet.name } : {};
      return [{ ...at, ...called, series: KINDS[kind].series, tip, strong: kind < 2 }];
    })
    .sort((a, b) => drawnLast(a) - drawnLast(b));
  const source: ScatterOptions = {
    title: `${label} against ${speed}`,
    x: { label: speed, format: 'number' },
    y: { label, format },
    legend: KINDS,
    lines: isCost ? [{ points: known(frontier.map(place)).sort((a, b) => a.x - b.x) }] : [],
    points,
  };
  return {
    name,
    title: `${label}, against speed for a user`,
    note: `${isCost ? 'Further down' : 'Further up'} and further right is better. ${isCost ? 'The line joins fleets that hold and that no other one beats; they are named where there is room.' : 'One mark for each fleet that was simulated.'}`,
    svg: scatter(source),
    source,
  };
}

/** The choice stands above all others, and what holds above what does not. */
function drawnLast({ series, strong }: ScatterPoint): number {
  return series === KINDS[0].series ? 2 : strong === true ? 1 : 0;
}

function known(points: readonly { x: number | null; y: number | null }[]): { x: number; y: number }[] {
  return points.flatMap(({ x, y }) => (x === null || y === null ? [] : [{ x, y }]));
}

function fleetsTable({ search, best, frontier }: PlanDocument): DataTable {
  const onFrontier = new Set(frontier.map(({ name }) => name));
  return {
    name: 'fleets',
    title: `${count(search.log.length)} fleets, cheapest first`,
    head: [
      { label: 'fleet', words: true },
      { label: 'target', words: true },
      { label: 'GPUs' },
      { label: '$ per hour', unit: 'USD' },
      { label: 'within SLO', unit: 'share' },
      { label: 'TTFT p99', unit: 'ms' },
      { label: 'TPOT p99', unit: 'ms' },
      { label: '$ per million output tokens', unit: 'USD' },
      { label: 'tokens/s per user', unit: 'tokens/s' },
    ],
    rows: search.log
      .toSorted((a, b) => a.usdPerHour - b.usdPerHour)
      .map((fleet) => [
        { text: fleet.name, tone: fleet.name === best?.name ? ('good' as const) : undefined },
        {
          text: fleet.holds
            ? onFrontier.has(fleet.name)
              ? 'holds, on the frontier'
              : 'holds'
            : (fleet.error ?? fleet.shortfalls.map(shortfallText).join(', ')),
          tone: fleet.holds ? ('good' as const) : ('bad' as const),
        },
        { text: count(fleet.gpus), value: fleet.gpus },
        { text: dollars(fleet.usdPerHour), value: fleet.usdPerHour },
        { text: percent(fleet.attainment), value: fleet.attainment },
        { text: latency(fleet.ttftMsP99), value: fleet.ttftMsP99 },
        { text: latency(fleet.tpotMsP99), value: fleet.tpotMsP99 },
        { text: dollars(fleet.usdPerMillionOutputTokens), value: fleet.usdPerMillionOutputTokens },
        { text: number(fleet.outputTokensPerSecondPerUser), value: fleet.outputTokensPerSecondPerUser },
      ]),
  };
}

/**
 * What a fleet falls short of, in words.
 *
 * @example shortfallText('goodput.attainment') // 'too few within their SLO'
 */
export function shortfallText(shortfall: string): string {
  return shortfall === 'goodput.attainment' ? 'too few within their SLO' : shortfall;
}

function robustnessTable({ robustness }: PlanDocument): DataTable {
  return {
    name: 'robustness',
    title: 'The answer when something changes',
    head: [
      { label: 'change', words: true },
      { label: 'holds', words: true },
      { label: 'within SLO', unit: 'share' },
      { label: 'TTFT p99', unit: 'ms' },
      { label: 'TPOT p99', unit: 'ms' },
      { label: 'would hold', words: true },
    ],
    rows: robustness.map(({ change, holds, attainment, ttftMsP99, tpotMsP99, needs, nodes }) => [
      { text: change },
      { text: holds ? 'yes' : 'no', tone: holds ? ('good' as const) : ('bad' as const) },
      { text: percent(attainment), value: attainment },
      { text: latency(ttftMsP99), value: ttftMsP99 },
      { text: latency(tpotMsP99), value: tpotMsP99 },
      { text: needs === null ? '' : `${needs.name}${spreadText(nodes)}, ${dollars(needs.usdPerHour)} an hour` },
    ]),
  };
}
