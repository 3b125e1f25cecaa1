import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { InputError } from '../../src/scenario/input-error.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { scenarioFrom } from '../../src/scenario/validate.js';
import { FULL } from './minimal.js';

/** Runs something that may refuse its input, but only in the one way meant for users. */
function refusesPolitely(attempt: () => unknown): void {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const problem of error.problems) {
      expect(problem.message).not.toMatch(/undefined|\[object|something else|NaN(?!\))/);
      expect(problem.message.length).toBeLessThan(400);
    }
  }
}

const span = fc.tuple(fc.nat(FULL.length), fc.nat(40));
const snippet = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\t',
    '\n',
    ': ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '&a ',
    '*a',
    '!!set ',
    '? ',
    '|',
    '---\n',
    '.inf',
    '.nan',
    '~',
  ),
  fc.constantFrom('1e308', '-1', '0', '9007199254740993', '__proto__: ', 'constructor: ', '<<: ', '%YAML 1.1\n', '# '),
);
const edit = fc.oneof(
  fc.record({ kind: fc.constant('delete' as const), span }),
  fc.record({ kind: fc.constant('duplicate' as const), span }),
  fc.record({ kind: fc.constant('replace' as const), span, text: snippet }),
);

it('a mangled text either parses or is refused with an InputError', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
      let text = FULL;
      for (const change of edits) {
        const [start, length] = change.span;
        const cut = text.slice(start, start + length);
        const middle = change.kind === 'delete' ? '' : change.kind === 'duplicate' ? cut + cut : change.text;
        text = text.slice(0, start) + middle + text.slice(start + length);
      }
      refusesPolitely(() => parseScenario(text, { file: 'x.yaml' }));
    }),
    { numRuns: 400 },
  );
});

/** Every path into a value, leaves and branches. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(value).flatMap(([key, entry]) => pathsOf(entry, [...path, key])),
  ];
}

const paths = pathsOf(parseYaml(FULL));
const junk = fc.oneof(
  fc.anything({ withNullPrototype: true, withDate: true, withBigInt: true, withSet: true, withMap: true }),
  fc.constantFrom(
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0,
    1e308,
    -1,
    2 ** 53,
    '',
    '__proto__',
    'constructor',
    '5s',
    '3/s',
    null,
    undefined,
  ),
  fc.jsonValue(),
);

it('a mangled object either validates or is refused with an InputError', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...paths), junk), { minLength: 1, maxLength: 4 }), (changes) => {
      const root = parseYaml(FULL) as Record<string, unknown>;
      for (const [path, value] of changes) {
        let at: unknown = root;
        for (const part of path.slice(0, -1)) at = (at as Record<string, unknown> | undefined)?.[part] ?? {};
        if (typeof at === 'object' && at !== null && !Object.isFrozen(at))
          Object.assign(at, { [path.at(-1) ?? '']: value });
      }
      refusesPolitely(() => scenarioFrom(root));
    }),
    { numRuns: 400 },
  );
});

it('any override either applies or is refused with an InputError', () => {
  const path = fc.oneof(
    fc.constantFrom(...paths).map((parts) => parts.join('.')),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(path, fc.oneof(snippet, fc.json())), { maxLength: 3 }), (settings) => {
      refusesPolitely(() => parseScenario(FULL, { overrides: settings.map(([key, value]) => `${key}=${value}`) }));
    }),
    { numRuns: 300 },
  );
});

it('whatever parses, parses again to the same scenario once resolved', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...paths),
      fc.oneof(fc.nat(2000), fc.constantFrom('2s', '5/min', 'fp8', true)),
      (path, value) => {
        let first: string;
        try {
          first = JSON.stringify(parseScenario(FULL, { overrides: [`${path.join('.')}=${value}`] }).scenario);
        } catch (error) {
          if (error instanceof InputError) return;
          throw error;
        }
        expect(JSON.stringify(parseScenario(first).scenario)).toBe(first);
      },
    ),
    { numRuns: 150 },
  );
});
