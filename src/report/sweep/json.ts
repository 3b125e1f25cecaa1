import type { PointResult } from '../../experiment/sweep/point-result.js';
import type { SweepManifest } from './folder.js';

/**
 * One JSON document with all points, in pieces: a long sweep is longer than a string may be.
 *
 * @example for (const piece of sweepJson(manifest, readSweepPoints(folder))) process.stdout.write(piece);
 */
export function* sweepJson(
  { version, name, axes, points: total, shard, scenario }: SweepManifest,
  points: Iterable<PointResult>,
): Generator<string> {
  const head = JSON.stringify({ version, name, axes, total, shard, scenario }, null, 2);
  yield `${head.slice(0, -2)},\n  "points": [`;
  let separator = '\n';
  for (const point of points) {
    yield `${separator}    ${JSON.stringify(point)}`;
    separator = ',\n';
  }
  yield '\n  ]\n}\n';
}
