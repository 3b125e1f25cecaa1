import { linearRegression, linearRegressionLine } from 'simple-statistics';
import type { Forecast } from './forecast.js';

/** The least-squares line through the last `window` values, one step further; never below 0. */
export class LinearTrend implements Forecast {
  private readonly values: number[] = [];

  constructor(private readonly window: number) {}

  next(value: number): number {
    this.values.push(value);
    if (this.values.length > this.window) this.values.shift();
    if (this.values.length < 2) return value;
    const line = linearRegressionLine(linearRegression(this.values.map((one, at) => [at, one])));
    return Math.max(line(this.values.length), 0);
  }
}
