/** The public API. */
export { gpus, models, priceBooks, stacks } from './catalog/index.js';
export { fileOpener } from './experiment/files.js';
export { loadScenario } from './experiment/load-scenario.js';
export type { ResultDocument, Summary } from './experiment/result.js';
export { type Progress, type SimulateOptions, simulate } from './experiment/simulate.js';
export type { LatencySummary } from './metrics/latency.js';
export type { Outcome, RequestRecord } from './metrics/recorder.js';
export type { TimeSeries } from './metrics/series/time-series.js';
export { InputError, type InputProblem } from './scenario/input-error.js';
export { parseScenario } from './scenario/parse.js';
export type { Scenario, ScenarioInput } from './scenario/schema.js';
export { scenarioSchema } from './scenario/schema.js';
export { InvariantViolation } from './serving/invariants.js';
export { describeTrace, type TraceDescription } from './traffic/describe/describe.js';
export { type Fit, fitArrivals } from './traffic/fit/fit.js';
export { openTrace, traceFormat } from './traffic/traces/index.js';
export { VERSION } from './version.js';
