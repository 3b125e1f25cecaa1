import { COMPARED, type ComparedFigure } from '../../experiment/compare/figures.js';
import type { FigureDifference, ResultDifference } from '../../experiment/results/diff.js';
import { figureText } from '../compare/grid.js';
import { dollars, percent, points } from '../format.js';
import type { Cell, Facts, Grid } from '../layout.js';

/** More settings than this are counted: the scenarios have little in common. */
const MOST_SETTINGS = 20;

/** What was asked differently, and what came out differently, of what planners look at. */
export function diffSections(
  { versions, settings, figures }: ResultDifference,
  before: string,
  after: string,
): { title: string; sections: (Facts | Grid)[] } {
  const known = new Map(figures.map((figure) => [figure.metric, figure]));
  const shown = COMPARED.flatMap((compared) => {
    const figure = known.get(compared.metric);
    return figure === undefined ? [] : [row(figure, compared)];
  });
  const rest = figures.length - shown.length;
  const more = rest > 0 ? [`${rest} further figures differ (--format json has all of them)`] : [];
  const same = figures.length === 0 ? ['no figure differs'] : [];
  const versionText = versions.before === versions.after ? [] : [`${versions.before} → ${versions.after}`];
  const changed = settings
    .slice(0, MOST_SETTINGS)
    .map(({ path, before: old, after: now }) => `${path}: ${text(old)} → ${text(now)}`);
  if (settings.length > MOST_SETTINGS) changed.push(`and ${settings.length - MOST_SETTINGS} more`);
  const facts = (entries: [string, string[]][]): Facts => ({
    kind: 'facts',
    facts: entries
      .filter(([, lines]) => lines.length > 0)
      .map(([label, lines]) => ({ label, lines: lines.map((line) => ({ text: line })) })),
  });
  const grid: Grid = { kind: 'grid', head: ['', 'before', 'after', 'change', ''], rows: shown };
  return {
    title: `${before} → ${after}`,
    sections: [
      facts([
        ['goodput', versionText],
        ['scenario', changed.length === 0 ? ['the same'] : changed],
      ]),
      ...(shown.length > 0 ? [grid] : []),
      ...(more.length + same.length > 0 ? [facts([['figures', [...more, ...same]]])] : []),
    ],
  };
}

function row({ metric, before, after, change, withinNoise }: FigureDifference, compared: ComparedFigure): Cell[] {
  const improved = before !== null && after !== null && after > before === (compared.better === 'more');
  const tone = withinNoise === true ? 'quiet' : improved ? 'good' : 'bad';
  return [
    { text: metric },
    { text: figureText(metric, before) },
    { text: figureText(metric, after) },
    { text: compared.signed === true ? by(compared, before, after) : percentOf(change), tone },
    { text: withinNoise === true ? 'within noise' : '', tone: 'quiet' },
  ];
}

function percentOf(change: number | null): string {
  return change === null ? '' : `${change < 0 ? '-' : '+'}${percent(Math.abs(change))}`;
}

/** A share of what may be negative would have the wrong sign. */
function by({ metric }: ComparedFigure, before: number | null, after: number | null): string {
  if (before === null || after === null) return '';
  const difference = after - before;
  return `${difference > 0 ? '+' : ''}${metric.endsWith('Usd') ? dollars(difference) : points(difference)}`;
}

function text(value: unknown): string {
  return value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
}
