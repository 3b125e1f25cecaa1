import { Constant } from './constant.js';
import type { Forecast } from './forecast.js';
import { Holt } from './holt.js';
import { LinearTrend } from './linear-trend.js';
import { MovingAverage } from './moving-average.js';

/** Weights of the newest value and of the newest trend: quick enough for a burst, slow enough for noise. */
const HOLT_ALPHA = 0.5;
const HOLT_BETA = 0.3;

/** Forecasts by their name in a scenario; `window` counts intervals. */
export const FORECASTS = {
  constant: (): Forecast => new Constant(),
  'moving-average': (window: number): Forecast => new MovingAverage(window),
  linear: (window: number): Forecast => new LinearTrend(window),
  holt: (): Forecast => new Holt(HOLT_ALPHA, HOLT_BETA),
} as const;

export type ForecastName = keyof typeof FORECASTS;
export type { Forecast };
