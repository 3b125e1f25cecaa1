import type { z } from 'zod';
import type { InputProblem } from './input-error.js';
import { formatPath, type KeyPath } from './key-path.js';
import type { Accepted } from './quantities.js';
import { child, isMapping, type Place, placeAt } from './schema-walk.js';
import { didYouMean } from './suggest.js';

/** Beyond these, further problems are only mentioned. */
const MOST_PROBLEMS = 20;

/** A problem together with the way to what it is about: a value, or a key that should not be there. */
export interface PlacedProblem extends InputProblem {
  path: KeyPath;
  part: 'value' | 'key';
}

/**
 * Puts the issues of a failed validation into the words of the file: which key, what was found, what is allowed.
 *
 * @param input what was validated
 */
export function problemsOf(
  schema: z.core.$ZodType,
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
): PlacedProblem[] {
  const problems = new Map<string, PlacedProblem>();
  for (const issue of issues) {
    for (const problem of explain(schema, issue, input)) {
      if (problems.size === MOST_PROBLEMS) {
        return [...problems.values(), { message: 'there are more problems after these', path: [], part: 'value' }];
      }
      // One value can break several checks of its schema (whole number, range); one message says what is allowed.
      const key = `${problem.key} ${problem.allowed ?? problem.message}`;
      if (!problems.has(key)) problems.set(key, problem);
    }
  }
  return [...problems.values()];
}

function explain(
  schema: z.core.$ZodType,
  issue: z.core.$ZodIssue,
  input: unknown,
  base: KeyPath = [],
): PlacedProblem[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  const value = path.reduce<unknown>(child, input);
  const place = placeAt(schema, path, input);
  const problem = (words: Omit<InputProblem, 'key'>, at: KeyPath = path): PlacedProblem => ({
    ...words,
    key: shorten(formatPath(at), 200),
    path: at,
    part: at === path ? 'value' : 'key',
  });

  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MOST_PROBLEMS + 1).map((key) => problem(unknownKey(key, place, value), [...path, key]));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = meantBranch(issue.errors);
    // Where no member got further than the value itself, the field's own description says more.
    if (branch.some(depth)) return branch.flatMap((inner) => explain(schema, inner, input, path));
  }
  if (issue.code === 'custom' && issue.params?.range !== true) {
    const found = value === undefined || typeof value === 'object' ? undefined : preview(value);
    return [problem({ message: issue.message, found })];
  }
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
    return [problem(chosenWord(value, issue.options.map(String)))];
  }
  return [problem(fieldProblem(issue, value, place))];
}

function unknownKey(key: string, place: Place | undefined, parent: unknown): Omit<InputProblem, 'key'> {
  const keys = place?.keys ?? [];
  const variant = place?.variant;
  const word = variant === undefined ? undefined : child(parent, variant.discriminator);
  const takers = [...(variant?.others ?? [])].filter(([, others]) => others.includes(key)).map(([name]) => name);
  const unused = keys.filter((candidate) => child(parent, candidate) === undefined);
  return {
    message: word === undefined ? 'unknown key' : `unknown key where ${variant?.discriminator} is ${String(word)}`,
    allowed: keys.join(', '),
    hint:
      takers.length > 0
        ? `it belongs to ${variant?.discriminator}: ${takers.join(' or ')}`
        : (didYouMean(key, unused) ?? didYouMean(key, keys)),
  };
}

function chosenWord(
  value: unknown,
  words: readonly string[],
  notYet: readonly unknown[] = [],
): Omit<InputProblem, 'key'> {
  const allowed = words.join(', ');
  if (value === undefined) return { message: 'is missing', allowed };
  if (value === null) return { message: 'is empty', allowed };
  const found = preview(value);
  if (notYet.includes(value)) return { message: 'is not simulated yet', found, allowed };
  const hint = typeof value === 'string' ? didYouMean(value, words) : undefined;
  return { message: 'is not one of the allowed words', found, allowed, hint };
}

function fieldProblem(issue: z.core.$ZodIssue, value: unknown, place: Place | undefined): Omit<InputProblem, 'key'> {
  const accepts: Accepted = place?.accepts ?? { is: 'left out' };
  if (issue.code === 'invalid_value' && accepts.is !== 'false') {
    return chosenWord(value, issue.values.map(String), accepts.notYet);
  }
  if (value === undefined) return { message: 'is missing', allowed: accepts.allowed ?? accepts.is };
  if (value === null) return { message: 'is empty', allowed: accepts.allowed ?? accepts.is };
  const found = preview(value);
  if (accepts.notYet?.includes(value)) return { message: 'is not simulated yet', found, allowed: accepts.allowed };
  if (issue.code === 'custom') return { message: issue.message, found, allowed: accepts.allowed };
  if (issue.code === 'too_big' || issue.code === 'too_small') {
    const what = issue.code === 'too_big' ? `at most ${issue.maximum}` : `at least ${issue.minimum}`;
    if (Array.isArray(value)) return { message: `must have ${what} entries`, found };
    return { message: 'is out of range', found, allowed: accepts.allowed ?? what };
  }
  return { message: `must be ${accepts.is}`, found, allowed: accepts.allowed };
}

/** How far into the value an issue lies; an unknown key lies one deeper than its path says. */
function depth(issue: z.core.$ZodIssue): number {
  return issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0);
}

/** The member of a union that got furthest into the value: the one the user meant. */
function meantBranch(branches: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] {
  const reach = (branch: z.core.$ZodIssue[]) => Math.max(...branch.map(depth));
  return branches.reduce((best, branch) => (reach(branch) > reach(best) ? branch : best));
}

/** A value as it is quoted in a message, at most about 60 characters. */
export function preview(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isMapping(value)) {
    const keys = Object.keys(value);
    return keys.length === 0 ? 'an empty mapping' : shorten(`a mapping with ${keys.slice(0, 5).join(', ')}`);
  }
  return typeof value === 'string' ? shorten(JSON.stringify(value.slice(0, 100))) : String(value);
}

function shorten(text: string, most = 60): string {
  return text.length <= most ? text : `${text.slice(0, most - 3)}...`;
}
