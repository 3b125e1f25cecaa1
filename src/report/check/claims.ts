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

/** A claim and the file that holds it. */
export interface ClaimOfFile {
  path: string;
  claim: CheckedClaim;
}

const ORDER: readonly Verdict[] = ['reproduced', 'conditional', 'not-reproduced'];

/** A table of claims, and what each was read under: what was chosen for it, what else was tried, what is missing. */
export function claimsMarkdown(claims: readonly ClaimOfFile[]): string[] {
  if (claims.length === 0) return [];
  const sorted = ORDER.flatMap((verdict) => claims.filter(({ claim }) => claim.verdict === verdict));
  const grid = gridMarkdown({
    kind: 'grid',
    words: 1,
    head: ['claim', 'claimed', 'simulated', 'over all choices', 'choices in the band', 'verdict'],
    rows: sorted.map(({ path, claim }) => [
      { text: claim.statement, link: path.replaceAll('\\', '/') },
      { text: figure(claim.claimed, claim.unit) },
      { text: figure(claim.simulated, claim.unit) },
      { text: span(claim) },
      { text: inBand(claim) },
      { text: WORDS[claim.verdict] },
    ]),
  });
  return ['#### Claims', totalsOf(claims), grid, ...sorted.map(({ claim }) => assumptions(claim))];
}

/** Such as `3 claims: 1 reproduced, 2 not reproduced`. */
function totalsOf(claims: readonly ClaimOfFile[]): string {
  const counted = ORDER.map((verdict) => ({
    verdict,
    number: claims.filter(({ claim }) => claim.verdict === verdict).length,
  }));
  const words = counted.filter(({ number: of }) => of > 0).map(({ verdict, number: of }) => `${of} ${WORDS[verdict]}`);
  return `${claims.length} ${claims.length === 1 ? 'claim' : 'claims'}: ${words.join(', ')}`;
}

/** Under how many of the choices it holds, the one that was made among them. */
function inBand({ pass, chosen }: CheckedClaim): string {
  const all = [pass, ...chosen.flatMap(({ others }) => others.map((other) => other.pass))];
  return `${all.filter((one) => one).length} of ${all.length}`;
}

/** What the claim comes to under all that it leaves open. */
function span({ chosen, simulated, unit }: CheckedClaim): string {
  const others = chosen.flatMap(({ others: of }) => of.map((other) => other.simulated));
  const values = [simulated, ...others].filter((value) => value !== null);
  if (values.length === 0) return 'out of reach';
  const unreachable = values.length <= others.length ? ', or out of reach' : '';
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${low === high ? '' : `${number(low)} to `}${figure(high, unit)}${unreachable}`;
}

function assumptions({ statement, source, states, chosen, missing, band, unit }: CheckedClaim): string {
  const lines = [
    `source: ${source}`,
    `band: ${band}`,
    ...states.map((text) => `stated: ${text}`),
    ...chosen.map(({ what, value, others }) => {
      const tried = others.map(
        (other) => `${other.name}: ${figure(other.simulated, unit)}${other.pass ? ', in the band' : ''}`,
      );
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
