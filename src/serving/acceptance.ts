import type { Random } from '../engine/random.js';

/**
 * How many tokens a sequence gains per decode step under speculative decoding: one, and as many guesses as are right up to
 * the first wrong one. Guess `j` is right with probability `probabilities[j]`, given that all before it are; so a step yields
 * more than `j` of them with probability `p0 * ... * pj`, and `1 + p0 + p0 p1 + ...` tokens on average (Leviathan et al., "Fast
 * Inference from Transformers via Speculative Decoding", ICML 2023, eq. 1).
 *
 * A run stays closed-form, since only the end of an answer is random: the number of steps that its tokens take is drawn once,
 * when it begins to decode, from the exact distribution. In between, all sequences of an instance gain the average.
 */
export class Acceptance {
  readonly tokensPerStep: number;
  readonly guesses: number;
  /** Probability that guess `j` and all before it are right. */
  private readonly survival: Float64Array;
  /** By powers of {@link BLOCK}, longest first: the distribution of the guesses that are right in so many steps together. */
  private readonly blocks: readonly { readonly steps: number; readonly cumulative: Float64Array }[];

  constructor(
    probabilities: readonly number[],
    private readonly random: Random,
  ) {
    this.guesses = probabilities.length;
    let right = 1;
    this.survival = Float64Array.from(probabilities, (probability) => {
      right *= probability;
      return right;
    });
    this.tokensPerStep = this.survival.reduce((sum, probability) => sum + probability, 1);
    const one = Float64Array.from({ length: this.guesses + 1 }, (_, accepted) => {
      const reached = accepted === 0 ? 1 : this.survival[accepted - 1];
      return reached - (accepted < this.guesses ? this.survival[accepted] : 0);
    });
    const short = power(one, BLOCK);
    this.blocks = [
      { steps: BLOCK * BLOCK, cumulative: cumulative(power(short, BLOCK)) },
      { steps: BLOCK, cumulative: cumulative(short) },
    ];
  }

  /**
   * Draws the number of steps until at least `tokens` tokens are there.
   *
   * @example new Acceptance([1], Math.random).drawSteps(5) // 3: two, two, and the last
   */
  drawSteps(tokens: number): number {
    let steps = 0;
    let left = tokens;
    // Blocks of steps that cannot be enough, however lucky, are drawn at once; the end is drawn step by step.
    for (const block of this.blocks) {
      const most = block.steps * (1 + this.guesses);
      while (left > most) {
        left -= block.steps + drawFrom(block.cumulative, this.random());
        steps += block.steps;
      }
    }
    for (; left > 0; steps++) left -= 1 + this.drawAccepted();
    return steps;
  }

  private drawAccepted(): number {
    const { survival } = this;
    const draw = this.random();
    let accepted = 0;
    while (accepted < survival.length && draw < survival[accepted]) accepted++;
    return accepted;
  }
}

const BLOCK = 8;

/** Distribution of the sum of `times` independent draws from `one`. */
function power(one: Float64Array, times: number): Float64Array {
  let sum = Float64Array.of(1);
  for (let i = 0; i < times; i++) {
    const next = new Float64Array(sum.length + one.length - 1);
    sum.forEach((p, a) => {
      one.forEach((q, b) => {
        next[a + b] += p * q;
      });
    });
    sum = next;
  }
  return sum;
}

function cumulative(distribution: Float64Array): Float64Array {
  let sum = 0;
  return distribution.map((probability) => {
    sum += probability;
    return sum;
  });
}

/** The smallest value whose cumulative probability exceeds `draw`. */
function drawFrom(cumulative: Float64Array, draw: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle] > draw) high = middle;
    else low = middle + 1;
  }
  return low;
}
