import type { ComparedScenario, Comparison } from '../../experiment/compare/compare.js';
import { COMPARED, type ComparedFigure, figuresOf } from '../../experiment/compare/figures.js';
import type { PairedFigure } from '../../experiment/compare/paired.js';
import { dollars, halfWidth, latency, number, percent } from '../format.js';
import type { Cell, Grid } from '../layout.js';

/** Figures by row, scenarios by column, each with its ratio to the first. */
export function comparisonGrid({ scenarios }: Comparison): Grid {
  const [first, ...others] = scenarios;
  const known = new Map(scenarios.map((of) => [of, figuresOf(of.summary)] as const));
  const rows = COMPARED.filter(({ metric }) => scenarios.some((of) => known.get(of)?.get(metric) != null)).map(
    (figure): Cell[] => {
      const value = (of: ComparedScenario): Cell => ({
        text: figureText(figure.metric, known.get(of)?.get(figure.metric)),
      });
      return [
        { text: figure.metric },
        value(first),
        ...others.flatMap((of) => [value(of), ratio(figure, of.figures?.[figure.metric])]),
      ];
    },
  );
  return { kind: 'grid', head: ['', first.name, ...others.flatMap(({ name }) => [name, 'ratio'])], rows };
}

function ratio({ better }: ComparedFigure, figure: PairedFigure | undefined): Cell {
  // The ratio of two losses would look like a gain.
  if (figure === undefined || figure.ratio === null || figure.reference <= 0) return { text: '' };
  const text = [number(figure.ratio), halfWidth(figure.ratioHalfWidth, (value) => number(value, 2))].join(' ').trim();
  if (!figure.significant) return { text, tone: 'quiet' };
  return { text, tone: figure.difference > 0 === (better === 'more') ? 'good' : 'bad' };
}

const SHARES = ['goodput.attainment', 'revenue.margin', 'revenue.roi'];

/** A figure of a summary with its unit, by its dotted path. */
export function figureText(metric: string, value: number | null | undefined): string {
  if (SHARES.includes(metric)) return percent(value);
  if (metric.includes('Ms.')) return latency(value);
  return /usd/i.test(metric) ? dollars(value) : number(value);
}
