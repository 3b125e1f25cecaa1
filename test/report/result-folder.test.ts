import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultResultFolder, slug, writeResultFolder } from '../../src/report/result-folder.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { madeUpResult } from './made-up.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'goodput-results-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('a result folder', () => {
  it('holds the result, the scenario a series and two summaries', () => {
    const document = madeUpResult();
    writeResultFolder(join(root, 'new'), document);
    expect(readdirSync(join(root, 'new')).sort()).toEqual([
      'result.json',
      'scenario.yaml',
      'series.csv',
      'summary.csv',
      'summary.md',
    ]);
    expect(JSON.parse(readFileSync(join(root, 'new', 'result.json'), 'utf8')).summary).toEqual(document.summary);
  });

  it('holds a scenario that resolves to itself', () => {
    const document = madeUpResult('no: "yes" # [x]', [{ name: 'a', slo: { ttft: 0.0123 } }, { name: '- b' }]);
    writeResultFolder(root, document);
    const again = parseScenario(readFileSync(join(root, 'scenario.yaml'), 'utf8')).scenario;
    expect(again).toEqual(document.scenario);
  });
});

describe('the default folder', () => {
  const now = new Date('2026-08-01T12:30:05.678Z');

  it('is named after scenario and time', () => {
    expect(defaultResultFolder('Chat on 8 H200', now, root)).toBe(join(root, 'chat-on-8-h200', '2026-08-01T12-30-05Z'));
  });

  it('is never shared by two runs', () => {
    const first = defaultResultFolder('x', now, root);
    expect(defaultResultFolder('x', now, root)).toBe(`${first}-2`);
    expect(defaultResultFolder('x', now, root)).toBe(`${first}-3`);
  });

  it.each([
    ['../../etc', 'etc'],
    ['/abs/olute', 'abs-olute'],
    ['..', 'scenario'],
    ['日本', 'scenario'],
    ['Überlast!', 'uberlast'],
    ['a\\b:c', 'a-b-c'],
    ['x'.repeat(500), 'x'.repeat(60)],
  ])('of %s cannot leave results/', (name, expected) => expect(slug(name)).toBe(expected));
});
