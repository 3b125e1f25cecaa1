import { randomStream } from '../../engine/random.js';
import type { ClassDemand } from '../../traffic/demand.js';
import { UniformLength } from '../../traffic/lengths/uniform.js';
import { ClosedLoopSource } from '../../traffic/sources/closed-loop.js';
import { ConstantThinkTime } from '../../traffic/think-time.js';
import type { RunIdentity } from './measured-run.js';

/** Requests per user, as the public benchmark scripts send. */
export const REQUESTS_PER_USER = 10;
const SEED = 20260822;

/**
 * Demand of a measured run: so many users, each sending the next request when the last one has ended; lengths uniform on 80 to
 * 100 % of the nominal ones; no prefix reuse; everybody begins at once.
 */
export function closedLoop({ measurement, concurrency }: RunIdentity): ClassDemand {
  const { inputTokens, outputTokens } = measurement;
  const lengths = (nominal: number, purpose: string) =>
    new UniformLength(
      Math.max(1, Math.ceil(0.8 * nominal)),
      nominal,
      randomStream(SEED, 0, `lengths/measured/${purpose}`),
    );
  return {
    name: 'measured',
    source: new ClosedLoopSource(
      concurrency,
      new ConstantThinkTime(0),
      lengths(inputTokens, 'input'),
      lengths(outputTokens, 'output'),
      Number.POSITIVE_INFINITY,
    ),
    // Clients ask for exactly the answer they get, and engines that reserve it do so for that: the mean stands for all.
    outputLimit: Math.ceil(0.9 * outputTokens),
  };
}
