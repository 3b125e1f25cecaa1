import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodput, QUICK } from './harness.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-sensitivity-'));
  writeFileSync(join(folder, 'quick.yaml'), QUICK.replace('replicas: 2', 'gpu: h200-sxm, replicas: 2'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('goodput sensitivity', () => {
  it('prints the five inputs that move $ per million tokens most, and writes all of them', async () => {
    const out = join(folder, 'out', 'sensitivity.json');
    const { code, stdout } = await goodput(['sensitivity', join(folder, 'quick.yaml'), '--out', out]);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0].trim().split(/\s+/)).toEqual(['input', 'from', 'to', 'lowered', 'raised', 'elasticity']);
    expect(stdout.match(/█+/g)?.length).toBe(5);
    expect(stdout).toMatch(/the 5 of \d+ inputs that move it most, each by 20 % down and up/);
    const document = JSON.parse(readFileSync(out, 'utf8'));
    expect(document).toMatchObject({ kind: 'sensitivity', metric: 'cost.usdPerMillionTotalTokens', step: 0.2 });
    expect(document.inputs.length).toBeGreaterThan(5);
  });

  it.each([
    [['--by', '2'], '--by must be a share'],
    [['--metric', 'cost.usdPerMillionTokens'], 'did you mean'],
    [['--top', '0'], '--top must be a whole number'],
  ])('refuses %j', async (argv, message) => {
    const { code, stderr } = await goodput(['sensitivity', join(folder, 'quick.yaml'), ...argv]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
