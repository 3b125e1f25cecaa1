import type { Forecast } from './forecast.js';

/** Mean of the last `window` values. */
export class MovingAverage implements Forecast {
  private readonly values: number[] = [];

  constructor(private readonly window: number) {}

  next(value: number): number {
    this.values.push(value);
    if (this.values.length > this.window) this.values.shift();
    return this.values.reduce((sum, one) => sum + one, 0) / this.values.length;
  }
}
