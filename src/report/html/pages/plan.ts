import type {
  Confirmation,
  EvaluatedFleet,
  Figures,
  PlanDocument,
  RobustnessCase,
} from '../../../experiment/plan/document.js';
import { count, dollars, halfWidth, latency, number, percent } from '../../format.js';
import { gpusText, targetText } from '../../plan/words.js';
import { scatter } from '../chart/scatter.js';
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
    reasons: [...headroom(plan), ...plan.robustness.map(robustnessText)],
    tiles: best === null ? [] : tilesOf(best),
    sureness: [
      ...(best === null ? [] : [confirmationStatement(best.confirmation), ...restsOn(best)]),
      {
        label: 'Search',
        text: `${count(space.fleets)} fleets of ${count(space.kinds)} kinds; arithmetic ruled out ${count(space.ruledOutByBounds)}, ${count(search.evaluations)} were simulated${search.complete ? ', and none that is cheaper can hold' : '; the budget ended the search, so a cheaper one may exist'}.`,
        tone: search.complete ? 'good' : 'warning',
      },
      ...notes.map((text): Statement => ({ label: 'Note', text, tone: 'warning' })),
    ],
    assumptions: [
      { label: 'target', text: targetText(target) },
      {
        label: 'model',
        text: `${scenario.factory.model ?? 'given'} in ${scenario.factory.precision}, ${scenario.factory.stack}`,
      },
      { label: 'prices', text: scenario.economics.prices },
      ...space.excluded.map(
        ({ kind, reason }): Statement => ({ label: `left out: ${kind}`, text: reason, tone: 'quiet' }),
      ),
    ],
    sections: [
      {
        title: 'Cost against speed',
        charts: [
          fleetsChart(plan, 'frontier', 'usdPerMillionOutputTokens', '$ per million output tokens', dollars),
          fleetsChart(plan, 'density', 'outputTokensPerSecondPerGpu', 'output tokens/s per GPU', number),
        ],
      },
      { title: 'Every fleet that was simulated', tables: [fleetsTable(plan)] },
      ...(plan.robustness.length === 0 ? [] : [{ title: 'What it survives', tables: [robustnessTable(plan)] }]),
    ],
    version,
    data: plan,
  };
}

function headlineOf({ best, search }: PlanDocument): string {
  if (best !== null) {
    return `Take ${best.name}: ${gpusText(best)}, for ${dollars(best.usdPerHour)} an hour, ${percent(best.attainment)} of requests within their SLO.`;
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
          `It holds up to ${number(capacity.factor)} times the demand${capacity.requestsPerSecond === null ? '' : ` (${number(capacity.requestsPerSecond)} requests/s)`}.`,
        ]),
  ];
}

function robustnessText({ change, holds, attainment, needs }: RobustnessCase): string {
  if (holds) return `✓ ${change}: still holds, ${percent(attainment)} within SLO`;
  const cure = needs === null ? '' : `; ${needs.name} for ${dollars(needs.usdPerHour)} an hour would hold`;
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
export function restsOn({ calibration, uncertainty }: Pick<Figures, 'calibration' | 'uncertainty'>): Statement[] {
  if (calibration === null || calibration === undefined) return [];
  return [calibrationStatement(calibration), errorStatement(uncertainty ?? null)];
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

const KINDS = ['the choice', 'holds', 'does not hold'];

function fleetsChart(
  { search, best, frontier }: PlanDocument,
  name: string,
  figure: 'usdPerMillionOutputTokens' | 'outputTokensPerSecondPerGpu',
  label: string,
  write: (value: number) => string,
): ChartFigure {
  const speed = 'output tokens/s per user';
  const place = (fleet: EvaluatedFleet) => ({ x: fleet.outputTokensPerSecondPerUser, y: fleet[figure] });
  return {
    name,
    title: `${label}, against speed for a user`,
    note: `${figure === 'usdPerMillionOutputTokens' ? 'Further down' : 'Further up'} and further right is better. ${figure === 'usdPerMillionOutputTokens' ? 'The line joins fleets that hold and that no other one beats.' : 'One mark for each fleet that was simulated.'}`,
    svg: scatter({
      title: `${label} against ${speed}`,
      x: { label: speed, write: number },
      y: { label, write },
      legend: KINDS.map((text, series) => ({ series, name: text })),
      lines:
        figure === 'usdPerMillionOutputTokens'
          ? [{ points: known(frontier.map(place)).sort((a, b) => a.x - b.x) }]
          : [],
      // The choice is drawn last, above all others.
      points: search.log
        .flatMap((fleet) => {
          const [at] = known([place(fleet)]);
          if (at === undefined) return [];
          const series = fleet.name === best?.name ? 0 : fleet.holds ? 1 : 2;
          const tip = `${fleet.name}\n${dollars(fleet.usdPerHour)} an hour, ${percent(fleet.attainment)} within SLO\n${speed}: ${number(at.x)}\n${label}: ${write(at.y)}`;
          const named = series === 0 ? { label: fleet.name } : {};
          return [{ ...at, ...named, series, tip, strong: series < 2 }];
        })
        .sort((a, b) => b.series - a.series),
    }),
  };
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
            : (fleet.error ?? fleet.shortfalls.join(', ')),
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
    rows: robustness.map(({ change, holds, attainment, ttftMsP99, tpotMsP99, needs }) => [
      { text: change },
      { text: holds ? 'yes' : 'no', tone: holds ? ('good' as const) : ('bad' as const) },
      { text: percent(attainment), value: attainment },
      { text: latency(ttftMsP99), value: ttftMsP99 },
      { text: latency(tpotMsP99), value: tpotMsP99 },
      { text: needs === null ? '' : `${needs.name}, ${dollars(needs.usdPerHour)} an hour` },
    ]),
  };
}
