import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFiles, kindOf } from '../../src/experiment/check/find-files.js';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-find-'));
  for (const name of ['sub', '.git', 'node_modules']) mkdirSync(at(name));
  for (const name of ['b.yaml', 'a.yml', 'c.JSON', 'readme.md', 'sub/d.yaml', '.git/e.yaml', 'node_modules/f.yaml']) {
    writeFileSync(at(name), 'traffic: []');
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the files to check', () => {
  it('are all YAML and JSON files under a folder, in order, without hidden folders and node_modules', () => {
    expect(findFiles([folder]).map(({ path }) => path)).toEqual(
      ['a.yml', 'b.yaml', 'c.JSON', 'sub/d.yaml'].map((name) => at(name)),
    );
  });

  it('are counted once, and a file may be named itself', () => {
    const files = findFiles([at('b.yaml'), folder, at('sub')]);
    expect(files).toHaveLength(4);
    expect(files[0]).toEqual({ path: at('b.yaml'), named: true });
  });

  it.each([
    ['traffic: []', 'scenario'],
    ['base: x.yaml', 'sweep'],
    ['jobs: {}', 'other'],
    ['- 1', 'other'],
  ])('are told apart by their keys: %j is a %s', (text, kind) => {
    writeFileSync(at('kind.txt'), text);
    expect(kindOf(at('kind.txt'))).toBe(kind);
  });
});
