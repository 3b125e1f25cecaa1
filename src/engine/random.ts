import seedrandom from 'seedrandom';

/** A source of uniform numbers in [0, 1) with 53 random bits. */
export type Random = () => number;

/**
 * A named random stream. Every purpose (`arrivals/chat`, `lengths/chat/input` ...) has its own, so that a change of the
 * fleet or of another class never shifts the numbers this one sees (common random numbers).
 *
 * @param seed scenario seed
 * @param replication replication number, 0 for a single run
 * @param name purpose of the stream
 * @example
 * const random = randomStream(42, 0, 'arrivals/chat');
 * const gapSeconds = -Math.log1p(-random()) / 12; // exponential gap at 12 requests per second
 */
export function randomStream(seed: number, replication: number, name: string): Random {
  // Alea passes BigCrush and is several times faster than seedrandom's default ARC4; double() fills all 53 bits.
  return seedrandom.alea(`${seed}/${replication}/${name}`).double;
}
