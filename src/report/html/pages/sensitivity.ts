import type { InputEffect, Sensitivity } from '../../../experiment/sensitivity/sensitivity.js';
import { number, percent, setting } from '../../format.js';
import { tornado } from '../chart/tornado.js';
import { figureAt } from '../figures.js';
import type { DataTable, Report } from '../report.js';

/** Inputs that a chart shows; all are in the table. */
const MOST_BARS = 12;
const MOST_NAMED = 3;
/** What moves the figure less than this is not worth a bar. */
const LEAST_SWING = 0.0005;

/** The report of a sensitivity: which inputs move a figure most. */
export function sensitivityReport(document: Sensitivity): Report {
  const { name, metric, base, step, inputs, skipped, version, seed } = document;
  const { label, write } = figureAt(metric);
  const moving = inputs.filter(({ swing }) => swing >= LEAST_SWING);
  const names = moving.map(({ path }) => path.split('.').slice(-2).join('.'));
  const top = moving.slice(0, MOST_NAMED).map(({ swing }, i) => `${names[i]} (${percent(swing)})`);
  return {
    kind: 'sensitivity',
    title: name,
    headline:
      top.length === 0
        ? `Nothing that could be changed moves ${label}.`
        : `${label}: ${write(base)}. It depends most on ${top.join(', ')}.`,
    tone: undefined,
    reasons: [
      `Each number was lowered and raised by ${percent(step)}, one at a time (whole numbers by one at least, and placed by what ${percent(step)} of them would do); in brackets, the range of the figure as a share of what it is.`,
    ],
    tiles: [{ label, value: write(base), note: 'as the scenario stands' }],
    sureness: [
      {
        label: 'Chance',
        text: 'Every change saw the same random numbers, so small differences are those of the input, not of luck.',
        tone: 'good',
      },
    ],
    assumptions: [
      { label: 'one at a time', text: 'What two inputs do together is not shown; whole numbers move by one at least.' },
      { label: 'seed', text: String(seed) },
      ...(skipped.length === 0 ? [] : [{ label: 'could not be moved', text: skipped.join(', ') }]),
    ],
    sections: [
      {
        title: 'What moves it',
        charts: [
          {
            name: 'tornado',
            title: `${label}, when an input changes by ${percent(step)}`,
            note: 'Bars begin at the figure as it is. The longest are what to negotiate, or to measure, first.',
            svg: tornado({
              title: `${label} when inputs change`,
              base,
              label,
              write,
              rows: moving.slice(0, MOST_BARS).map(({ path, base: was, low, high }, i) => {
                const side = (of: InputEffect['low']) =>
                  of === null || of.value === null
                    ? null
                    : {
                        value: of.value,
                        tip: `${path}\n${setting(was)} → ${setting(of.input)}\n${label}: ${write(base)} → ${write(of.value)}`,
                      };
                return { name: names[i], low: side(low), high: side(high) };
              }),
            }),
          },
        ],
        tables: [inputsTable(document)],
      },
    ],
    version,
    data: document,
  };
}

function inputsTable({ inputs, metric }: Sensitivity): DataTable {
  const { label, unit, write } = figureAt(metric);
  const cell = (value: number | null | undefined, text: (value: number) => string) =>
    value === null || value === undefined ? { text: '–' } : { text: text(value), value };
  return {
    name: 'inputs',
    title: `Every input, by how far it moves ${label}`,
    head: [
      { label: 'input', words: true },
      { label: 'as it is' },
      { label: 'lowered to' },
      { label, unit },
      { label: 'raised to' },
      { label, unit },
      { label: 'range', unit: 'share' },
      { label: '% per %' },
    ],
    rows: inputs.map(({ path, base, low, high, swing, elasticity }) => [
      { text: path },
      cell(base, setting),
      cell(low?.input, setting),
      cell(low?.value, write),
      cell(high?.input, setting),
      cell(high?.value, write),
      cell(swing, percent),
      cell(elasticity, (value) => number(value)),
    ]),
  };
}
