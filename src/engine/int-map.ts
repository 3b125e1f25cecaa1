/**
 * From whole numbers of 0 to 2^31 - 1 to whole numbers, in typed arrays: open addressing with linear probing, which moves
 * what follows a removed key back, so that no mark of it stays.
 *
 * @example
 * const map = new IntMap();
 * map.set(42, 7);
 * map.get(42); // 7
 * map.get(43); // -1
 */
export class IntMap {
  size = 0;
  private keys = new Int32Array(64).fill(FREE);
  private values = new Int32Array(64);

  /** The value of `key`, or -1. */
  get(key: number): number {
    const { keys } = this;
    const mask = keys.length - 1;
    for (let at = home(key) & mask; ; at = (at + 1) & mask) {
      if (keys[at] === key) return this.values[at];
      if (keys[at] === FREE) return -1;
    }
  }

  set(key: number, value: number): void {
    if (2 * this.size >= this.keys.length) this.grow();
    const { keys } = this;
    const mask = keys.length - 1;
    let at = home(key) & mask;
    while (keys[at] !== FREE && keys[at] !== key) at = (at + 1) & mask;
    if (keys[at] === FREE) this.size++;
    keys[at] = key;
    this.values[at] = value;
  }

  delete(key: number): void {
    const { keys, values } = this;
    const mask = keys.length - 1;
    let hole = home(key) & mask;
    while (keys[hole] !== key) {
      if (keys[hole] === FREE) return;
      hole = (hole + 1) & mask;
    }
    this.size--;
    for (let at = (hole + 1) & mask; keys[at] !== FREE; at = (at + 1) & mask) {
      // What sits between its home and here may move back to the hole if its home is not behind it.
      if (((at - home(keys[at])) & mask) < ((at - hole) & mask)) continue;
      keys[hole] = keys[at];
      values[hole] = values[at];
      hole = at;
    }
    keys[hole] = FREE;
  }

  private grow(): void {
    const { keys, values } = this;
    this.keys = new Int32Array(2 * keys.length).fill(FREE);
    this.values = new Int32Array(2 * keys.length);
    this.size = 0;
    for (let at = 0; at < keys.length; at++) if (keys[at] !== FREE) this.set(keys[at], values[at]);
  }
}

const FREE = -1;

/** Where a key would like to be, before the mask: neighbours are spread. */
function home(key: number): number {
  const h = Math.imul(key, 0x9e3779b1);
  return h ^ (h >>> 15);
}
