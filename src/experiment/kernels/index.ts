export {
  calibrateKernels,
  type KernelCalibration,
  type KernelCalibrationOptions,
  type KernelNote,
} from './calibrate.js';
export { curvesFromJson, curvesToJson, writeCatalogFiles } from './curve-files.js';
export { errorsByOperation, type OperationError } from './error-report.js';
export { fitCurve, type Timing } from './fit-curve.js';
export { findTables, type TableFile } from './tree.js';
