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
  }

  /**
   * Draws the number of steps until at least `tokens` tokens are there.
   *
   * @example new Acceptance([1], Math.random).drawSteps(5) // 3: two, two, and the last
   */
  drawSteps(tokens: number): number {
    let steps = 0;
    for (let left = tokens; left > 0; steps++) left -= 1 + this.drawAccepted();
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
