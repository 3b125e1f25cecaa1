import { gpuHourUsd } from '../../economics/prices.js';
import { InputError } from '../../scenario/input-error.js';
import { formatPath, type KeyPath } from '../../scenario/key-path.js';
import { parseScenario } from '../../scenario/parse.js';
import type { Scenario } from '../../scenario/schema.js';
import { isMapping } from '../../scenario/schema-walk.js';

/** A number of a scenario that can be made smaller and larger. */
export interface SensitivityInput {
  /** Place in the scenario, as for `--set`. */
  path: string;
  base: number;
}

/** Parts of a scenario whose numbers are inputs of the model. */
const PARTS = ['traffic', 'factory', 'economics'] as const;
/** Numbers of these are names of shapes rather than amounts: what is between them exists on no machine. */
const SHAPES = ['parallelism', 'quantiles', 'blockTokens'];

/**
 * Every number of a scenario with its defaults filled in that could have been another: demand, fleet, prices. The price of
 * an hour of each GPU counts, also where it comes from a price book.
 *
 * @example sensitivityInputs(scenario).map(({ path }) => path) // ['traffic[0].arrivals.rate', ...]
 */
export function sensitivityInputs(scenario: Scenario): SensitivityInput[] {
  const found: SensitivityInput[] = [];
  const visit = (value: unknown, path: KeyPath): void => {
    if (SHAPES.includes(String(path.at(-1)))) return;
    if (typeof value === 'number') {
      if (value !== 0 && Number.isFinite(value)) found.push({ path: formatPath(path), base: value });
    } else if (Array.isArray(value)) {
      value.forEach((entry, i) => {
        visit(entry, [...path, i]);
      });
    } else if (isMapping(value)) {
      for (const [key, entry] of Object.entries(value)) visit(entry, [...path, key]);
    }
  };
  for (const part of PARTS) visit(scenario[part], [part]);
  return [...found, ...bookPrices(scenario)];
}

/** Prices that the scenario leaves to its price book. */
function bookPrices({ factory, economics }: Scenario): SensitivityInput[] {
  if (economics.own !== undefined) return [];
  const names = new Set(factory.pools.map(({ gpu }) => gpu).filter((gpu) => gpu !== undefined));
  return [...names]
    .filter((gpu) => economics.gpuHour?.[gpu] === undefined)
    .map((gpu) => ({ path: formatPath(['economics', 'gpuHour', gpu]), base: gpuHourUsd(gpu, economics) }))
    .filter((input): input is SensitivityInput => input.base !== null && input.base > 0);
}

/**
 * The nearest value to `base * factor` that a scenario may have there: itself, or where it takes whole numbers, the next one
 * that differs from the base; undefined where there is none.
 *
 * @param text the scenario
 */
export function admissible(text: string, { path, base }: SensitivityInput, factor: number): number | undefined {
  const wanted = base * factor;
  const rounded = Math.round(wanted);
  const whole = rounded === base ? base + Math.sign(factor - 1) : rounded;
  return [wanted, whole].find((value) => isAllowed(text, `${path}=${value}`));
}

function isAllowed(text: string, setting: string): boolean {
  try {
    parseScenario(text, { overrides: [setting] });
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
