/** A rate over time, relative to its mean: straight lines between breakpoints, with jumps where lines do not meet. */
export interface CurveShape {
  /** Breakpoints, seconds, rising from 0; one more than there are lines. */
  readonly seconds: readonly number[];
  /** Level at the start of each line, at least 0. */
  readonly from: readonly number[];
  /** Level at its end, at least 0. */
  readonly to: readonly number[];
  /** Whether the curve begins again after its last breakpoint; else the level is 1 from there on. */
  readonly periodic: boolean;
  /** Where in a period time 0 lies, seconds; only for periodic curves. */
  readonly phaseSeconds?: number;
}

/**
 * Turns operational time (in which a process has a constant rate) into clock time; see {@link ModulatedArrivals}.
 *
 * A periodic curve is scaled to a mean of 1 over its period, so that the long-run rate of whatever it modulates stays what
 * was asked for: only the proportions of its levels count. A curve that ends leaves the level at 1, so it changes the
 * beginning of a run and not the long-run rate either.
 *
 * @example
 * const curve = new RateCurve({ seconds: [0, 10, 20], from: [0, 2], to: [0, 2], periodic: true });
 * curve.invert(5); // 12.5: nothing happens in the first ten seconds, everything twice as fast in the next ten
 */
export class RateCurve {
  private readonly seconds: Float64Array;
  private readonly from: Float64Array;
  private readonly to: Float64Array;
  /** Integral of the curve up to each breakpoint. */
  private readonly integral: Float64Array;
  private readonly periodic: boolean;
  private readonly phaseSeconds: number;
  private readonly phaseIntegral: number;
  /** Where the last call ended: operational times never fall. */
  private line = 0;
  private cycleStart = 0;
  private last = 0;

  constructor(shape: CurveShape) {
    const lines = shape.from.length;
    this.seconds = Float64Array.from(shape.seconds);
    this.integral = new Float64Array(lines + 1);
    this.periodic = shape.periodic;
    const end = this.seconds[lines];
    const area = (from: number, to: number, i: number) => 0.5 * (from + to) * (this.seconds[i + 1] - this.seconds[i]);
    const total = shape.from.reduce((sum, from, i) => sum + area(from, shape.to[i], i), 0);
    const scale = shape.periodic ? end / total : 1;
    this.from = Float64Array.from(shape.from, (level) => level * scale);
    this.to = Float64Array.from(shape.to, (level) => level * scale);
    for (let i = 0; i < lines; i++) this.integral[i + 1] = this.integral[i] + area(this.from[i], this.to[i], i);
    // Exactly: cycles are counted in operational time.
    if (shape.periodic) this.integral[lines] = end;
    this.phaseSeconds = shape.phaseSeconds ?? 0;
    this.phaseIntegral = this.integralAt(this.phaseSeconds);
  }

  /** Clock time at which `operational` seconds of operational time have passed; arguments must not fall. */
  invert(operational: number): number {
    const { integral } = this;
    const lines = integral.length - 1;
    let rest = operational + this.phaseIntegral - this.cycleStart;
    while (rest > integral[this.line + 1]) {
      this.line += 1;
      if (this.line < lines) continue;
      if (!this.periodic) {
        this.line = lines - 1;
        return this.seconds[lines] + (rest - integral[lines]);
      }
      this.line = 0;
      // Whole cycles at once: a silence may be longer than many of them.
      const cycles = Math.max(1, Math.floor(rest / integral[lines]));
      this.cycleStart += cycles * integral[lines];
      rest = operational + this.phaseIntegral - this.cycleStart;
    }
    const i = this.line;
    const width = this.seconds[i + 1] - this.seconds[i];
    const area = rest - integral[i];
    const slope = (this.to[i] - this.from[i]) / width;
    // area = from x + slope x^2 / 2, in the form that neither cancels nor divides by a slope of 0.
    const root = Math.sqrt(Math.max(0, this.from[i] * this.from[i] + 2 * slope * area));
    const x = area <= 0 ? 0 : Math.min(width, (2 * area) / (this.from[i] + root));
    const seconds = this.cycleStart + this.seconds[i] + x - this.phaseSeconds;
    // Lines are left and entered with an error of the last bit.
    if (seconds > this.last) this.last = seconds;
    return this.last;
  }

  /** Operational time that has passed at a clock time within the first period. */
  private integralAt(clockSeconds: number): number {
    let i = 0;
    while (i < this.from.length - 1 && this.seconds[i + 1] <= clockSeconds) i += 1;
    const x = clockSeconds - this.seconds[i];
    const slope = (this.to[i] - this.from[i]) / (this.seconds[i + 1] - this.seconds[i]);
    return this.integral[i] + this.from[i] * x + 0.5 * slope * x * x;
  }
}
