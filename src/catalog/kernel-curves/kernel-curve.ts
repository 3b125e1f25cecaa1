/** Efficiency curve of one operation, fitted to the kernel timings of one GPU, stack and data type. */
export interface KernelCurve {
  /** As in `perf/curves/forms.ts`, which says what the coefficients mean and how they are bounded. */
  readonly operation: string;
  /** Number format, `compute/cache` formats, or collective. */
  readonly type: string;
  readonly gpu: string;
  /** Serving stack whose kernels were timed; `nccl` for the library itself. */
  readonly stack: string;
  readonly stackVersion: string;
  /** Shapes with a timing; one in five was kept out of the fit. */
  readonly shapes: number;
  /** Mean and median relative error on the shapes kept out. */
  readonly meanError: number;
  readonly medianError: number;
  readonly coefficients: Readonly<Record<string, number>>;
}
