import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodput, QUICK } from './harness.js';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-compare-'));
  mkdirSync(at('other'));
  writeFileSync(at('slow.yaml'), QUICK.replace('name: quick', 'name: slow'));
  writeFileSync(at('fast.yaml'), QUICK.replace('name: quick', 'name: fast').replace('base: 10ms', 'base: 5ms'));
  writeFileSync(at('large.yaml'), QUICK.replace('name: quick', 'name: large').replace('replicas: 2', 'replicas: 6'));
  writeFileSync(
    at('fleets.yaml'),
    `base: slow.yaml
fleets:
  - { name: slow, set: { "factory.pools[0].gpu": h200-sxm } }
  - name: fast
    set: { factory.performance.base: 5ms, "factory.pools[0].gpu": b200-sxm }
    configs: [{ name: a, set: {} }, { name: b, set: { factory.performance.base: 4ms } }]
curve: { users: [1, 4], requestsPerUser: 3 }
expect:
  - { metric: tpotMs.mean, fleet: fast, against: slow, max: 0.9 }
  - { metric: throughput.outputTokensPerSecondPerUser, fleet: fast, against: slow, at: 0, max: 1 }
`,
  );
  writeFileSync(
    at('wrong.yaml'),
    'base: slow.yaml\nfleets:\n  - { name: slow }\nexpect:\n  - { metric: ttftMs.mean, fleet: quick, max: 1 }\n',
  );
  writeFileSync(at('other', 'busy.yaml'), QUICK.replace('name: quick', 'name: busy').replace('5/s', '50/s'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('goodput compare', () => {
  it('shows fleets side by side with ratios and their intervals', async () => {
    const { code, stdout, stderr } = await goodput([
      'compare',
      at('slow.yaml'),
      at('fast.yaml'),
      '--replications',
      '3',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0].trim().split(/\s+/)).toEqual(['slow', 'fast', 'ratio']);
    expect(stdout).toMatch(/tpotMs.mean +1\d\.\d ms +5\.\d+ ms +0\.5\d+ ±0\.\d+/);
    expect(stdout).toContain('means of 3 runs each');
  });

  it('says which fleets are overloaded, as their runs do', async () => {
    const rate = ['--set', 'traffic[0].arrivals.rate=3000/s', '--set', 'horizon.requests=4000'];
    const { stdout } = await goodput(['compare', at('slow.yaml'), at('large.yaml'), ...rate, '--no-curve']);
    expect(stdout).toMatch(/warning: slow(, large)?: the fleet is overloaded/);
  });

  it('gives all fleets the demand of the first, and says so', async () => {
    const argv = ['compare', at('slow.yaml'), at('other', 'busy.yaml'), '--replications', '2', '--format', 'json'];
    const { code, stdout, stderr } = await goodput(argv);
    expect(code).toBe(0);
    const [slow, busy] = JSON.parse(stdout).scenarios;
    expect(busy.summary).toEqual(slow.summary);
    expect(busy.figures['ttftMs.mean']).toMatchObject({ ratio: 1, difference: 0, significant: false });
    expect(stderr).toContain('busy.yaml has another demand');
  });

  it('runs once each where that is asked for', async () => {
    const { stdout } = await goodput(['compare', at('slow.yaml'), at('fast.yaml'), '--replications', '1']);
    expect(stdout).toContain('one run each: ratios have no intervals');
    expect(stdout).not.toContain('±');
  });

  it('aligns fleets by GPUs, and says so', async () => {
    const argv = ['compare', at('slow.yaml'), at('large.yaml'), '--align', 'gpus', '--replications', '2', '--no-curve'];
    const { code, stdout } = await goodput(argv);
    expect(code).toBe(0);
    expect(stdout).toContain('aligned by gpus: slow 2.00 GPUs (replicas 2), large 2.00 GPUs (replicas 2)');
    expect(stdout).not.toContain('cheapest');
  });

  it('compares the fleets of one file, judges them and writes the curve', async () => {
    const { code, stdout, stderr } = await goodput(['compare', at('fleets.yaml'), '--out', at('out')]);
    expect(stdout).toMatch(/tokens\/s\/user +slow \$\/M +fast \$\/M +cheapest +by/);
    expect(stderr).toContain('throughput.outputTokensPerSecondPerUser of fast / slow at its cheapest');
    expect(code).toBe(1);
    const comparison = JSON.parse(readFileSync(at('out', 'comparison.json'), 'utf8'));
    expect(comparison.expectations.map(({ pass }: { pass: boolean }) => pass)).toEqual([true, false]);
    expect(comparison.curve.fleets[1].points).toHaveLength(4);
    expect(readFileSync(at('out', 'curve.csv'), 'utf8').split('\n')).toHaveLength(1 + 2 + 4 + 1);
    expect(readFileSync(at('out', 'curve.svg'), 'utf8')).toMatch(/^<\?xml.*\n<svg[\s\S]*<\/svg>\n$/);
  });

  it('applies --set to the demand and to the curve, also of a fleet with configurations', async () => {
    const argv = ['compare', at('fleets.yaml'), '--replications', '2', '--set'];
    const { stdout } = await goodput([...argv, 'economics={currency: EUR, gpuHour: {h200-sxm: 2, b200-sxm: 3}}']);
    expect(stdout).toMatch(/cost\.usdPerHour +EUR 4\.00 +EUR 6\.00 +1\.50 ±0/);
    expect(stdout).toMatch(/tokens\/s\/user +slow EUR\/M +fast EUR\/M/);
  });

  it('compares what may be negative by its difference', async () => {
    const price = 'traffic[0].price={input: 0.01, output: 0.1}';
    const { stdout } = await goodput([
      'compare',
      at('fleets.yaml'),
      '--replications',
      '2',
      '--no-curve',
      '--set',
      price,
    ]);
    expect(stdout).toMatch(/revenue\.margin +-[\d,]+ % +-[\d,]+ % +-[\d,]+ points ±[\d.,]+ points/);
  });

  it('names line and key of a mistake in a comparison file', async () => {
    const { code, stderr } = await goodput(['compare', at('wrong.yaml')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/wrong\.yaml:\d+:\d+: expect\[0\]\.fleet: no fleet is called quick; there are slow/);
  });

  it.each([
    [[], 'compare needs two scenario files or more'],
    [['slow.yaml'], 'compare needs two scenarios or more'],
    [['slow.yaml', 'nowhere.yaml'], 'there is no such file'],
  ])('refuses %j', async (files, message) => {
    const { code, stderr } = await goodput(['compare', ...files.map((file) => at(file))]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
