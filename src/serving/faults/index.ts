export { type Component, drawSeconds, type LifetimeLaw } from './component.js';
export { Faults } from './faults.js';
export { Recovery, type RecoveryHost, type RecoveryOptions } from './recovery.js';
export { components, type HardwareOptions, type IncidentOptions, type Reliability } from './topology.js';
