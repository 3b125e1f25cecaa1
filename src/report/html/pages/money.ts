import type { ResultDocument, Summary } from '../../../experiment/result.js';
import { dollars, type Maybe, number, percent } from '../../format.js';
import { PARTS } from '../../money-lines.js';
import { bars } from '../chart/bars.js';
import { USES } from '../money-words.js';
import type { ChartFigure, DataTable, Section, Statement } from '../report.js';

/** Where the money goes, what the fleet does for it, what comes back. */
export function moneySection(document: ResultDocument): Section[] {
  const { summary } = document;
  const charts = [
    unitChart(summary),
    breakdown('cost-parts', 'What the money is spent on', PARTS, summary.cost.partsUsdPerHour),
    breakdown('cost-use', 'What the GPUs did for it', USES, summary.cost.byUseUsdPerHour),
    energyChart(summary),
  ].filter((chart) => chart !== undefined);
  return [{ title: 'Money and energy', charts, tables: [conventionsTable(summary)], statements: outlook(summary) }];
}

function unitChart({ cost }: Summary): ChartFigure | undefined {
  const rows = (
    [
      ['input + output tokens', cost.usdPerMillionTotalTokens],
      ['input tokens alone', cost.split?.usdPerMillionInputTokens],
      ['output tokens alone', cost.split?.usdPerMillionOutputTokens],
      ['output tokens pay all', cost.usdPerMillionOutputTokens],
      ['good output tokens pay all', cost.usdPerMillionGoodOutputTokens],
    ] as const
  ).filter(([, value]) => value !== null && value !== undefined);
  return bar(
    'cost',
    '$ per million tokens, by what is counted',
    `The fleet costs ${dollars(cost.usdPerHour)} an hour. “Alone” divides that between prompts and answers by the GPU time that each took; good tokens are those of requests that held every target of their SLO.`,
    'USD per million tokens',
    rows,
    dollars,
  );
}

function breakdown(
  name: string,
  title: string,
  names: Readonly<Record<string, string>>,
  parts: Readonly<Record<string, Maybe>> | undefined,
): ChartFigure | undefined {
  const rows = Object.entries(parts ?? {})
    .filter(([, value]) => (value ?? 0) > 0)
    .map(([key, value]) => [names[key] ?? key, value] as const);
  return bar(name, title, '$ per hour; the parts sum to the cost of the fleet.', 'USD per hour', rows, dollars);
}

function energyChart({ energy }: Summary): ChartFigure | undefined {
  const rows = [
    ['GPUs', energy.gpuKilowatts],
    ['hosts', energy.hostKilowatts],
    ['building', energy.overheadKilowatts],
    ['if it did nothing', energy.idleKilowatts],
    ['if all computed prompts', energy.peakKilowatts],
  ] as const;
  const note = `At the meter ${number(energy.averageKilowatts)} kW on average: GPUs, hosts and building together. The last two rows are the bounds between which the load moves it.`;
  return bar('energy', 'Power', note, 'kW', rows, (value) => `${number(value)} kW`);
}

function bar(
  name: string,
  title: string,
  note: string,
  label: string,
  rows: readonly (readonly [name: string, value: Maybe])[],
  write: (value: Maybe) => string,
): ChartFigure | undefined {
  const known = rows.flatMap(([text, value]) => (value === null || value === undefined ? [] : [{ text, value }]));
  if (known.length === 0) return undefined;
  return {
    name,
    title,
    note,
    svg: bars({
      title,
      label,
      write,
      bars: known.map(({ text, value }) => ({
        name: text,
        parts: [{ series: 0, value, tip: `${text}\n${write(value)}` }],
        total: write(value),
      })),
    }),
    table: {
      name,
      title,
      head: [{ label: '', words: true }, { label }],
      rows: known.map(({ text, value }) => [{ text }, { text: write(value), value }]),
    },
  };
}

/** The same run as benchmarks count it, so that nobody compares apples with pears. */
function conventionsTable({ conventions }: Summary): DataTable {
  const rows = [
    ['InferenceX: input + output tokens, all GPUs', conventions?.inferencex],
    ['MLPerf: output tokens, all GPUs', conventions?.mlperf],
  ] as const;
  return {
    name: 'conventions',
    title: 'The same run as benchmarks count it',
    head: [
      { label: 'convention', words: true },
      { label: 'tokens/s per GPU', unit: 'tokens/s' },
      { label: '$ per million tokens', unit: 'USD' },
      { label: 'tokens/s per MW', unit: 'tokens/s' },
    ],
    rows: rows.map(([text, of]) => [
      { text },
      { text: number(of?.tokensPerSecondPerGpu), value: of?.tokensPerSecondPerGpu ?? null },
      { text: dollars(of?.usdPerMillionTokens), value: of?.usdPerMillionTokens ?? null },
      { text: number(of?.tokensPerSecondPerMegawatt), value: of?.tokensPerSecondPerMegawatt ?? null },
    ]),
  };
}

function outlook({ revenue, cost }: Summary): Statement[] {
  const lines = [
    revenue.usdPerHour === null
      ? ''
      : `Revenue ${dollars(revenue.usdPerHour)}/h, margin ${percent(revenue.margin)}, return on cost ${percent(revenue.roi)}${revenue.paybackMonths === null ? '' : `, paid back in ${number(revenue.paybackMonths)} months`}`,
    revenue.npvUsd === null || revenue.npvUsd === undefined
      ? ''
      : `Net present value over the horizon of the investment: ${dollars(revenue.npvUsd)}${(revenue.investmentUsd ?? null) === null ? '' : `, from ${dollars(revenue.investmentUsd)} up front`}; revenue of ${number(revenue.revenuePerInvestedUsd)} times what was invested`,
    cost.usdPerUserMonth === null || cost.usdPerUserMonth === undefined
      ? ''
      : `${dollars(cost.usdPerUserMonth)} per user and month`,
    cost.usdPerSession === null || cost.usdPerSession === undefined ? '' : `${dollars(cost.usdPerSession)} per session`,
    cost.usdPerRequest === null || cost.usdPerRequest === undefined
      ? ''
      : `${dollars(cost.usdPerRequest)} per request, ${dollars(cost.usdPerGoodRequest)} per good one`,
  ].filter((text) => text !== '');
  return lines.length === 0 ? [] : [{ label: 'In other units', text: lines.join('\n') }];
}
