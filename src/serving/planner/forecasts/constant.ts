import type { Forecast } from './forecast.js';

/** The next interval will be like the last one. */
export class Constant implements Forecast {
  next(value: number): number {
    return value;
  }
}
