import type { Recorder } from '../../metrics/recorder.js';
import { PLACE, type RequestStore } from '../request-store.js';
import type { Timeline } from '../timeline.js';

/** What becomes of requests whose instance fails. */
export interface RecoveryOptions {
  /** How often a request that was being served is tried again; the next failure ends it. */
  retries: number;
  /**
   * `resume`: the tokens that the client has are kept, and prompt and answer so far are computed anew, as after a
   * preemption; `restart`: the answer begins anew, with a new first token.
   */
  recovery: 'resume' | 'restart';
}

/** What it needs of the factory around it. */
export interface RecoveryHost {
  readonly events: { readonly now: number };
  readonly store: RequestStore;
  readonly recorder: Recorder;
  readonly timeline: Timeline | undefined;
  /** Finds an instance for `row`. */
  route(row: number): void;
  /** `row` ends without having been served; `waited` if it is in no batch. */
  endUnserved(row: number, outcome: 'cancelled' | 'failed', waited: boolean): void;
}

/** Sends requests that lost their instance or their cache back to the front, as often as is allowed. */
export class Recovery {
  constructor(
    private readonly host: RecoveryHost,
    private readonly options: RecoveryOptions,
  ) {}

  /** `row` has lost its instance and all that this held for it; `waited` if it was not being served. */
  recover(row: number, waited: boolean): void {
    const { store, recorder, events } = this.host;
    if (store.leaving[row] === 1) {
      this.host.endUnserved(row, 'cancelled', waited);
      return;
    }
    if (!waited && store.retries[row] >= this.options.retries) {
      this.host.endUnserved(row, 'failed', waited);
      return;
    }
    if (!waited) {
      store.retries[row]++;
      recorder.retry(events.now);
    }
    if (this.options.recovery === 'restart' && store.producedTokens[row] > 0) this.forgetAnswer(row);
    this.sendBack(row);
  }

  /** The cache of `row`, whose prompt was computed, has been given up, as that of a request that is preempted. */
  computeAnew(row: number): void {
    const { store, recorder, events } = this.host;
    store.preemptions[row]++;
    recorder.returnToQueue(events.now);
    this.sendBack(row);
  }

  private sendBack(row: number): void {
    const { store, timeline, events } = this.host;
    store.instance[row] = PLACE.front;
    store.prefillTokens[row] = store.inputTokens[row] + store.producedTokens[row];
    store.prefillDone[row] = 0;
    store.reservedBlocks[row] = 0;
    timeline?.enter(row, 'front end', -1, events.now);
    this.host.route(row);
  }

  private forgetAnswer(row: number): void {
    const { store, recorder } = this.host;
    recorder.discard(store.firstTokenSeconds[row], store.inputTokens[row], store.producedTokens[row]);
    store.producedTokens[row] = 0;
    store.firstTokenSeconds[row] = Number.NaN;
    store.stalledSinceSeconds[row] = Number.NaN;
  }
}
