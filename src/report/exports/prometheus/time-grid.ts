/** Cells of the grid; two neighbours become one when there would be more. */
const MOST_CELLS = 240;

/**
 * What happened when: amounts added up in cells of time that double in width whenever the run is longer than the grid.
 * Memory stays the same however long the run.
 */
export class TimeGrid {
  /** Seconds of a cell. */
  width = 1;
  /** Cells that were ever touched. */
  cells = 0;
  private readonly amounts: Float64Array;

  constructor(private readonly slots: number) {
    this.amounts = new Float64Array(slots * MOST_CELLS);
  }

  /** Adds an amount at a time. */
  add(slot: number, seconds: number, amount: number): void {
    const cell = this.cellOf(seconds);
    this.amounts[cell * this.slots + slot] += amount;
  }

  /** Adds an amount evenly over a stretch of time. */
  spread(slot: number, from: number, to: number, amount: number): void {
    const last = this.cellOf(to);
    const first = this.cellOf(from);
    if (first === last || to <= from) {
      this.add(slot, to, amount);
      return;
    }
    const rate = amount / (to - from);
    for (let cell = first; cell <= last; cell++) {
      const seconds = Math.min(to, (cell + 1) * this.width) - Math.max(from, cell * this.width);
      this.amounts[cell * this.slots + slot] += rate * seconds;
    }
  }

  /** Sum of everything up to the end of each cell. */
  cumulative(slot: number): number[] {
    const sums: number[] = [];
    let sum = 0;
    for (let cell = 0; cell < this.cells; cell++) {
      sum += this.amounts[cell * this.slots + slot];
      sums.push(sum);
    }
    return sums;
  }

  private cellOf(seconds: number): number {
    let cell = Math.floor(seconds / this.width);
    while (cell >= MOST_CELLS) {
      this.halve();
      cell = Math.floor(seconds / this.width);
    }
    this.cells = Math.max(this.cells, cell + 1);
    return cell;
  }

  private halve(): void {
    const { slots, amounts } = this;
    for (let cell = 0; cell < MOST_CELLS; cell++) {
      for (let slot = 0; slot < slots; slot++) {
        const amount = amounts[cell * slots + slot];
        amounts[cell * slots + slot] = 0;
        amounts[(cell >> 1) * slots + slot] += amount;
      }
    }
    this.width *= 2;
    this.cells = Math.ceil(this.cells / 2);
  }
}
