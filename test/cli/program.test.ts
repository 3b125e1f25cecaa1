import { describe, expect, it, vi } from 'vitest';
import { print } from '../../src/cli/io.js';
import { report } from '../../src/cli/program.js';
import { barText, ProgressBar } from '../../src/cli/progress.js';
import { InputError } from '../../src/scenario/input-error.js';
import { VERSION } from '../../src/version.js';
import { goodput } from './harness.js';

describe('goodput', () => {
  it('prints its version and its help on stdout', async () => {
    expect(await goodput(['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
    const help = await goodput(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('goodput run <scenario>');
    const runHelp = await goodput(['run', '--help']);
    expect(runHelp.code).toBe(0);
    for (const option of ['--set', '--seed', '--format', '--out', '--records', '--reference', '--quiet', 'Examples:']) {
      expect(runHelp.stdout).toContain(option);
    }
  });

  it('lists the catalog', async () => {
    const { code, stdout } = await goodput(['catalog']);
    expect(code).toBe(0);
    for (const name of ['h200-sxm', 'llama-3.1-70b', 'vllm', 'rental-2026']) expect(stdout).toContain(name);
    const gpus = JSON.parse((await goodput(['catalog', 'gpus', '--format', 'json'])).stdout);
    expect(gpus['h200-sxm'].source).toMatch(/datasheet/);
    const all = JSON.parse((await goodput(['catalog', '--format', 'json'])).stdout);
    expect(Object.keys(all)).toEqual(['gpus', 'models', 'stacks', 'prices', 'traffic']);
  });

  it('suggests the kind of the catalog that was meant', async () => {
    const { code, stdout, stderr } = await goodput(['catalog', 'modles']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('did you mean "models"?');
  });
});

describe('errors', () => {
  const reported = async (error: unknown, debug = false) => {
    let text = '';
    const stderr = {
      write(part: string, done: () => void) {
        text += part;
        done();
      },
    };
    return { code: await report(error, { stderr }, debug), text };
  };

  it('of the user are lines, one per problem', async () => {
    const error = new InputError([{ message: 'is wrong', file: 'a.yaml', line: 3 }, { message: 'so is this' }]);
    expect(await reported(error)).toEqual({ code: 2, text: 'a.yaml:3: is wrong\nso is this\n' });
  });

  it('of the program are one line, with the stack only when debugging', async () => {
    expect(await reported(new TypeError('x is\nnot'))).toEqual({
      code: 3,
      text: 'internal error: x is not; please report it\n',
    });
    expect((await reported(new TypeError('x'), true)).text).toMatch(/TypeError: x\n\s+at /);
    expect(await reported('text')).toMatchObject({ code: 3 });
  });
});

describe('output', () => {
  const failing = (code: string) => ({
    write: (_: string, done: (error: Error) => void) => done(Object.assign(new Error(code), { code })),
  });

  it('to a reader that is gone is no error', async () => {
    await expect(print(failing('EPIPE'), 'x')).resolves.toBeUndefined();
  });

  it('to a full disk is the problem of the user', async () => {
    await expect(print(failing('ENOSPC'), 'x')).rejects.toThrow(/no space is left/);
  });
});

describe('the progress bar', () => {
  it('shows how far the run is', () => {
    const progress = { fraction: 0.5, arrivedRequests: 12345, nowSeconds: 60 };
    expect(barText(progress)).toBe(`[${'#'.repeat(15)}${' '.repeat(15)}] 50 %, 12,345 requests`);
    expect(barText({ ...progress, fraction: undefined })).toBe('60 s simulated, 12,345 requests');
    expect(barText({ ...progress, fraction: 1.7 })).toContain('100 %');
  });

  it('is drawn on one line while the run takes its time, and gone at the end', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    const parts: string[] = [];
    const bar = new ProgressBar({ write: (part) => parts.push(part) });
    for (const now of [100, 400, 410, 600]) {
      clock.mockReturnValue(now);
      bar.update({ fraction: now / 1000, arrivedRequests: now, nowSeconds: now });
    }
    bar.erase();
    clock.mockRestore();
    const erase = `\r${String.fromCharCode(27)}[2K`;
    expect(parts).toHaveLength(3);
    expect(parts.every((part) => part.startsWith(erase) && !part.includes('\n'))).toBe(true);
    expect(parts[1]).toContain('60 %, 600 requests');
    expect(parts[2]).toBe(erase);
  });

  it('leaves a short run alone', () => {
    let text = '';
    const bar = new ProgressBar({
      write(part) {
        text += part;
      },
    });
    bar.update({ fraction: 0.5, arrivedRequests: 1, nowSeconds: 1 });
    bar.erase();
    expect(text).toBe('');
  });
});
