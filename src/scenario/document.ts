import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Scalar,
  type YAMLError,
} from 'yaml';
import { InputError, type InputProblem } from './input-error.js';
import { formatPath, type KeyPath } from './key-path.js';

/** Where something stands in a text, both counted from 1. */
export interface Position {
  line: number;
  column: number;
}

/** A YAML or JSON text, its value, and where in the text each part of the value stands. */
export interface TextDocument {
  value: unknown;
  /** Position of the value at `path` (or of its key's name), or of the nearest parent that exists. */
  position(path: KeyPath, part?: 'value' | 'key'): Position | undefined;
}

/** Real scenarios have a few thousand characters; the parser needs seconds per million. */
export const MOST_CHARACTERS = 1_000_000;
/** Deeper nesting than any scenario needs. */
const DEEPEST = 64;
/** Aliases may repeat parts of a scenario, but not blow it up. */
const MOST_ALIASES = 1000;
const MOST_SYNTAX_PROBLEMS = 5;

/**
 * Reads one YAML or JSON document.
 *
 * @param file name for messages
 * @throws InputError with line and column when it is none
 */
export function readDocument(text: string, file?: string): TextDocument {
  const refuse = (problem: InputProblem): never => {
    throw new InputError({ file, ...problem });
  };
  if (text.length > MOST_CHARACTERS) {
    refuse({
      message: 'is too large for a scenario',
      found: `${text.length} characters`,
      allowed: `up to ${MOST_CHARACTERS}`,
      hint: 'a trace or a list of lengths goes into a file of its own',
    });
  }
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const control = firstControlCharacter(text);
  if (control >= 0) {
    refuse({
      message: 'is not a text file: it contains a control character',
      found: `U+${text.charCodeAt(control).toString(16).padStart(4, '0').toUpperCase()}`,
      line: text.slice(0, control).split('\n').length,
      column: control - text.lastIndexOf('\n', control - 1),
      allowed: 'YAML or JSON in UTF-8',
    });
  }
  const depth = nestingOf(text);
  if (depth > MOST_BRACKETS)
    refuse({ message: `is nested too deeply: ${depth} open brackets`, allowed: `up to ${DEEPEST}` });

  const document = parseText(text, lines, refuse);
  const errors = [...document.errors, ...document.warnings];
  const problems =
    errors.length > 0
      ? errors.map((error) => syntaxProblem(error, at))
      : duplicates(document.contents).map((key) => duplicateKey(key, at));
  if (problems.length > 0) {
    // One slip makes the parser stumble over the same line several times.
    const byLine = new Map(problems.toReversed().map((problem) => [problem.line, problem]));
    const shown = [...byLine.values()].reverse().slice(0, MOST_SYNTAX_PROBLEMS);
    throw new InputError(shown.map((problem) => ({ file, ...problem })));
  }
  if (document.contents === null)
    refuse({ message: 'is empty', hint: 'a scenario needs at least traffic and factory' });
  const value = plainValue(document, refuse, at);
  return {
    value,
    position: (path, part = 'value') => {
      const offset = offsetOf(document, path, part);
      return offset === undefined ? undefined : at(offset);
    },
  };
}

/** Open brackets beyond which the text is not even parsed; the parser's work grows with the square of the depth. */
const MOST_BRACKETS = 1000;

/** Upper bound of the depth of brackets: quotes and comments are not looked at, so it can only be too high. */
function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 91 || code === 123) deepest = Math.max(deepest, ++depth);
    else if ((code === 93 || code === 125) && depth > 0) depth--;
  }
  return deepest;
}

/** Index of the first character that no text holds, or -1. */
function firstControlCharacter(text: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 127 || code === 0xfffd) return i;
  }
  return -1;
}

type Refuse = (problem: InputProblem) => never;

function parseText(text: string, lineCounter: LineCounter, refuse: Refuse): Document.Parsed {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      logLevel: 'error',
      stringKeys: true,
      // The parser compares every pair of keys; duplicates() looks each one up.
      uniqueKeys: false,
      // Types beyond those of JSON (dates, sets, binary) have no place in a scenario.
      resolveKnownTags: false,
      version: '1.2',
      schema: 'core',
    });
  } catch (error) {
    // The parser recurses into nested blocks.
    if (error instanceof RangeError)
      return refuse({ message: 'is nested too deeply', allowed: `up to ${DEEPEST} levels` });
    throw error;
  }
}

function syntaxProblem(error: YAMLError, at: (offset: number) => Position): InputProblem {
  const place = at(error.pos[0]);
  if (error.code === 'MULTIPLE_DOCS') {
    return { message: 'holds more than one YAML document', hint: 'keep one scenario per file', ...place };
  }
  if (error.code === 'RESOURCE_EXHAUSTION') {
    return { message: 'is nested too deeply', allowed: `up to ${DEEPEST} levels`, ...place };
  }
  if (error.code === 'TAB_AS_INDENT') return { message: 'a tab is used as indentation', hint: 'use spaces', ...place };
  return { message: `is not valid YAML: ${error.message.split('\n')[0].slice(0, 200)}`, ...place };
}

/** Keys that stand a second time in their mapping. */
function duplicates(node: unknown, found: Scalar[] = []): Scalar[] {
  if (isMap(node)) {
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      if (isScalar(key)) {
        if (seen.has(String(key.value))) found.push(key);
        seen.add(String(key.value));
      }
      duplicates(value, found);
    }
  } else if (isSeq(node)) {
    for (const item of node.items) duplicates(item, found);
  }
  return found;
}

function duplicateKey(key: Scalar, at: (offset: number) => Position): InputProblem {
  return {
    key: formatPath([String(key.value)]),
    message: 'the same key stands twice in one mapping',
    ...at(startOf(key) ?? 0),
  };
}

function plainValue(document: Document.Parsed, refuse: Refuse, at: (offset: number) => Position): unknown {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) {
      return refuse({ message: 'its aliases (*name) refer to themselves or repeat too much', line: 1, column: 1 });
    }
    throw error;
  }
  return unshared(value, [], (path, message) => {
    const offset = offsetOf(document, path, 'key');
    return refuse({ message, key: formatPath(path.slice(0, 5)), ...(offset === undefined ? {} : at(offset)) });
  });
}

/** A copy in which aliases no longer share objects, so that an override of one place leaves the others alone. */
function unshared(value: unknown, path: KeyPath, refuse: (path: KeyPath, message: string) => never): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (path.length > DEEPEST) return refuse(path, 'is nested too deeply');
  if (Array.isArray(value)) return value.map((entry, i) => unshared(entry, [...path, i], refuse));
  const copy: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    // JavaScript would take this key for the object's prototype.
    if (key === '__proto__') refuse([...path, key], 'unknown key');
    copy[key] = unshared(entry, [...path, key], refuse);
  }
  return copy;
}

/** Offset in the text of what `path` leads to, or of as much of it as exists. */
function offsetOf(document: Document.Parsed, path: KeyPath, part: 'value' | 'key'): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (let i = 0; i < path.length; i++) {
    const step = path[i];
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(step));
      if (pair === undefined) return offset;
      const keyOffset = startOf(pair.key) ?? offset;
      node = pair.value;
      // A mapping or an empty value is found by its key; a value that can be wrong in itself, by where it stands.
      const scalar = isScalar(node) && node.source !== '' && node.value !== null;
      offset = i === path.length - 1 && part === 'value' && (scalar || isFlow(node)) ? startOf(node) : keyOffset;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(step)];
      if (item === undefined) return offset;
      node = item;
      offset = startOf(item) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function isFlow(node: unknown): boolean {
  return (isMap(node) || isSeq(node)) && node.flow === true;
}

function startOf(node: unknown): number | undefined {
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
  return range?.[0];
}
