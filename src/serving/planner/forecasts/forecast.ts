/** Says what the next value of a series will be, from those so far. */
export interface Forecast {
  /** Adds a value and returns what is expected of the next one. */
  next(value: number): number;
}
