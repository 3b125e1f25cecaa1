import type { Executor } from '../sweep/executor.js';
import { type CompareOptions, type Comparison, compareFleets } from './compare.js';
import { fleetsOf, loadComparison } from './comparison-file.js';
import { inItsPlace } from './places.js';

/**
 * Compares the fleets of a comparison file. Options win over what the file says.
 *
 * @throws InputError where the file or one of its fleets is wrong
 * @example const { curve } = await runComparisonFile('scenarios/hopper-vs-blackwell.yaml', poolExecutor());
 */
export function runComparisonFile(
  path: string,
  executor: Executor,
  { settings, replications, align, curve }: CompareOptions = {},
): Promise<Comparison> {
  const file = loadComparison(path);
  return inItsPlace(file.places, () =>
    compareFleets(fleetsOf(file, settings), executor, {
      name: file.name,
      replications,
      align: align ?? file.align,
      curve: curve ?? file.curve,
      expect: file.expect,
    }),
  );
}
