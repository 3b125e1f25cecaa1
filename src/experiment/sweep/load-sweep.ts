import { createHash } from 'node:crypto';
import { basename, dirname, resolve } from 'node:path';
import { readDocument, type TextDocument } from '../../scenario/document.js';
import { InputError, type InputProblem } from '../../scenario/input-error.js';
import { formatPath, type KeyPath, parsePath } from '../../scenario/key-path.js';
import { parseScenario } from '../../scenario/parse.js';
import { preview, problemsOf } from '../../scenario/problems.js';
import type { Scenario } from '../../scenario/schema.js';
import { isMapping } from '../../scenario/schema-walk.js';
import { type Sweep, type SweepAxis, sweepSchema } from '../../scenario/sweep-schema.js';
import { VERSION } from '../../version.js';
import { readText } from '../load-scenario.js';
import { namedFiles } from './named-files.js';
import type { PointTask } from './point-line.js';
import { axisName, enumeratePoints, type Place, type SweepPoint } from './points.js';
import type { ScenarioText } from './task.js';

/** Variants whose paths are looked at before the sweep begins. */
const MOST_VARIANTS = 20;

/** A sweep, ready to run. */
export interface LoadedSweep {
  name: string;
  /** Names of the columns that say what a point is, in order. */
  axes: { name: string; path: string }[];
  hasVariants: boolean;
  points: SweepPoint[];
  base: ScenarioText;
  /** `--set` of all points; those of a point come after them. */
  settings: readonly string[];
  /** Equal for equal sweeps: what decides whether results belong together. */
  fingerprint: string;
}

/**
 * Reads and checks a sweep file.
 *
 * @param settings `path=value` each, applied to the base scenario
 * @throws InputError when it or its base cannot be read, or it is no valid sweep
 * @example
 * const sweep = loadSweep('hopper-or-blackwell.yaml');
 * sweep.points.length; // 24
 */
export function loadSweep(path: string, settings: readonly string[] = []): LoadedSweep {
  const document = readSweepDocument(path);
  const sweep = validSweep(document, path);
  const place: Place = (problem, at) => ({
    ...problem,
    file: path,
    ...(at.length === 0 ? {} : { key: formatPath(at), ...document.position(at) }),
  });
  const base = baseOf(sweep, path, place);
  const points = enumeratePoints(sweep, place);
  checkPaths(sweep, points, base, settings, place);
  const { name: _, description: __, $schema: ___, ...grid } = sweep;
  return {
    name: sweep.name,
    axes: [...sweep.zip, ...sweep.axes].map((axis) => ({ name: axisName(axis), path: axis.path })),
    hasVariants: sweep.variants.length > 0,
    points,
    base,
    settings,
    fingerprint: createHash('sha256')
      .update(JSON.stringify([VERSION, { ...grid, base: base.text }, settings, filesOf(sweep, base, settings)]))
      .digest('hex')
      .slice(0, 16),
  };
}

/** The commonest slip: a bracket inside of `{ ... }` begins a list in YAML. */
function readSweepDocument(path: string): TextDocument {
  try {
    return readDocument(readText(path), path);
  } catch (error) {
    if (!(error instanceof InputError) || !error.message.includes('flow-seq-start')) throw error;
    const hint = 'inside of { } write a path with an index in quotes, such as "factory.pools[0].replicas"';
    throw new InputError({ ...error.problems[0], hint });
  }
}

/** The files that points name, with what they hold: results from before and after a change of one do not belong together. */
function filesOf({ axes, zip, variants }: Sweep, base: ScenarioText, settings: readonly string[]) {
  const part = (path: string, value: unknown) => [/([^.[\]]+)(\[\d+\])*$/.exec(path)?.[1], value] as const;
  return namedFiles(
    [
      part('', readDocument(base.text).value),
      ...settings.map((setting) => part(setting.split('=', 1)[0], valueIn(setting.slice(setting.indexOf('=') + 1)))),
      ...[...zip, ...axes].map(({ path, values }) => part(path, values)),
      ...variants.flatMap(({ set }) => Object.entries(set).map(([path, value]) => part(path, value))),
    ],
    base.baseDirectory,
  );
}

/** The value of `--set`; its text where that is none, which its points will say. */
function valueIn(text: string): unknown {
  try {
    return readDocument(text).value;
  } catch (error) {
    if (error instanceof InputError) return text;
    throw error;
  }
}

/** Whether a text is a sweep file and not a scenario; false where it is neither. */
export function looksLikeSweep(value: unknown): boolean {
  if (!isMapping(value) || 'traffic' in value || 'factory' in value) return false;
  return ['base', 'axes', 'zip', 'variants'].some((key) => key in value);
}

/** The run of one point. */
export function taskOf({ base, settings }: LoadedSweep, { index, variant, values, overrides }: SweepPoint): PointTask {
  return { ...base, overrides: [...settings, ...overrides], point: { index, variant, values } };
}

/** The scenario of a point, with all defaults filled in; undefined where it is no valid one, which its result will say. */
export function scenarioOfPoint(sweep: LoadedSweep, point: SweepPoint): Scenario | undefined {
  const { text, file, overrides } = taskOf(sweep, point);
  try {
    return parseScenario(text, { file, overrides }).scenario;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function validSweep({ value: root, position }: TextDocument, file: string): Sweep {
  if (!isMapping(root)) {
    throw new InputError({
      file,
      line: 1,
      column: 1,
      message: 'is not a sweep: the file must be a mapping with the keys base and axes, zip or variants',
      found: preview(root),
    });
  }
  if ('factory' in root && !('base' in root)) {
    throw new InputError({ file, message: 'is a scenario, not a sweep', hint: 'name it as base in a sweep file' });
  }
  const result = sweepSchema.safeParse({ name: nameFromFile(file), ...root });
  if (result.success) return result.data;
  throw new InputError(
    problemsOf(sweepSchema, result.error.issues, root).map(({ path, part, ...problem }) => ({
      ...problem,
      file,
      ...(problem.key === undefined ? {} : position(path, part)),
    })),
  );
}

function nameFromFile(file: string): string {
  const name = basename(file)
    .replace(/\.(ya?ml|json)$/i, '')
    .replace(/\p{Cc}/gu, ' ')
    .trim();
  return name === '' ? 'sweep' : name.slice(0, 200);
}

function baseOf({ base }: Sweep, file: string, place: Place): ScenarioText {
  const folder = dirname(resolve(file));
  // JSON is YAML; names of problems then are those of keys, since no line of the sweep file would fit.
  if (typeof base !== 'string') return { text: JSON.stringify(base), file: `${file} (base)`, baseDirectory: folder };
  const path = resolve(folder, base);
  const refuse = (message: string, hint?: string): never => {
    throw new InputError(place({ message, found: preview(base), hint }, ['base']));
  };
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const [{ message, hint }] = error.problems;
    return refuse(message, hint);
  }
  if (looksLikeSweep(readDocument(text, base).value)) {
    return refuse('is a sweep itself; points start from a scenario');
  }
  return { text, file: base, baseDirectory: dirname(path) };
}

/**
 * A path that leads nowhere would let every point fail. Values that cannot be simulated are another matter: those of
 * some points may be the question that a sweep asks.
 */
function checkPaths(
  sweep: Sweep,
  points: readonly SweepPoint[],
  base: ScenarioText,
  settings: readonly string[],
  place: Place,
): void {
  const found: InputProblem[] = [];
  const check = (axis: SweepAxis, at: KeyPath): void => {
    try {
      parsePath(axis.path);
    } catch (error) {
      if (error instanceof InputError) found.push(place({ ...error.problems[0], found: preview(axis.path) }, at));
    }
  };
  sweep.zip.forEach((axis, i) => {
    check(axis, ['zip', i, 'path']);
  });
  sweep.axes.forEach((axis, i) => {
    check(axis, ['axes', i, 'path']);
  });
  if (found.length === 0) {
    const firsts = [...new Map(points.toReversed().map((point) => [point.variant, point])).values()]
      .slice(-MOST_VARIANTS)
      .map((point) => ({ point, problems: complaintsAbout(point, base, settings) }));
    const ends = [
      ...firsts,
      ...points.slice(-1).map((point) => ({ problems: complaintsAbout(point, base, settings) })),
    ];
    for (const setting of settings) {
      const nowhere = ends.map(({ problems }) => problems.find((problem) => isNowhere(problem, setting)));
      if (nowhere[0] !== undefined && !nowhere.includes(undefined)) found.push(nowhere[0]);
    }
    const lists = [
      ...sweep.zip.map((axis, i) => ({ axis, at: ['zip', i, 'path'] })),
      ...sweep.axes.map((axis, i) => ({ axis, at: ['axes', i, 'path'] })),
    ];
    // Variants may differ in what their paths lead to, so one of them has to have the place of an axis.
    for (const { axis, at } of lists) {
      const nowhere = firsts.map(({ point, problems }) => leadsNowhere(axis.path, point, problems));
      const problem = nowhere[0];
      if (problem !== undefined && !nowhere.includes(undefined)) found.push(place(problem, at));
    }
    sweep.variants.forEach(({ name, set }, i) => {
      for (const { point, problems } of firsts.filter((first) => first.point.variant === name)) {
        for (const path of Object.keys(set)) {
          const problem = leadsNowhere(path, point, problems);
          if (problem !== undefined) found.push(place(problem, ['variants', i, 'set', path]));
        }
      }
    });
  }
  if (found.length > 0) throw new InputError(found);
}

/** What a scenario's schema finds wrong with a point. */
function complaintsAbout(
  point: SweepPoint,
  { text, file }: ScenarioText,
  settings: readonly string[],
): readonly InputProblem[] {
  try {
    parseScenario(text, { file, overrides: [...settings, ...point.overrides] });
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

/** Whether a problem is that the path of `--set` is none, or leads nowhere. */
function isNowhere({ file, message }: InputProblem, setting: string | undefined): boolean {
  if (file !== `--set ${setting}`) return false;
  return (
    message.startsWith('unknown key') ||
    /is a list|no such entry|has no keys|is no override|is not a path/.test(message)
  );
}

/** The problem of a path that a point sets where there is no such place; undefined where there is one. */
function leadsNowhere(path: string, point: SweepPoint, problems: readonly InputProblem[]): InputProblem | undefined {
  const own = point.overrides.findLast((setting) => setting.startsWith(`${path}=`));
  const problem = problems.find((each) => isNowhere(each, own));
  if (problem === undefined) return undefined;
  const { message, allowed, hint } = problem;
  return { message: `leads nowhere in the scenario: ${problem.key ?? path}: ${message}`, allowed, hint };
}
