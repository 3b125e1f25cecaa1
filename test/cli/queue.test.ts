import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, hasRedis, startRedis, type TestRedis } from '../support/redis.js';
import { goodput, QUICK } from './harness.js';

// Threads and signals need the built program; the gate builds it before it tests.
const program = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const built = existsSync(join(program, '..', 'worker.js'));
if (!built) console.warn('skipped: workers need dist/, run npm run build');
if (!hasRedis) console.warn('skipped: no redis-server here; apt-get install redis-server');

const POINTS = 120;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goodput-queue-'));
  writeFileSync(join(folder, 'quick.yaml'), QUICK);
  const axis = `{ path: seed, range: { from: 1, to: ${POINTS}, step: 1 } }`;
  writeFileSync(join(folder, 'grid.yaml'), `base: quick.yaml\naxes:\n  - ${axis}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const start = (...words: string[]) => spawn(process.execPath, [program, ...words], { cwd: folder, stdio: 'ignore' });
const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('close', resolve));
const lines = (name: string) => {
  const file = join(folder, name, 'points.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
};

describe.skipIf(!built || !hasRedis)('a sweep through Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('gives the bytes of one machine with two workers, one of them killed half-way', { timeout: 120_000 }, async () => {
    const worker = () => start('worker', '--queue', redis.url, '--workers', '1', '--patience', '1s');
    const workers = [worker(), worker()];
    const sweep = start('sweep', 'grid.yaml', '--queue', redis.url, '--out', 'far');
    const outcome = ended(sweep);
    while (lines('far') < 10 && sweep.exitCode === null) await sleep(2);
    workers[0].kill('SIGKILL');
    expect(lines('far')).toBeLessThan(POINTS);
    expect(await outcome).toBe(0);

    const near = spawnSync(process.execPath, [program, 'sweep', 'grid.yaml', '--out', 'near', '--quiet'], {
      cwd: folder,
    });
    expect(near.status).toBe(0);
    expect(lines('far')).toBe(POINTS);
    const files = readdirSync(join(folder, 'near')).sort();
    expect(readdirSync(join(folder, 'far')).sort()).toEqual(files);
    for (const file of files) {
      expect(readFileSync(join(folder, 'far', file)).equals(readFileSync(join(folder, 'near', file))), file).toBe(true);
    }

    const stopped = ended(workers[1]);
    workers[1].kill('SIGTERM');
    expect(await stopped).toBe(0);
    expect((await redis.client.keys('*')).filter((key) => !key.endsWith(':stalled-check'))).toEqual([]);
  });

  it('leaves nothing of a sweep that was stopped', { timeout: 60_000 }, async () => {
    const sweep = start('sweep', 'grid.yaml', '--queue', redis.url, '--out', 'stopped');
    const outcome = ended(sweep);
    while ((await redis.client.keys('*:points:wait')).length === 0 && sweep.exitCode === null) await sleep(5);
    sweep.kill('SIGINT');
    expect(await outcome).toBe(130);
    expect((await redis.client.keys('*')).filter((key) => !key.endsWith(':stalled-check'))).toEqual([]);
  });

  it('ends a worker that has had nothing to do for the time that --idle gives', { timeout: 60_000 }, async () => {
    expect(await ended(start('worker', '--queue', redis.url, '--workers', '1', '--idle', '200ms'))).toBe(0);
  });
});

describe('the address of a queue', () => {
  it('says so where nobody answers, and begins no folder', async () => {
    const url = `redis://user:secret@127.0.0.1:${await freePort()}`;
    const out = join(folder, 'nowhere');
    const { code, stderr } = await goodput(['sweep', join(folder, 'grid.yaml'), '--queue', url, '--out', out]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^cannot reach the queue at 127\.0\.0\.1:\d+: nobody answers; is redis-server running there/,
    );
    expect(stderr).not.toContain('secret');
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    [
      ['sweep', 'grid.yaml', '--queue', 'http://host'],
      '--queue must be the address of a Redis server (found "http://host"',
    ],
    [['worker', '--queue', 'host'], '--queue must be the address of a Redis server (found "host"'],
    [['worker', '--queue', 'redis://host', '--idle', 'never'], '--idle must be a duration (found "never"'],
    [['sweep', 'grid.yaml', '--queue', 'redis://host', '--workers', '2'], '--workers counts threads of this machine'],
  ])('refuses %j with one message', async ([command, ...words], message) => {
    const file = words[0] === 'grid.yaml' ? [join(folder, 'grid.yaml'), ...words.slice(1)] : words;
    const { code, stderr } = await goodput([command, ...file]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
