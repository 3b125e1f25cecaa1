import type { ComparedScenario, Comparison } from '../../experiment/compare/compare.js';
import { COMPARED, figuresOf } from '../../experiment/compare/figures.js';
import { amounts, dollars, latency, type Maybe, number, percent } from '../format.js';
import type { Cell, Grid } from '../layout.js';
import { againstFirst } from './against-first.js';

/** Figures by row, scenarios by column, each against the first. */
export function comparisonGrid({ scenarios, currency }: Comparison): Grid {
  const [first, ...others] = scenarios;
  const money = amounts(currency);
  const known = new Map(scenarios.map((of) => [of, figuresOf(of.summary)] as const));
  const rows = COMPARED.filter(({ metric }) => scenarios.some((of) => known.get(of)?.get(metric) != null)).map(
    (figure): Cell[] => {
      const value = (of: ComparedScenario): Cell => ({
        text: figureText(figure.metric, known.get(of)?.get(figure.metric), money),
      });
      return [
        { text: figure.metric },
        value(first),
        ...others.flatMap((of) => [value(of), againstFirst(figure, of.figures?.[figure.metric], money)]),
      ];
    },
  );
  return { kind: 'grid', head: ['', first.name, ...others.flatMap(({ name }) => [name, 'ratio'])], rows };
}

const SHARES = ['goodput.attainment', 'revenue.margin', 'revenue.roi'];

/** A figure of a summary with its unit, by its dotted path. */
export function figureText(metric: string, value: Maybe, money: (value: Maybe) => string = dollars): string {
  if (SHARES.includes(metric)) return percent(value);
  if (metric.includes('Ms.')) return latency(value);
  return /usd/i.test(metric) ? money(value) : number(value);
}
