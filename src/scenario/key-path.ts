import { InputError } from './input-error.js';

/** The way to a value: keys of mappings and indices of lists. */
export type KeyPath = readonly (string | number)[];

const PLAIN_KEY = /^[\w$-]+$/;

/**
 * Writes a path the way it is written in messages.
 *
 * @example formatPath(['factory', 'pools', 0, 'gpu']) // 'factory.pools[0].gpu'
 */
export function formatPath(path: KeyPath): string {
  return path
    .map((part, i) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!PLAIN_KEY.test(part)) return `[${JSON.stringify(part)}]`;
      return i === 0 ? part : `.${part}`;
    })
    .join('');
}

const SEGMENT = /\.?([^.[\]"]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;

/**
 * Reads a path back: `factory.pools[0].gpu`, `factory.pools.0.gpu` or `economics.gpuHour["h100.x"]`. Digits without
 * brackets stay strings, since only the document knows whether they name a key or an index.
 *
 * @example parsePath('factory.pools[0].gpu') // ['factory', 'pools', 0, 'gpu']
 */
export function parsePath(text: string): (string | number)[] {
  const path: (string | number)[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < text.length) {
    const start = SEGMENT.lastIndex;
    const match = SEGMENT.exec(text);
    const wantsDot = match?.[1] !== undefined && (start === 0) === match[0].startsWith('.');
    if (match === null || wantsDot) {
      throw new InputError({
        message: 'is not a path into a scenario',
        found: JSON.stringify(text.slice(0, 60)),
        allowed: 'keys joined by dots and indices in brackets, such as factory.pools[0].replicas',
      });
    }
    path.push(match[1] ?? (match[2] === undefined ? unquote(match[3]) : Number(match[2])));
  }
  return path;
}

function unquote(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}
