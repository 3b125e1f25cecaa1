import type { Forecast } from './forecast.js';

/**
 * Double exponential smoothing: a level and a trend, each an average that forgets; never below 0.
 *
 *     level = alpha * value + (1 - alpha) * (level + trend)
 *     trend = beta * (level - last level) + (1 - beta) * trend
 *
 * Source: C. C. Holt, "Forecasting seasonals and trends by exponentially weighted moving averages", 1957, reprinted in
 * International Journal of Forecasting 20, 2004, 5-10.
 */
export class Holt implements Forecast {
  private level = Number.NaN;
  private trend = 0;

  /**
   * @param alpha weight of the newest value, 0 to 1
   * @param beta weight of the newest trend, 0 to 1
   */
  constructor(
    private readonly alpha: number,
    private readonly beta: number,
  ) {}

  next(value: number): number {
    if (Number.isNaN(this.level)) {
      this.level = value;
      return value;
    }
    const last = this.level;
    this.level = this.alpha * value + (1 - this.alpha) * (last + this.trend);
    this.trend = this.beta * (this.level - last) + (1 - this.beta) * this.trend;
    return Math.max(this.level + this.trend, 0);
  }
}
