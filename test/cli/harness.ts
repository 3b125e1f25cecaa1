import { Readable } from 'node:stream';
import type { Io, Output } from '../../src/cli/io.js';
import { main } from '../../src/cli/program.js';

/** Keeps what is written to it. */
class Captured implements Output {
  text = '';
  constructor(readonly isTTY = false) {}
  write(text: string, done: () => void): void {
    this.text += text;
    done();
  }
}

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line in this process. */
export async function goodput(
  argv: readonly string[],
  world: { stdin?: string; tty?: boolean; env?: Io['env'] } = {},
): Promise<Outcome> {
  const stdout = new Captured(world.tty);
  const stderr = new Captured(world.tty);
  const stdin = Readable.from([Buffer.from(world.stdin ?? '')]);
  const code = await main(argv, { stdout, stderr, stdin, env: world.env ?? {}, threads: false });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** A scenario that takes a few milliseconds: step times are given, so no figure of the catalog matters. */
export const QUICK = `
name: quick
horizon: { requests: 200 }
traffic:
  - arrivals: { process: poisson, rate: 5/s }
    input: { distribution: fixed, value: 100 }
    output: { distribution: uniform, min: 2, max: 20 }
    slo: { ttft: 10s }
factory:
  performance: { type: linear, base: 10ms, perPrefillToken: 20us }
  pools: [{ replicas: 2 }]
`;
