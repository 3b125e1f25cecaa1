import { type ComputedPrompts, computedPrompts } from './computed-prompts.js';
import type { Instance, InstanceHost } from './instance.js';
import { PLACE } from './request-store.js';
import { type TransferOptions, Transfers } from './transfers.js';

/**
 * From prefill to decode: computed prompts wait for a decode instance with room, which sets memory aside before the KV cache
 * is sent; the prefill instance keeps its copy until it has landed.
 */
export class Handover {
  /** Requests whose prompts are computed and that no decode instance has room for yet. */
  readonly waiting: ComputedPrompts;
  private readonly transfers: Transfers;

  /**
   * @param instances all of them, those that take requests from the front first
   * @param firstDecode position of the first decode instance among them
   * @param timer goes off when a transfer lands
   * @param options how caches are sent
   */
  constructor(
    private readonly host: InstanceHost,
    private readonly instances: readonly Instance[],
    private readonly firstDecode: number,
    timer: number,
    private readonly options: TransferOptions,
  ) {
    const ports = {
      all: Float64Array.from(instances, ({ pool }) => pool.portBytesPerSecond),
      oneFlow: Float64Array.from(instances, ({ pool }) => pool.flowBytesPerSecond ?? pool.portBytesPerSecond),
    };
    this.transfers = new Transfers(host.events, timer, ports, options.latencySeconds);
    const decoding = instances.slice(firstDecode);
    this.waiting = computedPrompts(options, decoding);
    for (const instance of decoding) if (instance.role !== 'decode') this.retire(instance);
  }

  /** Whether some decode instance could hold `row` if it were alone. */
  canEverHold(row: number): boolean {
    const { rolesChange } = this.options;
    for (let index = this.firstDecode; index < this.instances.length; index++) {
      const holds = this.instances[index].admission.canEverHold(row);
      // Whoever decodes when the prompt is computed must be able to take it.
      if (holds !== rolesChange) return holds;
    }
    return rolesChange;
  }

  /** A request whose prompt stays on the decode side has come to `instance`. */
  delivered(instance: Instance): void {
    this.waiting.delivered(instance.index - this.firstDecode, instance.load);
  }

  /** A request has left a decode instance. */
  ended(instance: Instance): void {
    this.waiting.ended(instance.index - this.firstDecode, instance.load);
  }

  /** A computed prompt that has to move. */
  add(row: number): void {
    this.waiting.pushBack(row);
    this.host.store.instance[row] = PLACE.computed;
    this.dispatch();
  }

  /** `instance`, a decode instance, takes requests from now on. */
  activate(instance: Instance): void {
    this.waiting.add(instance.index - this.firstDecode, instance.load);
  }

  /** `instance`, a decode instance, takes no further requests. */
  retire(instance: Instance): void {
    this.waiting.retire(instance.index - this.firstDecode);
  }

  /** `row` goes, waiting or under way: both sides give its memory back. */
  cancel(row: number): void {
    const { store } = this.host;
    if (store.instance[row] === PLACE.computed) {
      this.waiting.remove(row);
    } else {
      this.transfers.abort(row);
      const to = this.instances[store.targetInstance[row]];
      to.unreserve(row);
      this.ended(to);
    }
    this.instances[store.sourceInstance[row]].release(row);
  }

  /**
   * `failed` has lost its memory. Caches that were on their way to it are sent elsewhere, since their sources still hold
   * them; those that it held itself are gone.
   *
   * @param lost gets the requests whose caches are gone, in order of arrival
   */
  fail(failed: Instance, lost: (row: number) => void): void {
    const { store } = this.host;
    const gone: number[] = [];
    const stranded: number[] = [];
    store.forEach((row) => {
      const place = store.instance[row];
      if (place !== PLACE.computed && place !== PLACE.underWay) return;
      if (store.sourceInstance[row] === failed.index) gone.push(row);
      else if (place === PLACE.underWay && store.targetInstance[row] === failed.index) stranded.push(row);
    });
    const byArrival = (a: number, b: number) => store.id[a] - store.id[b];
    for (const row of gone.sort(byArrival)) {
      this.cancel(row);
      lost(row);
    }
    for (const row of stranded.sort(byArrival).reverse()) {
      this.transfers.abort(row);
      failed.landing.unreserve(row);
      store.instance[row] = PLACE.computed;
      this.waiting.pushFront(row);
    }
  }

  /**
   * `source` gives up the caches that it keeps and nobody has begun to fetch.
   *
   * @returns their requests, in order of arrival
   */
  abandon(source: Instance): number[] {
    const { store } = this.host;
    const rows: number[] = [];
    store.forEach((row) => {
      if (store.instance[row] === PLACE.computed && store.sourceInstance[row] === source.index) rows.push(row);
    });
    rows.sort((a, b) => store.id[a] - store.id[b]);
    for (const row of rows) this.cancel(row);
    return rows;
  }

  /** Sends waiting requests, in their order, to decode instances with room. */
  dispatch(): void {
    const { store } = this.host;
    for (let at = this.waiting.next(); at >= 0; at = this.waiting.next()) {
      const row = this.waiting.taken();
      const to = this.instances[this.firstDecode + at];
      const found = to.reserve(row);
      this.waiting.delivered(at, to.load);
      const from = this.instances[store.sourceInstance[row]];
      const bytes = (store.prefillTokens[row] - found) * to.pool.kvBytesPerToken + (to.pool.kvBytesPerRequest ?? 0);
      const sent = this.overlapSeconds(row);
      store.targetInstance[row] = to.index;
      store.instance[row] = PLACE.underWay;
      this.host.timeline?.enter(row, 'transfer', to.index, this.host.events.now);
      this.transfers.start(row, from.index, to.index, bytes, sent, bytes / this.options.layers);
    }
  }

  /**
   * Seconds for which the cache of `row` has been sent already, layer by layer while the next was being computed: all of its
   * prefill but the last layer's share. None where it had to wait for a place, since nobody was there to send it to.
   */
  private overlapSeconds(row: number): number {
    const { layers, layerWise } = this.options;
    const { store, events } = this.host;
    if (!layerWise || store.stalledSinceSeconds[row] !== events.now) return 0;
    return (events.now - store.prefillSinceSeconds[row]) * (1 - 1 / layers);
  }

  /** The timer went off; calls `landed` with the prefill instance of each request that has arrived. */
  land(landed: (from: Instance) => void): void {
    const { store } = this.host;
    for (let row = this.transfers.land(); row >= 0; row = this.transfers.land()) {
      const from = this.instances[store.sourceInstance[row]];
      from.release(row);
      this.host.timeline?.enter(row, 'landed', store.targetInstance[row], this.host.events.now);
      this.instances[store.targetInstance[row]].landed(row);
      landed(from);
    }
  }
}
