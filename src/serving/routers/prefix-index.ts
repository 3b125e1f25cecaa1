import { IntMap } from '../../engine/int-map.js';
import type { PrefixChains } from '../prefix-chains.js';
import type { RequestStore } from '../request-store.js';

/**
 * Which instances hold which prefix, kept up by what their caches report: a set of instances per unit, as bits. Finding how much
 * of a prompt every instance holds takes one look per unit and 32 instances, and stops where nobody goes on.
 */
export class PrefixIndex {
  /** By instance, after {@link lookUp}: units at the start of the prompt that it holds. */
  readonly overlap: Int32Array;
  private readonly words: number;
  private readonly alive: Int32Array;
  private readonly slotOf = new IntMap();
  /** `words` numbers of 32 instances for each unit. */
  private holders: Int32Array;
  private used = 0;
  private readonly free: number[] = [];
  /** Reports since the last refresh: unit and instance, and whether it was stored (1) or removed (0). */
  private readonly pending: number[] = [];

  /** @param isDelayed whether reports are seen only after {@link refresh} */
  constructor(
    instances: number,
    private readonly isDelayed: boolean,
  ) {
    this.words = Math.ceil(instances / 32);
    this.overlap = new Int32Array(instances);
    this.alive = new Int32Array(this.words);
    this.holders = new Int32Array(64 * this.words);
  }

  /** Units that somebody holds. */
  get size(): number {
    return this.slotOf.size;
  }

  /** `instance` has stored a unit, or removed it. */
  report(id: number, instance: number, stored: boolean): void {
    if (this.isDelayed) this.pending.push(id, instance, stored ? 1 : 0);
    else this.apply(id, instance, stored);
  }

  /** Takes note of everything that was reported. */
  refresh(): void {
    const { pending } = this;
    for (let i = 0; i < pending.length; i += 3) this.apply(pending[i], pending[i + 1], pending[i + 2] === 1);
    pending.length = 0;
  }

  /** Finds how many units of the prompt of `row` each instance holds. */
  lookUp(row: number, store: RequestStore, chains: PrefixChains): void {
    const { words, alive, overlap } = this;
    overlap.fill(0);
    const start = store.chainStart[row];
    const units = store.chainUnits[row];
    let held = 0;
    for (; held < units && chains.end(row, held) <= store.prefillTokens[row]; held++) {
      const slot = this.slotOf.get(chains.ids[start + held]);
      if (slot < 0 || !this.narrow(slot * words, held)) break;
    }
    // Those who hold all of it, or all that anybody holds.
    if (held > 0) for (let word = 0; word < words; word++) this.settle(word, alive[word], held);
  }

  /** Keeps those alive who hold the `held`-th unit too, and notes how far the others came; returns whether any is left. */
  private narrow(at: number, held: number): boolean {
    const { words, alive, holders } = this;
    let left = 0;
    if (held > 0) {
      for (let word = 0; word < words; word++) left |= alive[word] & holders[at + word];
      // The last ones are noted by whoever called.
      if (left === 0) return false;
    }
    for (let word = 0; word < words; word++) {
      const still = held === 0 ? holders[at + word] : alive[word] & holders[at + word];
      if (held > 0 && still !== alive[word]) this.settle(word, alive[word] & ~still, held);
      alive[word] = still;
    }
    return true;
  }

  /** The instances of `bits` hold `units` units. */
  private settle(word: number, bits: number, units: number): void {
    for (let rest = bits; rest !== 0; rest &= rest - 1) this.overlap[32 * word + 31 - Math.clz32(rest & -rest)] = units;
  }

  private apply(id: number, instance: number, stored: boolean): void {
    const { words } = this;
    let slot = this.slotOf.get(id);
    if (slot < 0) {
      if (!stored) return;
      slot = this.free.pop() ?? this.used++;
      if ((slot + 1) * words > this.holders.length) {
        const longer = new Int32Array(2 * this.holders.length);
        longer.set(this.holders);
        this.holders = longer;
      }
      this.slotOf.set(id, slot);
    }
    const at = slot * words + (instance >>> 5);
    if (stored) {
      this.holders[at] |= 1 << (instance & 31);
      return;
    }
    this.holders[at] &= ~(1 << (instance & 31));
    for (let word = slot * words; word < (slot + 1) * words; word++) if (this.holders[word] !== 0) return;
    this.slotOf.delete(id);
    this.free.push(slot);
  }
}
