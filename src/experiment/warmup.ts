import { extent } from 'simple-statistics';
import type { RequestRecord } from '../metrics/recorder.js';

/** Where the start-up of a run ends. */
export interface WarmUp {
  seconds: number;
  /** False where no end of the start-up was found: the run is too short, or nothing ever settles (overload). */
  steady: boolean;
}

/** Observations per batch, which give MSER-5 its name; doubled whenever there would be too many batches. */
const BATCH = 5;
const MOST_BATCHES = 4096;
/** Fewer batches than this say nothing. */
const FEWEST_BATCHES = 20;
/** Relative differences up to this come from float64 sums of times. */
const ROUNDING = 1e-9;

/** Means of equally many observations in a row. */
class Batches {
  readonly means: number[] = [];
  /** When the last observation of each batch was made. */
  readonly seconds: number[] = [];
  private size = BATCH;
  private sum = 0;
  private count = 0;

  add(value: number, now: number): void {
    this.sum += value;
    if (++this.count < this.size) return;
    this.means.push(this.sum / this.count);
    this.seconds.push(now);
    this.sum = 0;
    this.count = 0;
    if (this.means.length === MOST_BATCHES) this.halve();
  }

  private halve(): void {
    for (let i = 0; i < MOST_BATCHES / 2; i++) {
      this.means[i] = (this.means[2 * i] + this.means[2 * i + 1]) / 2;
      this.seconds[i] = this.seconds[2 * i + 1];
    }
    this.means.length = MOST_BATCHES / 2;
    this.seconds.length = MOST_BATCHES / 2;
    this.size *= 2;
  }
}

/**
 * Finds the end of the start-up in a run, request by request: of time to first token, where queues fill, and of time per
 * output token, where batches fill, whichever takes longer to settle. Takes the same memory however long the run is.
 *
 * @example
 * const finder = new WarmUpFinder();
 * simulate(scenario, { onRecord: finder.add });
 * finder.find().seconds; // 41.2
 */
export class WarmUpFinder {
  private readonly ttft = new Batches();
  private readonly tpot = new Batches();

  readonly add = ({ outcome, arrivalSeconds, firstTokenSeconds, endSeconds, outputTokens }: RequestRecord): void => {
    if (outcome !== 'completed') return;
    this.ttft.add(firstTokenSeconds - arrivalSeconds, endSeconds);
    if (outputTokens > 1) this.tpot.add((endSeconds - firstTokenSeconds) / (outputTokens - 1), endSeconds);
  };

  find(): WarmUp {
    const found = [this.ttft, this.tpot]
      .filter(({ means }) => means.length >= FEWEST_BATCHES)
      .map(({ means, seconds }): WarmUp => {
        const { truncated, steady } = mser(means);
        return { seconds: truncated === 0 ? 0 : seconds[truncated - 1], steady };
      });
    return {
      seconds: Math.max(0, ...found.map((each) => each.seconds)),
      steady: found.length > 0 && found.every((each) => each.steady),
    };
  }
}

/**
 * How many batches at the start to leave out: the number `d` that makes the squared standard error of the mean of the
 * others, `sum((y - mean)^2) / (n - d)^2`, smallest. Where that is in the second half, the series has not settled.
 *
 * White, "An effective truncation heuristic for bias reduction in simulation output", Simulation 69 (1997); White, Cobb,
 * Spratt, "A comparison of five steady-state truncation heuristics for simulation", Winter Simulation Conference 2000.
 *
 * @example mser([9, 5, 2, 1, 1, 1, 1, 1, 1, 1]).truncated // 3
 */
export function mser(means: readonly number[]): { truncated: number; steady: boolean } {
  const n = means.length;
  // What differs only by rounding has nothing to leave out.
  const [lowest, highest] = extent([...means]);
  if (highest - lowest <= ROUNDING * Math.abs(highest)) return { truncated: 0, steady: true };
  let best = { truncated: 0, error: Number.POSITIVE_INFINITY };
  let count = 0;
  let mean = 0;
  let squares = 0;
  // From the end, so that mean and squares grow by one batch at a time (Welford).
  for (let d = n - 1; d >= 0; d--) {
    count++;
    const deviation = means[d] - mean;
    mean += deviation / count;
    squares += deviation * (means[d] - mean);
    // Few batches may agree by chance.
    if (count < FEWEST_BATCHES / 4) continue;
    const error = squares / count ** 2;
    if (error <= best.error) best = { truncated: d, error };
  }
  const half = Math.floor(n / 2);
  return best.truncated <= half ? { truncated: best.truncated, steady: true } : { truncated: half, steady: false };
}
