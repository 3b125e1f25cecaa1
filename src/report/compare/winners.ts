import type { Comparison } from '../../experiment/compare/compare.js';
import type { Curve } from '../../experiment/compare/curve.js';
import { amounts, number } from '../format.js';
import type { Cell, Grid } from '../layout.js';

/** The table of winners, where there is a curve with prices. */
export function winnersGrids({ curve, currency }: Pick<Comparison, 'curve' | 'currency'>): Grid[] {
  return curve === null || curve.winners.length === 0 ? [] : [winnersGrid(curve, currency)];
}

/** Which fleet is cheapest for users who want so many tokens per second: $ per million tokens, prompts and answers. */
function winnersGrid({ fleets, winners }: Curve, currency: string): Grid {
  const money = amounts(currency);
  const names = fleets.map(({ name }) => name);
  return {
    kind: 'grid',
    head: [
      'tokens/s/user',
      ...names.map((name) => `${name} ${currency === 'USD' ? '$' : currency}/M`),
      'cheapest',
      'by',
    ],
    rows: winners.map(({ tokensPerSecondPerUser, usdPerMillionTotalTokens, winner, advantage }) => [
      { text: `at least ${number(tokensPerSecondPerUser)}` },
      ...names.map(
        (name): Cell => ({
          text: money(usdPerMillionTotalTokens[name]),
          tone: name === winner ? 'good' : undefined,
        }),
      ),
      { text: winner ?? 'none' },
      { text: advantage === null ? '' : `${number(advantage)}x` },
    ]),
  };
}
