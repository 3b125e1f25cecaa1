import type { ResultDocument, Summary } from '../../../experiment/result.js';
import { classGrid } from '../../class-grid.js';
import { digest } from '../../digest.js';
import { count, dollars, halfWidth, number, percent, setting } from '../../format.js';
import { bars } from '../chart/bars.js';
import { demandStatements } from '../demand-statements.js';
import { FIGURES } from '../figures.js';
import { driversText, earningsText, FEW_GOOD, revenueTiles } from '../money-words.js';
import type { ChartFigure, DataTable, Report, Section, Statement, Tile } from '../report.js';
import { figureCell, fromGrid } from '../tables.js';
import {
  calibrationStatement,
  chanceStatement,
  errorStatement,
  expectationWords,
  fleetText,
  gpusText,
} from '../words.js';
import { distributionCharts } from './distributions.js';
import { latencyChart } from './latency.js';
import { moneySection } from './money.js';
import { timeSeriesSection } from './time-series.js';

/**
 * The report of one run.
 *
 * @example renderPage([runReport(simulate(scenario))])
 */
export function runReport(document: ResultDocument): Report {
  const { scenario, summary, version, expectations, warnings, provenance, uncertainty, replications } = document;
  const overloaded = summary.bottleneck.overloaded;
  const charts = [...distributionCharts(document), latencyChart(document), waitingChart(summary)];
  return {
    kind: 'run',
    title: scenario.name,
    headline: headlineOf(document),
    tone: toneOf(document),
    reasons: [
      ...(overloaded
        ? [
            'The fleet is overloaded: requests piled up for as long as they came, so mean latencies only measure how long the run was.',
          ]
        : []),
      ...earningsText(summary),
      ...driversText(summary.cost),
      `What limits it: ${summary.bottleneck.verdict}.`,
      ...expectations.map((outcome) => `${outcome.pass ? '✓' : '✗'} ${expectationWords(outcome)}`),
    ],
    tiles: tilesOf(document),
    sureness: [
      chanceStatement(replications),
      calibrationStatement(provenance.calibration),
      errorStatement(uncertainty, errorMeans(document)),
      ...warnings.map((text): Statement => ({ label: 'Warning', text, tone: 'warning' })),
    ],
    assumptions: assumptionsOf(document),
    sections: [
      { title: 'For the planner', charts },
      ...timeSeriesSection(document),
      ...moneySection(document),
      ...classSection(document),
      { title: 'Every figure', tables: [figuresTable(document)] },
    ],
    version,
    data: document,
  };
}

function headlineOf({ fleet, summary }: ResultDocument): string {
  const { cost, goodput, gpuHours } = summary;
  const single = fleet.length === 1 && fleet[0].replicas * fleet[0].gpusPerReplica === 1;
  const whole = gpuHours === undefined ? fleetText(fleet) : changingText(summary, fleet);
  const served = `${whole} ${single ? 'delivers' : 'deliver'} ${number(goodput.outputTokensPerSecond)} good output tokens/s`;
  const held = `${percent(goodput.attainment)} of requests within their SLO`;
  return cost.usdPerMillionGoodOutputTokens === null
    ? `${served}, ${held}.`
    : `${served} at ${dollars(cost.usdPerMillionGoodOutputTokens)} per million, ${held}.`;
}

function toneOf({ summary, expectations }: ResultDocument): Report['tone'] {
  if (summary.bottleneck.overloaded || expectations.some(({ pass }) => !pass)) return 'bad';
  return (summary.revenue.roi ?? 0) < 0 || (summary.goodput.attainment ?? 0) < FEW_GOOD ? 'warning' : 'good';
}

/** A fleet whose size changes: what it had on average, and what it began with. */
function changingText({ utilization }: Summary, fleet: ResultDocument['fleet']): string {
  return `${number(utilization.averageGpus)} GPUs on average, at first ${gpusText(fleet)},`;
}

function tilesOf(document: ResultDocument): Tile[] {
  const { summary, intervals } = document;
  const { cost, goodput, requests, window, energy, utilization } = summary;
  const seconds = window.endSeconds - window.startSeconds;
  const offered = seconds > 0 ? requests.arrived / seconds : null;
  const tiles: Tile[] = [
    {
      label: '$ per million good output tokens',
      value: dollars(cost.usdPerMillionGoodOutputTokens),
      note: [
        halfWidth(intervals?.cost.usdPerMillionGoodOutputTokens, dollars),
        `${dollars(cost.usdPerMillionOutputTokens)} counting all output`,
      ]
        .join(' ')
        .trim(),
    },
    {
      label: 'good requests/s',
      value: number(goodput.requestsPerSecond),
      note: `${halfWidth(intervals?.goodput.requestsPerSecond, number)} of ${number(offered)}/s that arrived`.trim(),
    },
    {
      label: 'requests within their SLO',
      value: percent(goodput.attainment),
      note: `${halfWidth(intervals?.goodput.attainment, percent)} ${count(requests.good)} of ${count(requests.arrived)}`.trim(),
    },
    {
      label: 'cost of the fleet',
      value: `${dollars(cost.usdPerHour)}/h`,
      note: `${setting(Number(utilization.averageGpus.toPrecision(3)))} GPUs, busy ${percent(utilization.gpuBusy)}`,
    },
  ];
  tiles.push(...revenueTiles(document));
  if (energy.averageKilowatts !== null) {
    tiles.push({
      label: 'power at the meter',
      value: `${number(energy.averageKilowatts)} kW`,
      note: `${number(energy.joulesPerOutputToken)} J per output token`,
    });
  }
  return tiles;
}

/** Less than this share of the demand being served, the fleet is the limit. */
const SERVED = 0.97;

/** What the error of step times moves: the tokens of a fleet that is the limit, else only how fast they come. */
function errorMeans({ scenario, summary }: ResultDocument): string {
  const { requests, throughput, goodput, window, bottleneck } = summary;
  const offered = requests.arrived / (window.endSeconds - window.startSeconds);
  const closed = scenario.traffic.some(({ arrivals }) => arrivals.process === 'closed-loop');
  if ((goodput.attainment ?? 1) < FEW_GOOD && !closed && !bottleneck.overloaded)
    return 'The cost per good token follows how many requests hold their SLO, which such errors move most.';
  return closed || bottleneck.overloaded || throughput.requestsPerSecond < SERVED * offered
    ? 'Throughput and the cost per token follow TPOT here.'
    : 'The fleet serves the whole demand, so the cost per token follows its price; the error is in latencies, and in how much more it could serve.';
}

/** What was simulated, in the words of the terminal's table; the demand with its targets and prices. */
function assumptionsOf(document: ResultDocument): Statement[] {
  const [simulated] = digest(document).sections;
  const facts = simulated.kind === 'facts' ? simulated.facts : [];
  return [
    ...facts.flatMap(({ label, lines }) =>
      label === 'demand'
        ? demandStatements(document.scenario.traffic)
        : [{ label, text: lines.map(({ text }) => text).join('\n') }],
    ),
    { label: 'prices', text: document.provenance.prices },
  ];
}

function waitingChart({ bottleneck, utilization }: Summary): ChartFigure {
  const rows = [
    ['GPUs busy', utilization.gpuBusy],
    ['KV cache, mean', utilization.kvCacheMean],
    ['KV cache, peak', utilization.kvCachePeak],
    ['steps with prompts, of busy time', bottleneck.prefillShare],
    ['waiting for KV cache', bottleneck.waitingForKvCache],
    ['waiting for a batch slot', bottleneck.waitingForBatchSlot],
    ['waiting for prefill', bottleneck.waitingForPrefill],
  ] as const;
  return {
    name: 'limits',
    title: 'What the fleet is busy with, and what requests wait for',
    note: 'Shares of the time that the instances were provisioned.',
    svg: bars({
      title: 'Shares of time',
      label: 'share of time',
      write: percent,
      bars: rows.map(([name, value], i) => ({
        name,
        parts: [{ series: i < 4 ? 0 : 1, value, tip: `${name}\n${percent(value)}` }],
        total: percent(value),
      })),
    }),
    table: {
      name: 'limits',
      title: 'Use and waiting',
      head: [
        { label: 'what', words: true },
        { label: 'share of time', unit: 'share' },
      ],
      rows: rows.map(([name, value]) => [{ text: name }, { text: percent(value), value }]),
    },
  };
}

function classSection(document: ResultDocument): Section[] {
  if (document.scenario.traffic.length < 2) return [];
  return [{ title: 'Classes of traffic', tables: [fromGrid(classGrid(document), 'classes', 'Goodput by class')] }];
}

/** Every figure that reports know, with its unit. */
function figuresTable({ summary, intervals }: ResultDocument): DataTable {
  return {
    name: 'figures',
    title: 'Figures of the run',
    head: [
      { label: 'figure', words: true },
      { label: 'value' },
      { label: 'unit in the result', words: true },
      { label: 'key in the result', words: true },
    ],
    rows: FIGURES.map((figure) => [
      { text: figure.label },
      figureCell(figure, summary, intervals),
      { text: figure.unit, tone: 'quiet' as const },
      { text: `summary.${figure.path}`, tone: 'quiet' as const },
    ]),
  };
}
