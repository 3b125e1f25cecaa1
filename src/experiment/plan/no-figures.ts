import type { Figures } from './document.js';

/** Of a fleet of which nothing is known yet, or that could not be simulated. */
export const NO_FIGURES: Figures = {
  holds: false,
  shortfalls: [],
  attainment: null,
  ttftMsP99: null,
  tpotMsP99: null,
  gpuBusy: null,
  averageGpus: null,
  outputTokensPerSecondPerUser: null,
  outputTokensPerSecondPerGpu: null,
  usdPerMillionOutputTokens: null,
  usdPerMillionGoodOutputTokens: null,
  revenueUsdPerHour: null,
  roi: null,
  paybackMonths: null,
  calibration: null,
  uncertainty: null,
};
