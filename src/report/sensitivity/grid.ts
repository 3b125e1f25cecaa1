import type { InputEffect, Sensitivity, SensitivitySide } from '../../experiment/sensitivity/sensitivity.js';
import { number, percent, setting } from '../format.js';
import type { Grid } from '../layout.js';

/** Width of the longest bar. */
const BAR = 12;

/** The inputs that move the metric most, as a tornado: how it changes when each is lowered and raised. */
export function sensitivityGrid({ inputs, base }: Sensitivity, top: number): Grid {
  const shown = inputs.slice(0, top);
  const widest = Math.max(...shown.map(({ swing }) => swing), 0);
  return {
    kind: 'grid',
    head: ['input', 'from', 'to', 'lowered', 'raised', 'elasticity', ''],
    rows: shown.map((effect) => [
      { text: effect.path },
      { text: setting(effect.low?.input ?? effect.base) },
      { text: setting(effect.high?.input ?? effect.base) },
      { text: change(effect, effect.low, base) },
      { text: change(effect, effect.high, base) },
      { text: number(effect.elasticity, 2) },
      { text: '█'.repeat(widest === 0 ? 0 : Math.round((BAR * effect.swing) / widest)).padEnd(BAR) },
    ]),
  };
}

function change({ base: input }: InputEffect, side: SensitivitySide | null, base: number): string {
  if (side === null || side.value === null || side.input === input) return number(null);
  const share = (side.value - base) / Math.abs(base);
  return `${share > 0 ? '+' : share < 0 ? '-' : ''}${percent(Math.abs(share))}`;
}
