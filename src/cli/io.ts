import type { Readable } from 'node:stream';
import { writeProblem } from '../report/atomic-file.js';

/** `-` on the command line, which yargs would take for an empty word. */
export const STDIN = '/dev/stdin';

/** What a command needs of an output stream. */
export interface Output {
  write(text: string, done: (error?: Error | null) => void): unknown;
  isTTY?: boolean | undefined;
}

/** The world outside of a command; a test brings its own. */
export interface Io {
  /** Takes the result and nothing else. */
  stdout: Output;
  /** Takes progress, notes and errors. */
  stderr: Output;
  stdin: Readable;
  env: Readonly<Record<string, string | undefined>>;
  /** Whether long work may move to a thread of its own, so that Ctrl-C is noticed. */
  threads: boolean;
}

/** The process's own streams. */
export function processIo(): Io {
  // Errors reach the callback of `write`; without a listener they would end the process with a stack trace.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, env: process.env, threads: true };
}

/** Writes text and waits until it is gone. A reader that has seen enough (`| head`) is no error. */
export function print(output: Output, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(text, (error) => {
      if (error === undefined || error === null || isClosedPipe(error)) resolve();
      else reject(writeProblem('the output', error));
    });
  });
}

function isClosedPipe(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}

/** Whether text for this stream may carry colours (https://no-color.org). */
export function wantsColor(output: Output, env: Io['env']): boolean {
  return output.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}
