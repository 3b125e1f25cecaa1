/**
 * When requests come, whatever the system does. Arrival times rather than gaps, so that a regular process can give the
 * k-th arrival without adding up k rounding errors.
 */
export interface ArrivalProcess {
  /** Time of the next arrival, seconds since the start of the run; never decreases. The run itself starts with a gap. */
  next(): number;
}
