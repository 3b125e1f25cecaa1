import yargs from 'yargs';
import { plain } from '../report/text.js';
import { InputError } from '../scenario/input-error.js';
import { didYouMean } from '../scenario/suggest.js';
import { VERSION } from '../version.js';
import { calibrateCommand } from './calibrate.js';
import { catalogCommand } from './catalog.js';
import { checkCommand } from './check.js';
import { type Command, EXIT } from './command.js';
import { compareCommand } from './compare.js';
import { diffCommand } from './diff.js';
import { type Io, print } from './io.js';
import { mergeCommand } from './merge.js';
import { planCommand } from './plan.js';
import { reportCommand } from './report.js';
import { resultsCommand } from './results.js';
import { runCommand } from './run.js';
import { STDIN } from './scenario-argument.js';
import { sensitivityCommand } from './sensitivity.js';
import { Interrupted } from './simulation-thread.js';
import { sweepCommand } from './sweep.js';
import { traceCommand } from './trace.js';
import { validateCommand } from './validate.js';
import { workerCommand } from './worker.js';

/**
 * The command line: reads arguments, runs a command, reports errors.
 *
 * @param argv arguments after the program's name
 * @returns the exit code: 0 fine, 1 an expectation failed, 2 bad input, 3 internal error, 130 interrupted
 * @example process.exitCode = await main(['run', 'chat.yaml'], processIo());
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const { action, text } = read(argv.map((word) => (word === '-' ? STDIN : word)));
    if (action !== undefined) return await action(io);
    await print(io.stdout, `${text}\n`);
    return EXIT.fine;
  } catch (error) {
    if (error instanceof Interrupted) return error.exitCode;
    return report(error, io, argv.includes('--debug') || (io.env.GOODPUT_DEBUG ?? '') !== '');
  }
}

/** Prints what went wrong; returns the exit code. */
export async function report(error: unknown, io: Pick<Io, 'stderr'>, debug: boolean): Promise<number> {
  if (error instanceof InputError) {
    await print(io.stderr, `${error.message.split('\n').map(plain).join('\n')}\n`);
    return EXIT.badInput;
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = debug && error instanceof Error && error.stack !== undefined ? `${error.stack}\n` : '';
  await print(io.stderr, `internal error: ${plain(message)}; please report it\n${stack}`);
  return EXIT.internalError;
}

type Action = (io: Io) => Promise<number>;

/** What the arguments ask for: something to do, or a text (help, version) to print. */
function read(argv: readonly string[]): { action?: Action; text: string } {
  let action: Action | undefined;
  const commands = new Map<string, readonly string[]>();
  const parser = yargs()
    .scriptName('goodput')
    .usage('$0 <command>\n\nWhat would this fleet of GPUs deliver on my traffic, and what would it cost?')
    .locale('en')
    .exitProcess(false)
    .showHelpOnFail(false)
    .strict()
    .demandCommand(1, 1, 'no command given', 'more than one command given')
    .option('debug', { type: 'boolean', default: false, describe: 'Print the stack of an internal error' })
    .version(VERSION)
    .help()
    .wrap(100)
    .epilogue('Exit codes: 0 fine, 1 an expectation failed, 2 bad input, 3 internal error');

  const add = <Options>({ usage, describe, builder, run }: Command<Options>): void => {
    const known = declared(builder(yargs([])));
    const lists = [...known.array, ...[...usage.matchAll(/(\w+)\.\./g)].map((match) => match[1])];
    commands.set(usage.split(' ')[0], [...Object.keys(known.key), 'debug']);
    parser.command(usage, describe, builder, (options) => {
      // An option that is given twice counts as it was given last, unless it makes a list.
      const entries = Object.entries(options).map(([key, value]) =>
        Array.isArray(value) && key !== '_' && !lists.includes(key) ? [key, value.at(-1)] : [key, value],
      );
      action = (io) => run(Object.fromEntries(entries), io);
    });
  };
  add(runCommand);
  add(sweepCommand);
  add(mergeCommand);
  add(workerCommand);
  add(checkCommand);
  add(compareCommand);
  add(sensitivityCommand);
  add(reportCommand);
  add(diffCommand);
  add(planCommand);
  add(resultsCommand);
  add(validateCommand);
  add(calibrateCommand);
  add(catalogCommand);
  add(traceCommand);

  let text = '';
  parser.parse([...argv], {}, (error, _options, output) => {
    if (error) throw new InputError(usageProblem(error.message, argv, commands));
    text = output;
  });
  return action === undefined ? { text } : { action, text };
}

/** The options a command has declared; yargs knows them, its types do not. */
function declared(parser: object): { key: Record<string, unknown>; array: string[] } {
  return (parser as { getOptions(): ReturnType<typeof declared> }).getOptions();
}

/** What stands behind a command, where it is no scenario. */
const NEEDS: Readonly<Record<string, string>> = {
  sweep: 'a sweep file',
  merge: 'the folders of all shards',
  results: 'one of list, show, diff',
  check: 'files or folders with scenarios',
  compare: 'two scenario files or more, or a comparison file',
  report: 'result folders or documents',
  diff: 'a simulated and a measured AIPerf summary',
};

function usageProblem(message: string, argv: readonly string[], commands: ReadonlyMap<string, readonly string[]>) {
  const command = argv.find((word) => !word.startsWith('-'));
  const help = `see goodput ${command !== undefined && commands.has(command) ? `${command} ` : ''}--help`;
  if (command !== undefined && !commands.has(command)) {
    return {
      message: 'unknown command',
      found: JSON.stringify(command),
      allowed: [...commands.keys()].join(', '),
      hint: didYouMean(command, commands.keys()) ?? help,
    };
  }
  const unknown = /^Unknown arguments?: ([^,]*)/.exec(message)?.[1];
  if (command !== undefined && unknown !== undefined) {
    const isOption = argv.some((word) => word.startsWith('-') && word.replace(/^-+/, '').split('=')[0] === unknown);
    const closest = didYouMean(unknown, commands.get(command) ?? [])?.replace('"', '"--');
    return isOption
      ? { message: `${command} has no option --${unknown}`, hint: closest ?? help }
      : { message: `${command} does not take ${JSON.stringify(unknown)}`, hint: help };
  }
  if (message.startsWith('Not enough non-option arguments')) {
    return {
      message: `${command} needs ${NEEDS[command ?? ''] ?? 'a scenario file (- for stdin)'}, before any option that takes a value`,
      hint: help,
    };
  }
  return { message: message.replace(/\s*\n\s*/g, ' '), hint: help };
}
