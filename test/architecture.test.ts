import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { VERSION } from '../src/version.js';

/** Ground floor first: a file may import its own floor and those before it. */
const FLOORS = [
  'engine',
  'catalog',
  'scenario',
  'perf',
  'traffic',
  'metrics',
  'serving',
  'economics',
  'experiment',
  'report',
  'cli',
];
const WITHOUT_NODE = FLOORS.slice(0, FLOORS.indexOf('experiment'));
const root = path.resolve(import.meta.dirname, '../src');

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file.includes(path.sep))
  .map((file) => ({ file, floor: file.split(path.sep)[0], text: readFileSync(path.join(root, file), 'utf8') }));

const imports = (text: string) => [...text.matchAll(/(?:from|import)\s+'([^']+)'/g)].map((match) => match[1]);

describe('the house', () => {
  it('has only floors that it names', () => {
    expect(files.map(({ floor }) => floor).filter((floor) => !FLOORS.includes(floor))).toEqual([]);
  });

  it('lets no floor import a higher one', () => {
    const wrong = files.flatMap(({ file, floor, text }) =>
      imports(text)
        .filter((target) => target.startsWith('..'))
        .map((target) => path.relative(root, path.resolve(root, path.dirname(file), target)).split(path.sep)[0])
        .filter((target) => FLOORS.includes(target) && FLOORS.indexOf(target) > FLOORS.indexOf(floor))
        .map((target) => `${file} imports ${target}/`),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps Node out of the floors that run in a browser', () => {
    const wrong = files.filter(
      ({ floor, text }) => WITHOUT_NODE.includes(floor) && imports(text).some((target) => target.startsWith('node:')),
    );
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });
});

it('the version in the code is that of package.json', () => {
  expect(VERSION).toBe(packageJson.version);
});
