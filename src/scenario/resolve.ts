import { gpus, models, priceBooks } from '../catalog/index.js';
import type { InputProblem } from './input-error.js';
import { formatPath } from './key-path.js';
import { preview } from './problems.js';
import type { Scenario } from './schema.js';
import { didYouMean } from './suggest.js';

/** Names a scenario may use; the shipped catalog unless a test brings its own. */
export interface KnownNames {
  gpus: Readonly<Record<string, unknown>>;
  models: Readonly<Record<string, unknown>>;
  priceBooks: Readonly<Record<string, unknown>>;
}

/**
 * Names of a scenario that the catalog does not know: GPUs, model, price book.
 *
 * @returns one problem per unknown name; empty when all is well
 * @example
 * const problems = checkNames(scenario);
 * if (problems.length > 0) throw new InputError(problems.map(locate));
 */
export function checkNames(scenario: Scenario, known: KnownNames = { gpus, models, priceBooks }): InputProblem[] {
  const { factory, economics, plan } = scenario;
  const problems: InputProblem[] = [];
  const check = (
    kind: string,
    name: string | undefined,
    names: Readonly<Record<string, unknown>>,
    path: (string | number)[],
  ) => {
    if (name === undefined || Object.hasOwn(names, name)) return;
    problems.push({
      key: formatPath(path),
      message: `unknown ${kind}`,
      found: preview(name),
      allowed: Object.keys(names).join(', '),
      hint: didYouMean(name, Object.keys(names)),
    });
  };
  check('model', factory.model, known.models, ['factory', 'model']);
  factory.pools.forEach((pool, i) => {
    check('GPU', pool.gpu, known.gpus, ['factory', 'pools', i, 'gpu']);
  });
  plan?.gpus?.forEach((name, i) => {
    check('GPU', name, known.gpus, ['plan', 'gpus', i]);
  });
  check('price book', economics.prices, known.priceBooks, ['economics', 'prices']);
  for (const name of Object.keys(economics.gpuHour ?? {})) {
    check('GPU', name, known.gpus, ['economics', 'gpuHour', name]);
  }
  for (const name of Object.keys(economics.own?.gpu ?? {})) {
    check('GPU', name, known.gpus, ['economics', 'own', 'gpu', name]);
  }
  return problems;
}
