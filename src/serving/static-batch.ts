/**
 * Static batching: a batch is formed while nothing runs, closed, and run until its last answer has ended; nobody joins. An
 * instance waits for a full batch, but no longer than `maxWaitSeconds` after the first request that waits has come.
 */
export class StaticBatch {
  /** When the batch that is being collected is formed at the latest; NaN while none is. */
  deadline = Number.NaN;
  /** Places of the present batch whose requests have not been admitted yet. */
  private places = 0;

  constructor(
    private readonly maxSequences: number,
    private readonly maxWaitSeconds: number,
  ) {}

  /** Whether requests of the present batch are still to be admitted. */
  get isOpen(): boolean {
    return this.places > 0;
  }

  /**
   * Nothing runs and `waiting` requests wait, the first since `waitingSince`: forms a batch and returns true if it is time.
   * Otherwise there is a {@link deadline} to wake up at.
   */
  form(waiting: number, waitingSince: number, now: number): boolean {
    const latest = waitingSince + this.maxWaitSeconds;
    const due = waiting >= this.maxSequences || now >= latest;
    this.places = due ? Math.min(waiting, this.maxSequences) : 0;
    this.deadline = due ? Number.NaN : latest;
    return due;
  }

  /** A request of the batch has been admitted. */
  admitted(): void {
    this.places--;
  }

  /** Nobody else finds room in it. */
  close(): void {
    this.places = 0;
  }
}
