/** Errors of a prediction in percent, over runs kept out of the fit. */
export interface ErrorBand {
  /** Mean of |predicted / measured - 1|. */
  readonly mape: number;
  /** Median of it. */
  readonly medianApe: number;
}

export interface LatencyErrors {
  readonly tpot: ErrorBand;
  readonly ttft: ErrorBand;
}

/** Factors on the datasheet coefficients by their name (`perf/coefficients.ts`); what is left out is 1. */
export type Factors = Readonly<Record<string, number>>;

/**
 * What was fitted to measured runs: for every level of a hierarchy, factors on the datasheet coefficients. A coefficient
 * is its datasheet value times the factors of all levels that apply (`perf/calibration-set.ts`); so a GPU, stack or number
 * format without runs of its own takes what its relatives have in common. Nothing is keyed by the name of a model.
 */
export interface CalibrationSet {
  readonly schema: 'goodput-calibration-1';
  readonly title: string;
  /** Day on which the newest run was measured: the set is a function of its data, not of the day it was fitted. */
  readonly asOf: string;
  readonly data: { readonly sha256: string; readonly runs: number; readonly source: string };
  /** Runs by `gpu stack format attention feed-forward`, the groups that count as measured. */
  readonly groups: Readonly<Record<string, number>>;
  /**
   * Percent. `fit`: on the runs of the fit; `measured`: on configurations kept out of it (five folds); `transferred`: on
   * the runs of GPUs kept out of it altogether; `disaggregated`: as `measured`, of runs with prefill and decode apart, which the others
   * leave out. Null where it was not determined.
   */
  readonly errors: Readonly<Record<'fit' | 'measured' | 'transferred' | 'disaggregated', LatencyErrors | null>>;
  /** Factors by level: `all`, a stack, a format, a GPU generation, a GPU, their combinations, `stack@release`, and the groups. */
  readonly levels: Readonly<Record<string, Factors>>;
}
