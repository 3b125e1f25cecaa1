import type { ComparedFigure } from '../../experiment/compare/figures.js';
import type { PairedFigure } from '../../experiment/compare/paired.js';
import { dollars, halfWidth, type Maybe, number, points } from '../format.js';
import type { Cell } from '../layout.js';

/** Whether a difference helps, hurts, or may be chance. */
export function toneOf(better: ComparedFigure['better'], figure: PairedFigure): 'good' | 'bad' | 'quiet' {
  if (!figure.significant) return 'quiet';
  return figure.difference > 0 === (better === 'more') ? 'good' : 'bad';
}

/** The ratio to the first fleet with its interval; null where there is none, or it would say the opposite of what is so. */
export function ratioOf({ signed }: ComparedFigure, figure: PairedFigure | undefined): number | null {
  if (figure === undefined || signed === true) return null;
  // The ratio of two losses would look like a gain.
  return figure.reference > 0 ? figure.ratio : null;
}

/** A figure against that of the first fleet: a ratio, or where it may be negative a difference, each with its interval. */
export function againstFirst(
  compared: ComparedFigure,
  figure: PairedFigure | undefined,
  money: (value: Maybe) => string = dollars,
): Cell {
  if (figure === undefined) return { text: '' };
  if (compared.signed === true) {
    const write = compared.metric.endsWith('Usd') ? money : points;
    const sign = figure.difference > 0 ? '+' : '';
    const text = `${sign}${write(figure.difference)} ${halfWidth(figure.differenceHalfWidth, write)}`.trim();
    return { text, tone: toneOf(compared.better, figure) };
  }
  const ratio = ratioOf(compared, figure);
  if (ratio === null) return { text: '' };
  const text = `${number(ratio)} ${halfWidth(figure.ratioHalfWidth, (value) => number(value, 2))}`.trim();
  return { text, tone: toneOf(compared.better, figure) };
}
