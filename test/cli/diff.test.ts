import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodput, QUICK } from './harness.js';

let root: string;
const at = (name: string) => join(root, name);
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'goodput-diff-'));
  writeFileSync(at('quick.yaml'), QUICK);
  await goodput(['run', at('quick.yaml'), '--out', at('run'), '--export', 'aiperf', '--export', 'prometheus']);
});
afterAll(() => rmSync(root, { recursive: true }));

describe('goodput run --export', () => {
  it('writes the files of other tools into the result folder', () => {
    expect(readdirSync(at('run')).sort()).toEqual([
      'metrics.txt',
      'profile_export.jsonl',
      'profile_export_aiperf.csv',
      'profile_export_aiperf.json',
      'result.json',
      'scenario.yaml',
      'series.csv',
      'summary.csv',
      'summary.md',
    ]);
  });

  it('leaves the result as it is without', async () => {
    const without = JSON.parse((await goodput(['run', at('quick.yaml'), '--format', 'json'])).stdout);
    expect(JSON.parse(readFileSync(at('run/result.json'), 'utf8')).summary).toEqual(without.summary);
  });
});

describe('goodput diff', () => {
  it('says how far a simulated run is from a measured one', async () => {
    const summary = JSON.parse(readFileSync(at('run/profile_export_aiperf.json'), 'utf8'));
    summary.time_to_first_token.avg *= 2;
    writeFileSync(at('measured.json'), JSON.stringify(summary));
    const { code, stdout } = await goodput([
      ...['diff', at('run'), at('measured.json'), '--format', 'json', '--plot', at('error.svg')],
    ]);
    expect(code).toBe(0);
    const { differences } = JSON.parse(stdout);
    expect(differences[0]).toMatchObject({ tag: 'time_to_first_token', statistic: 'avg', error: -0.5 });
    expect(differences[1]).toMatchObject({ tag: 'time_to_first_token', statistic: 'p50', error: 0 });
    expect(readFileSync(at('error.svg'), 'utf8')).toContain('simulated / measured');
  });

  it('says where the runs had another load, and what could not be compared', async () => {
    const summary = JSON.parse(readFileSync(at('run/profile_export_aiperf.json'), 'utf8'));
    summary.input_sequence_length.avg *= 1.5;
    summary.time_to_first_token.unit = 'sec';
    delete summary.decode_duration;
    writeFileSync(at('other.json'), JSON.stringify(summary));
    const { stdout, stderr } = await goodput(['diff', at('run'), at('other.json'), '--format', 'json']);
    const { notes } = JSON.parse(stdout);
    expect(notes).toEqual([
      expect.stringMatching(/^the runs did not serve the same load: input_sequence_length \S+ against \S+$/),
      'left out, since their units differ: time_to_first_token (ms against sec)',
      'the measured run has no decode_duration',
    ]);
    expect(stderr).toBe(`${notes.join('\n')}\n`);
  });

  it.each([
    [['diff', 'run', 'nothing'], 'nothing: does not exist'],
    [['diff', 'run', 'quick.yaml'], 'quick.yaml: is no JSON'],
    [['diff', 'run/result.json', 'run'], 'result.json: holds no metrics'],
    [['diff', 'run'], 'diff needs a simulated and a measured AIPerf summary'],
  ])('explains %j', async ([command, ...paths], message) => {
    const { code, stderr } = await goodput([command, ...paths.map(at)]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });
});
