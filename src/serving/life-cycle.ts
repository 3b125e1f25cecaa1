/** States of a replica's slot in its pool. */
export const LIFE = { off: 0, starting: 1, active: 2, draining: 3, down: 4, spare: 5 } as const;

/** Their names, by number. */
export const LIFE_STATES = ['off', 'starting', 'active', 'draining', 'down', 'spare'] as const;
export type LifeState = (typeof LIFE_STATES)[number];

/**
 * What a slot of a pool is doing, and for how long it has done so:
 *
 *     off -> starting -> active -> draining -> off      (planner)
 *     starting | active | spare -> down -> starting | spare | off      (faults; a draining one that fails is off)
 *
 * Only an active replica takes new requests. All states but `off` are provisioned GPUs.
 */
export class LifeCycle {
  state: number = LIFE.off;
  /** Seconds in each state inside the measured window, up to the last change. */
  readonly seconds = new Float64Array(LIFE_STATES.length);
  /** Stretches of the window in which the slot was provisioned, up to the last change. */
  readonly provisioned: { from: number; to: number }[] = [];
  /** Called before each change. */
  onEnter: ((state: number, now: number) => void) | undefined;
  private since = 0;

  /** @param windowStart seconds before this are not counted */
  constructor(private readonly windowStart: number) {}

  enter(state: number, now: number): void {
    this.passTime(now);
    this.onEnter?.(state, now);
    this.state = state;
  }

  /** Counts the time up to `now`. */
  passTime(now: number): void {
    const from = Math.max(this.since, this.windowStart);
    if (now > from) {
      this.seconds[this.state] += now - from;
      if (this.state !== LIFE.off) this.extend(from, now);
    }
    this.since = now;
  }

  private extend(from: number, to: number): void {
    const last = this.provisioned.at(-1);
    if (last !== undefined && last.to === from) last.to = to;
    else this.provisioned.push({ from, to });
  }

  /** Seconds in which the slot was provisioned, whatever it did, up to the last change. */
  get provisionedSeconds(): number {
    let total = 0;
    for (let state = LIFE.starting; state < this.seconds.length; state++) total += this.seconds[state];
    return total;
  }

  /** The same, up to `now`, which lies before the next change. */
  provisionedUntil(now: number): number {
    return this.provisionedSeconds + (this.state === LIFE.off ? 0 : this.sinceChange(now));
  }

  /** Seconds in one state, up to `now`, which lies before the next change. */
  secondsIn(state: number, now: number): number {
    return this.seconds[state] + (this.state === state ? this.sinceChange(now) : 0);
  }

  /** Seconds of the window since the last change. */
  private sinceChange(now: number): number {
    return Math.max(0, now - Math.max(this.since, this.windowStart));
  }
}
