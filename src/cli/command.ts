import type { ArgumentsCamelCase, Argv } from 'yargs';
import type { Io } from './io.js';

/** One command: what it is called, which options it takes, and what it does. */
export interface Command<Options> {
  /** As in `run <scenario>`. */
  usage: string;
  describe: string;
  builder: (yargs: Argv) => Argv<Options>;
  /** Returns the exit code. */
  run(options: ArgumentsCamelCase<Options>, io: Io): Promise<number>;
}

/** Infers the options of a command from its builder. */
export function defineCommand<Options>(command: Command<Options>): Command<Options> {
  return command;
}

export const EXIT = { fine: 0, expectationFailed: 1, badInput: 2, internalError: 3 } as const;
