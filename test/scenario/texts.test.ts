import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/scenario/input-error.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { MINIMAL } from './minimal.js';
import { problemsOf } from './problems-of.js';

describe('a text that is no scenario', () => {
  it.each([
    ['nothing', '', undefined, 'is empty'],
    ['only a comment', '# later\n', undefined, 'is empty'],
    ['a list', '- 1\n', 1, 'must be a mapping'],
    ['a word', 'hello', 1, 'must be a mapping'],
    ['a tab as indentation', 'traffic:\n\tx: 1', 2, 'tab'],
    ['an open bracket', 'name: [1\nseed: 2', 2, 'is not valid YAML'],
    ['an open quote', 'name: "x\n', 2, 'is not valid YAML'],
    ['a key given twice', 'seed: 1\nseed: 2', 2, 'seed: the same key stands twice'],
    ['a key given twice deep inside', 'a:\n  - { b: 1,\n      b: 2 }', 3, 'b: the same key stands twice'],
    ['two documents', 'seed: 1\n---\nseed: 2', 2, 'more than one YAML document'],
    ['an unknown alias', 'name: *nobody', 1, 'its aliases'],
    ['an alias of itself', 'name: &a [*a]', 1, 'nested too deeply'],
    ['a tagged date', 'name: !!timestamp 2026-01-01', 1, 'Unresolved tag'],
    ['a list as a key', '? [1, 2]\n: 3', 1, 'keys must be strings'],
    ['a prototype', '__proto__: { polluted: true }', 1, '__proto__: unknown key'],
    ['a NUL', 'name: a\nseed: \0', 2, 'U+0000'],
    ['bytes that are no text', 'PK\u0003\u0004', 1, 'is not a text file'],
    ['thousands of brackets', '['.repeat(20_000), undefined, 'nested too deeply'],
    ['thousands of nested lists', '- '.repeat(5000), 1, 'nested too deeply'],
    ['a hundred nested mappings', `${'{a: '.repeat(100)}1${'}'.repeat(100)}`, 1, 'nested too deeply'],
    ['two million characters', '#'.repeat(2_000_000), undefined, 'is too large for a scenario'],
  ])('%s', (_, text, line, fragment) => {
    const problems = problemsOf(text);
    expect(problems[0].file).toBe('chat.yaml');
    expect(problems[0].line).toBe(line);
    expect(new InputError(problems).message).toContain(fragment);
  });

  it('aliases that multiply', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg']) {
      bomb.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(', ')}]`);
    }
    expect(new InputError(problemsOf(bomb.join('\n'))).message).toContain('its aliases');
  });
});

describe('several mistakes', () => {
  it('are all reported at once, in the order of the file', () => {
    const text = MINIMAL.replace('12/s', 'fast').replace('value: 128', 'valu: 128').replace('tp: 4', 'tp: 0');
    expect(problemsOf(text).map(({ key, line }) => [key, line])).toEqual([
      ['traffic[0].arrivals.rate', 3],
      ['traffic[0].output.value', 5],
      ['traffic[0].output.valu', 5],
      ['factory.pools[0].parallelism.tp', 10],
    ]);
  });

  it('beyond twenty are only mentioned', () => {
    const problems = problemsOf(MINIMAL + Array.from({ length: 1000 }, (_, i) => `key${i}: 1\n`).join(''));
    expect(problems).toHaveLength(21);
    expect(problems[20]).toEqual({ file: 'chat.yaml', message: 'there are more problems after these' });
  });

  it('found long after parsing can still be located', () => {
    const { locate } = parseScenario(MINIMAL, { file: 'chat.yaml', overrides: ['factory.pools[0].parallelism.tp=8'] });
    expect(locate({ message: 'does not fit', key: 'factory.pools[0].gpu' })).toMatchObject({ line: 9, column: 12 });
    expect(locate({ message: 'is odd', key: 'factory.pools[0].parallelism.tp' })).toMatchObject({
      file: '--set factory.pools[0].parallelism.tp=8',
    });
    expect(locate({ message: 'of no place' })).toMatchObject({ file: 'chat.yaml' });
  });
});
