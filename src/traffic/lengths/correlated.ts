import type { Random } from '../../engine/random.js';
import { normalQuantile } from '../normal.js';
import { normalCdf } from '../normal-cdf.js';

/**
 * Two random streams for prompts and answers with a given rank correlation (Spearman), by a Gaussian copula: the normal score
 * of an answer is `r z1 + sqrt(1 - r^2) z2`, z1 being that of its prompt and z2 one of its own, with `r = 2 sin(pi rho / 6)`.
 * Whatever the two distributions are, each keeps its own shape, and prompts are the same as without correlation. Lengths that
 * tie (a bound that many hit) correlate a little less.
 *
 * The streams are to be drawn from in turns, prompt first, as sources do.
 *
 * Source: R. B. Nelsen, "An Introduction to Copulas", 2006, 5.1; the relation of r and rho: W. H. Kruskal, "Ordinal Measures
 * of Association", Journal of the American Statistical Association 53, 1958, 814-861.
 *
 * @param rho -1 to 1
 * @example
 * const [input, output] = correlatedStreams(0.7, inputRandom, outputRandom);
 */
export function correlatedStreams(rho: number, input: Random, output: Random): readonly [Random, Random] {
  const r = Math.min(1, Math.max(-1, 2 * Math.sin((Math.PI * rho) / 6)));
  const rest = Math.sqrt(1 - r * r);
  let score = 0;
  return [
    () => {
      const u = input();
      // u is a multiple of 2^-53; the middle of its interval has a finite score.
      score = normalQuantile(u + 2 ** -54);
      return u;
    },
    () => Math.min(1 - 2 ** -53, normalCdf(r * score + rest * normalQuantile(output() + 2 ** -54))),
  ];
}
