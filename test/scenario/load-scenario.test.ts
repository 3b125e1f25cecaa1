import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../src/experiment/load-scenario.js';
import { MINIMAL } from './minimal.js';

let folder: string;
const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-load-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('loading a scenario file', () => {
  it('gives the scenario and the folder its relative paths start from', () => {
    const path = write('chat.yaml', MINIMAL);
    const { scenario, baseDirectory } = loadScenario(path, { overrides: ['seed=7'] });
    expect(scenario.seed).toBe(7);
    expect(baseDirectory).toBe(folder);
  });

  it('reads a file with a byte order mark and Windows line ends', () => {
    const path = write('windows.yaml', `\uFEFF${MINIMAL.replaceAll('\n', '\r\n')}`);
    expect(loadScenario(path).scenario.name).toBe('chat');
  });

  it('points to the line of a name that the catalog does not know', () => {
    const path = write('gpu.yaml', MINIMAL.replace('h200-sxm', 'h2000-sxm'));
    expect(() => loadScenario(path)).toThrow(`${path}:9:12: factory.pools[0].gpu: unknown GPU (found "h2000-sxm"`);
  });

  it('suggests a file of a similar name where there is none', () => {
    write('chat.yaml', MINIMAL);
    const path = join(folder, 'chatt.yaml');
    expect(() => loadScenario(path)).toThrow(`${path}: there is no such file; did you mean "chat.yaml"?`);
    expect(() => loadScenario(join(folder, 'no', 'such', 'folder.yaml'))).toThrow('there is no such file');
    expect(() => loadScenario(join(folder, 'chat.yaml', 'x.yaml'))).toThrow('there is no such file');
  });

  it.each([
    ['a folder', () => folder, 'is a folder'],
    [
      'an empty folder',
      () => mkdirSync(join(folder, 'empty'), { recursive: true }) ?? join(folder, 'empty'),
      'is a folder',
    ],
    ['a device', () => '/dev/zero', 'is a device'],
    [
      'bytes that are not UTF-8',
      () => write('binary', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff])),
      'is not a text file',
    ],
    ['text in UTF-16', () => write('utf16.yaml', Buffer.from(MINIMAL, 'utf16le')), 'is not a text file'],
    ['a huge file', () => write('huge.yaml', '#'.repeat(11_000_000)), 'is too large'],
    ['an empty file', () => write('nothing.yaml', ''), 'is empty'],
    ['a path with a NUL', () => 'a\0b', 'cannot be read'],
  ])('refuses %s', (_, path, fragment) => {
    expect(() => loadScenario(path())).toThrow(
      expect.objectContaining({ name: 'InputError', message: expect.stringContaining(fragment) }),
    );
  });

  it.skipIf(process.getuid?.() === 0)('refuses a file it may not read', () => {
    const path = write('secret.yaml', MINIMAL);
    chmodSync(path, 0);
    expect(() => loadScenario(path)).toThrow('permission denied');
  });
});
