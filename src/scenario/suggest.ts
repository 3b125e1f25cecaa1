import { distance } from 'fastest-levenshtein';

/** Longer words are no typing mistakes; comparing them would only cost time. */
const LONGEST = 100;

/**
 * The candidate that a misspelt word most likely meant, or undefined where none is close. Case, hyphens, underscores and
 * spaces do not count, and a beginning counts as close (`h100` for `h100-sxm`).
 *
 * @example closest('replica', ['replicas', 'role']) // 'replicas'
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined;
  const wanted = fold(word);
  if (wanted === '') return undefined;
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const folded = fold(candidate);
    const begins = wanted.length >= 2 && (folded.startsWith(wanted) || wanted.startsWith(folded));
    const far = begins || swapped(wanted, folded) ? 0.5 : distance(wanted, folded);
    if (far < bestDistance && far <= Math.max(1, Math.floor(Math.max(wanted.length, folded.length) / 3))) {
      best = candidate;
      bestDistance = far;
    }
  }
  return best;
}

/** `did you mean "replicas"?`, or undefined where nothing is close. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const candidate = closest(word, candidates);
  return candidate === undefined ? undefined : `did you mean ${JSON.stringify(candidate)}?`;
}

/** Whether two words have the same letters: `nmae` and `name`. */
function swapped(a: string, b: string): boolean {
  return a.length === b.length && [...a].sort().join('') === [...b].sort().join('');
}

function fold(word: string): string {
  return word.toLowerCase().replace(/[-_.\s]/g, '');
}
