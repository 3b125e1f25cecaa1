import type { Curve } from '../../experiment/compare/curve.js';
import { dollars, number } from '../format.js';
import type { Cell, Grid } from '../layout.js';

/** The table of winners, where there is a curve with prices. */
export function winnersGrids(curve: Curve | null): Grid[] {
  return curve === null || curve.winners.length === 0 ? [] : [winnersGrid(curve)];
}

/** Which fleet is cheapest for users who want so many tokens per second: $ per million tokens, prompts and answers. */
function winnersGrid({ fleets, winners }: Curve): Grid {
  const names = fleets.map(({ name }) => name);
  return {
    kind: 'grid',
    head: ['tokens/s/user', ...names.map((name) => `${name} $/M`), 'cheapest', 'by'],
    rows: winners.map(({ tokensPerSecondPerUser, usdPerMillionTotalTokens, winner, advantage }) => [
      { text: `at least ${number(tokensPerSecondPerUser)}` },
      ...names.map(
        (name): Cell => ({
          text: dollars(usdPerMillionTotalTokens[name]),
          tone: name === winner ? 'good' : undefined,
        }),
      ),
      { text: winner ?? 'none' },
      { text: advantage === null ? '' : `${number(advantage)}x` },
    ]),
  };
}
