/** The instances that take requests, as a dense list: any of them can be drawn, and leave, in constant time. */
export class ActiveSet {
  private readonly members: Int32Array;
  private readonly positions: Int32Array;
  size: number;

  constructor(instances: number) {
    this.size = instances;
    this.members = Int32Array.from({ length: instances }, (_, index) => index);
    this.positions = this.members.slice();
  }

  /** The member at `position`, 0 to size - 1. */
  at(position: number): number {
    return this.members[position];
  }

  has(instance: number): boolean {
    return this.positions[instance] >= 0;
  }

  add(instance: number): void {
    if (!this.has(instance)) this.put(instance, this.size++);
  }

  remove(instance: number): void {
    if (!this.has(instance)) return;
    this.put(this.members[--this.size], this.positions[instance]);
    this.positions[instance] = -1;
  }

  private put(instance: number, position: number): void {
    this.members[position] = instance;
    this.positions[instance] = position;
  }
}
