export { FORECASTS, type ForecastName } from './forecasts/index.js';
export { LoadPolicy, type LoadThresholds } from './load.js';
export { FrontCounters, type Observation } from './observation.js';
export { Planner, type PoolPlan } from './planner.js';
export type { PlannerPolicy } from './policy.js';
export { type ScheduleEntry, SchedulePolicy } from './schedule.js';
export type { Engine, Targets } from './sizing.js';
export { type ThroughputOptions, ThroughputPolicy } from './throughput.js';
