/**
 * A *run* is a stretch of `n` steps without a change of batch. Step `j` (counted from 0) takes `first + j * increment`
 * seconds, since every decoding sequence gains one context token per step and step time is affine in the context.
 */

/** Seconds from the start of a run to the end of its `steps`-th step. */
export function runSeconds(first: number, increment: number, steps: number): number {
  return steps * first + increment * 0.5 * steps * (steps - 1);
}

/**
 * The smallest number of steps (at least 1, at most `limit`) after which at least `seconds` of the run have passed: the
 * step boundary at which something that happens now can be seen. Solves the quadratic of {@link runSeconds}, then
 * settles rounding by looking at the neighbours.
 */
export function stepsUntil(first: number, increment: number, seconds: number, limit: number): number {
  const half = first - 0.5 * increment;
  let steps = Math.ceil((2 * seconds) / (half + Math.sqrt(half * half + 2 * increment * seconds)));
  if (!(steps >= 1)) steps = 1;
  if (steps > limit) steps = limit;
  while (steps > 1 && runSeconds(first, increment, steps - 1) >= seconds) steps--;
  while (steps < limit && runSeconds(first, increment, steps) < seconds) steps++;
  return steps;
}

/** The number of steps of a run, at most `limit`, that have ended after `seconds`. */
export function stepsDone(first: number, increment: number, seconds: number, limit: number): number {
  if (seconds < first) return 0;
  const steps = stepsUntil(first, increment, seconds, limit);
  return runSeconds(first, increment, steps) <= seconds ? steps : steps - 1;
}

/**
 * Token-seconds held in the KV cache over steps `0 .. steps - 1`, when step `j` starts with
 * `tokens + j * tokensPerStep` tokens: the sum of their products, in closed form.
 */
export function tokenSeconds(
  first: number,
  increment: number,
  tokens: number,
  tokensPerStep: number,
  steps: number,
): number {
  const pairs = 0.5 * steps * (steps - 1);
  const squares = (pairs * (2 * steps - 1)) / 3;
  return (
    steps * tokens * first + pairs * (tokens * increment + tokensPerStep * first) + squares * tokensPerStep * increment
  );
}
