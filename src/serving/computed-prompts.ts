import type { Instance } from './instance.js';
import { RequestQueue } from './request-queue.js';
import { LeastLoaded } from './routers/least-loaded.js';
import { RoundRobin } from './routers/round-robin.js';
import { routingWeights } from './routers/weights.js';
import type { TransferOptions } from './transfers.js';

/**
 * How computed prompts find their decode instance: the least loaded with room takes the first of one line, or each is given
 * to the next instance in turn, whether that has room or not, and waits there.
 */
export type HandoverRouting = 'least-loaded' | 'round-robin';

/** Computed prompts that wait for a place on a decode instance. Instances are counted from the first decode instance. */
export interface ComputedPrompts {
  readonly length: number;
  /** The last to come. */
  pushBack(row: number): void;
  /** One that had its turn and lost it. */
  pushFront(row: number): void;
  remove(row: number): void;
  /** Instance that takes the request {@link taken} now, or -1: nobody who waits finds room. */
  next(): number;
  /** The request that `next` has found a place for. */
  taken(): number;
  /** The load of an instance has changed by a request that it got, or that has left. */
  delivered(instance: number, load: number): void;
  ended(instance: number, load: number): void;
  /** An instance takes requests from now on, or takes no further ones. */
  add(instance: number, load: number): void;
  retire(instance: number): void;
}

/** The line that a routing asks for. */
export function computedPrompts(
  { routing, frontends = 1, random }: Pick<TransferOptions, 'routing' | 'frontends' | 'random'>,
  decoding: readonly Instance[],
): ComputedPrompts {
  return routing === 'round-robin'
    ? new LinePerInstance(decoding, new RoundRobin(decoding.length, frontends, frontends > 1 ? random : undefined))
    : new OneLine(decoding);
}

/** One line for all decode instances: whoever is first goes to the least loaded one with room. */
class OneLine implements ComputedPrompts {
  private readonly line = new RequestQueue();
  private readonly router: LeastLoaded;

  constructor(private readonly decoding: readonly Instance[]) {
    this.router = new LeastLoaded(routingWeights(decoding.map(({ pool }) => ({ ...pool, role: 'decode' as const }))));
  }

  get length(): number {
    return this.line.length;
  }

  pushBack(row: number): void {
    this.line.pushBack(row);
  }

  pushFront(row: number): void {
    this.line.pushFront(row);
  }

  remove(row: number): void {
    this.line.remove(row);
  }

  next(): number {
    if (this.line.length === 0) return -1;
    const picked = this.router.pick();
    if (picked < 0) return -1;
    const row = this.line.front;
    if (this.decoding[picked].admission.canReserve(row)) return picked;
    let best = -1;
    for (let index = 0; index < this.decoding.length; index++) {
      const instance = this.decoding[index];
      if (!instance.isActive || instance.role !== 'decode') continue;
      if ((best < 0 || instance.load < this.decoding[best].load) && instance.admission.canReserve(row)) best = index;
    }
    return best;
  }

  taken(): number {
    return this.line.popFront();
  }

  delivered(instance: number, load: number): void {
    this.router.delivered(instance, load);
  }

  ended(instance: number, load: number): void {
    this.router.ended(instance, load);
  }

  add(instance: number, load: number): void {
    this.router.add(instance, load);
  }

  retire(instance: number): void {
    this.router.remove(instance);
  }
}

/** A line for each decode instance; prompts join one as they are computed, and stay. */
class LinePerInstance implements ComputedPrompts {
  length = 0;
  private readonly lines: RequestQueue[];
  /** Prompts that were computed while no instance took any. */
  private readonly astray = new RequestQueue();
  private found = -1;

  constructor(
    private readonly decoding: readonly Instance[],
    private readonly router: RoundRobin,
  ) {
    this.lines = decoding.map(() => new RequestQueue());
  }

  pushBack(row: number): void {
    this.length++;
    this.lineFor(row).pushBack(row);
  }

  pushFront(row: number): void {
    this.length++;
    this.lineFor(row).pushFront(row);
  }

  remove(row: number): void {
    this.length--;
    for (const line of [...this.lines, this.astray]) if (line.remove(row)) return;
  }

  next(): number {
    if (this.length === 0) return -1;
    this.found = this.lines.findIndex(
      (line, index) => line.length > 0 && this.decoding[index].admission.canReserve(line.front),
    );
    return this.found;
  }

  taken(): number {
    this.length--;
    return this.lines[this.found].popFront();
  }

  delivered(): void {}

  ended(): void {}

  add(instance: number): void {
    this.router.add(instance);
    this.move(this.astray);
  }

  retire(instance: number): void {
    this.router.remove(instance);
    this.move(this.lines[instance]);
  }

  /** The line that `row` joins, of an instance whose memory is large enough. */
  private lineFor(row: number): RequestQueue {
    const { router, decoding, lines } = this;
    for (let tries = decoding.length; tries > 0; tries--) {
      const picked = router.pick();
      if (picked < 0) break;
      router.delivered();
      if (decoding[picked].admission.canEverHold(row)) return lines[picked];
    }
    return this.astray;
  }

  /** Gives those who wait in `line` to the instances that take requests. */
  private move(line: RequestQueue): void {
    for (let left = line.length; left > 0; left--) {
      const row = line.popFront();
      this.lineFor(row).pushBack(row);
    }
  }
}
