/**
 * The state of every request inside the factory, as columns of typed arrays. A request owns a row from its arrival to
 * its end; rows are reused, so memory follows the requests in flight, not the length of the run.
 */
export class RequestStore {
  /** Number of the request, in order of arrival. */
  id = new Float64Array(INITIAL_ROWS);
  classIndex = new Int32Array(INITIAL_ROWS);
  /** User of a closed loop. */
  user = new Int32Array(INITIAL_ROWS);
  /** Conversation or user that it belongs to, over all classes; -1 where that is not known. */
  session = new Float64Array(INITIAL_ROWS);
  arrivalSeconds = new Float64Array(INITIAL_ROWS);
  /** First admission into a batch; NaN before. */
  admittedSeconds = new Float64Array(INITIAL_ROWS);
  /** When its present prefill began. */
  prefillSinceSeconds = new Float64Array(INITIAL_ROWS);
  /** NaN before the first token. */
  firstTokenSeconds = new Float64Array(INITIAL_ROWS);
  /** Time of the last token before a preemption; NaN otherwise. */
  stalledSinceSeconds = new Float64Array(INITIAL_ROWS);
  inputTokens = new Int32Array(INITIAL_ROWS);
  /** True length of the answer. Nothing but the sampler that ends an answer may read it. */
  outputTokens = new Int32Array(INITIAL_ROWS);
  /** Answer tokens so far, up to date whenever the request is not decoding. */
  producedTokens = new Int32Array(INITIAL_ROWS);
  /** Tokens that the present prefill has to compute: the prompt, and after a preemption the answer so far. */
  prefillTokens = new Int32Array(INITIAL_ROWS);
  /** Of those, computed. */
  prefillDone = new Int32Array(INITIAL_ROWS);
  /** Step counter of the instance when the request began to decode, and its context then. */
  joinStep = new Float64Array(INITIAL_ROWS);
  joinContext = new Int32Array(INITIAL_ROWS);
  /** Step counter at which the last token comes. */
  finishStep = new Float64Array(INITIAL_ROWS);
  /** When it was delivered to its instance; kept up to date under static batching only. */
  queuedSeconds = new Float64Array(INITIAL_ROWS);
  /** Boundary of its instance from which on a queued request may be admitted. */
  readyBoundary = new Float64Array(INITIAL_ROWS);
  /** KV blocks reserved up front (`no-evict`), or held since admission (`preempt`, while it is prefilling). */
  reservedBlocks = new Int32Array(INITIAL_ROWS);
  /** Its chain of prefix units (see PrefixChains): where it begins in the pool, how many units, up to which token. */
  chainStart = new Int32Array(INITIAL_ROWS);
  chainUnits = new Int32Array(INITIAL_ROWS);
  chainTokens = new Int32Array(INITIAL_ROWS);
  /** Units at the start of the chain that it uses in the cache of its instance, and the blocks that it counts for them. */
  chainLength = new Int32Array(INITIAL_ROWS);
  sharedBlocks = new Int32Array(INITIAL_ROWS);
  /** Units that it still uses at the prefill instance which handed it over. */
  sourceChainLength = new Int32Array(INITIAL_ROWS);
  /** Prompt tokens that were in a cache at its first admission. */
  cachedTokens = new Int32Array(INITIAL_ROWS);
  /** Prefill instance that a request was handed over by, and the blocks that it still holds there. */
  sourceInstance = new Int32Array(INITIAL_ROWS);
  sourceBlocks = new Int32Array(INITIAL_ROWS);
  /** Decode instance that it is sent to. */
  targetInstance = new Int32Array(INITIAL_ROWS);
  preemptions = new Int32Array(INITIAL_ROWS);
  /** Instance where the request waits or runs; one of {@link PLACE} while it is at none. */
  instance = new Int32Array(INITIAL_ROWS);
  /** How often an instance failed under the request. */
  retries = new Int32Array(INITIAL_ROWS);
  /** 1 once its user has left, until it can be taken out of its batch. */
  leaving = new Int32Array(INITIAL_ROWS);
  /** Neighbours in the order of admission at its instance; -1 at the ends. */
  previous = new Int32Array(INITIAL_ROWS);
  next = new Int32Array(INITIAL_ROWS);
  /** Position in the finish heap of its instance; -1 while it is not decoding. */
  heapPosition = new Int32Array(INITIAL_ROWS);
  private free = new Int32Array(INITIAL_ROWS);
  private freeCount = 0;
  private used = 0;
  private rows = INITIAL_ROWS;

  /** Requests that hold a row. */
  get inUse(): number {
    return this.used - this.freeCount;
  }

  /** Takes a row for a new request. */
  add(
    id: number,
    classIndex: number,
    user: number,
    arrivalSeconds: number,
    inputTokens: number,
    outputTokens: number,
  ): number {
    const row = this.freeCount > 0 ? this.free[--this.freeCount] : this.used++;
    if (row >= this.rows) this.grow();
    this.id[row] = id;
    this.classIndex[row] = classIndex;
    this.user[row] = user;
    this.arrivalSeconds[row] = arrivalSeconds;
    this.admittedSeconds[row] = Number.NaN;
    this.firstTokenSeconds[row] = Number.NaN;
    this.stalledSinceSeconds[row] = Number.NaN;
    this.inputTokens[row] = inputTokens;
    this.outputTokens[row] = outputTokens;
    this.producedTokens[row] = 0;
    this.prefillTokens[row] = inputTokens;
    this.prefillDone[row] = 0;
    this.reservedBlocks[row] = 0;
    this.chainUnits[row] = 0;
    this.chainLength[row] = 0;
    this.sharedBlocks[row] = 0;
    this.cachedTokens[row] = 0;
    this.preemptions[row] = 0;
    this.instance[row] = PLACE.front;
    this.retries[row] = 0;
    this.leaving[row] = 0;
    this.heapPosition[row] = -1;
    return row;
  }

  /** Gives a row back. */
  release(row: number): void {
    this.id[row] = -1;
    this.free[this.freeCount++] = row;
  }

  /** Calls `visit` for every request that holds a row, oldest row number first. */
  forEach(visit: (row: number) => void): void {
    const isFree = new Uint8Array(this.used);
    for (let i = 0; i < this.freeCount; i++) isFree[this.free[i]] = 1;
    for (let row = 0; row < this.used; row++) if (isFree[row] === 0) visit(row);
  }

  private grow(): void {
    this.rows *= 2;
    for (const [name, column] of Object.entries(this)) {
      if (column instanceof Float64Array || column instanceof Int32Array) {
        const longer = column instanceof Float64Array ? new Float64Array(this.rows) : new Int32Array(this.rows);
        longer.set(column);
        (this as unknown as Record<string, Float64Array | Int32Array>)[name] = longer;
      }
    }
  }
}

/** Where a request is that is at no instance: before one, computed and waiting for a decode instance, or on its way there. */
export const PLACE = { front: -1, computed: -2, underWay: -3 } as const;

const INITIAL_ROWS = 1024;
