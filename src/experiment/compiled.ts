import { type CompiledInstance, compileInstance, type InstanceOptions } from '../perf/index.js';

/** Instances that are kept: those of a set of claims or a sweep. Their tables take a quarter of a megabyte each. */
const MOST_KEPT = 64;

const kept = new Map<string, CompiledInstance>();

/**
 * A compiled instance, the same one for the same options: sweeps, comparisons and curves change demand and prices far more often
 * than engines, and compiling one takes as long as simulating some ten thousand requests. Nothing changes an instance later.
 *
 * @throws InputError where the model cannot be spread like that or does not fit
 */
export function compiledInstance(options: InstanceOptions): CompiledInstance {
  const { key: _, model, gpu, stack, ...rest } = options;
  const name = JSON.stringify([model, gpu, stack, rest]);
  const instance = kept.get(name) ?? compileInstance(options);
  // The one that was used last comes last.
  kept.delete(name);
  kept.set(name, instance);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string);
  return instance;
}
