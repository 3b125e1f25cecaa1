import type { CheckedClaim, Verdict } from '../../experiment/compare/claims.js';
import { number } from '../format.js';
import { escapeMarkdown, gridMarkdown } from '../markdown.js';

const WORDS: Record<Verdict, string> = {
  reproduced: 'reproduced',
  conditional: 'reproduced only under some assumptions',
  'not-reproduced': 'not reproduced',
};

/** Claimed against simulated, in one line. */
export function claimLine({ claimed, simulated, unit, verdict, statement }: CheckedClaim): string {
  return `${WORDS[verdict]}: claimed ${figure(claimed, unit)}, simulated ${figure(simulated, unit)} (${statement})`;
}

/** A table of claims, and what each was read under: what was chosen for it, what else was tried, what is missing. */
export function claimsMarkdown(claims: readonly CheckedClaim[]): string[] {
  if (claims.length === 0) return [];
  const grid = gridMarkdown({
    kind: 'grid',
    words: 1,
    head: ['claim', 'claimed', 'simulated', 'over the other choices', 'verdict'],
    rows: claims.map((claim) => [
      { text: claim.statement },
      { text: figure(claim.claimed, claim.unit) },
      { text: figure(claim.simulated, claim.unit) },
      { text: span(claim) },
      { text: WORDS[claim.verdict] },
    ]),
  });
  return ['#### Claims', grid, ...claims.map(assumptions)];
}

/** What the claim comes to under all that it leaves open. */
function span({ chosen, simulated, unit }: CheckedClaim): string {
  const others = chosen.flatMap(({ others: of }) => of.map((other) => other.simulated));
  if (others.length === 0) return '';
  const values = [simulated, ...others].filter((value) => value !== null);
  if (values.length === 0) return 'out of reach';
  const unreachable = values.length <= others.length ? ', or out of reach' : '';
  return `${number(Math.min(...values))} to ${figure(Math.max(...values), unit)}${unreachable}`;
}

function assumptions({ statement, source, states, chosen, missing, band, unit }: CheckedClaim): string {
  const lines = [
    `source: ${source}`,
    `band: ${band}`,
    ...states.map((text) => `stated: ${text}`),
    ...chosen.map(({ what, value, others }) => {
      const tried = others.map((other) => `${other.name}: ${figure(other.simulated, unit)}`);
      return `chosen for ${what}: ${value}${tried.length === 0 ? '' : ` (${tried.join('; ')})`}`;
    }),
    ...missing.map((text) => `missing: ${text}`),
  ];
  return `**${escapeMarkdown(statement)}**\n\n${lines.map((line) => `- ${escapeMarkdown(line)}`).join('\n')}`;
}

function figure(value: number | null, unit: string): string {
  if (value === null) return 'out of reach';
  if (unit === 'x') return `${number(value)}x`;
  return unit.startsWith('$') ? `$${number(value)}${unit.slice(1)}` : `${number(value)} ${unit}`;
}
