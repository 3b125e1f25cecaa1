import { Histogram } from '../../../metrics/histogram.js';

const PERCENTILES = [1, 5, 10, 25, 50, 75, 90, 95, 99] as const;

/** A stats block of `profile_export_aiperf.json`: all of it for values per request, `unit` and `avg` alone for the others. */
export interface AiperfBlock {
  unit: string;
  avg: number;
  min?: number;
  max?: number;
  p1?: number;
  p5?: number;
  p10?: number;
  p25?: number;
  p50?: number;
  p75?: number;
  p90?: number;
  p95?: number;
  p99?: number;
  std?: number;
  count?: number;
  sum?: number;
}

/**
 * One metric over all requests, in constant memory. Percentiles interpolate as NumPy does and are known to 0.05 %; the
 * standard deviation is that of a sample, by Welford's method ("Note on a Method for Calculating Corrected Sums of Squares
 * and Products", Technometrics 4, 1962).
 */
export class AiperfStatistics {
  private readonly histogram = new Histogram();
  private mean = 0;
  private squares = 0;

  constructor(private readonly unit: string) {}

  add(value: number): void {
    this.histogram.add(value);
    const { count } = this.histogram;
    const away = value - this.mean;
    this.mean += away / count;
    this.squares += away * (value - this.mean);
  }

  get sum(): number {
    return this.histogram.sum;
  }

  /** Undefined where no request had a value; AIPerf leaves such metrics out. */
  block(): AiperfBlock | undefined {
    const { count, sum, min, max } = this.histogram;
    if (count === 0) return undefined;
    const quantiles = this.histogram.quantiles(PERCENTILES.map((percentile) => percentile / 100));
    const percentiles = Object.fromEntries(PERCENTILES.map((percentile, i) => [`p${percentile}`, quantiles[i]]));
    const std = count < 2 ? 0 : Math.sqrt(this.squares / (count - 1));
    return { unit: this.unit, avg: sum / count, min, max, ...percentiles, std, count, sum };
  }
}
