import yargs from 'yargs';
import { plain } from '../report/text.js';
import { InputError } from '../scenario/input-error.js';
import { didYouMean } from '../scenario/suggest.js';
import { VERSION } from '../version.js';
import { type Command, EXIT } from './command.js';
import { Interrupted } from './interruption.js';
import { type Io, print, STDIN } from './io.js';

/**
 * The command line: reads arguments, runs a command, reports errors.
 *
 * @param argv arguments after the program's name
 * @returns the exit code: 0 fine, 1 an expectation failed, 2 bad input, 3 internal error, 130 interrupted
 * @example process.exitCode = await main(['run', 'chat.yaml'], processIo());
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const { action, text } = await read(argv.map((word) => (word === '-' ? STDIN : word)));
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
type Add = <Options>(command: Command<Options>) => void;

/** Only the command that is asked for is loaded: all of them together take longer than a short run. */
const COMMANDS: Readonly<Record<string, (add: Add) => Promise<void>>> = {
  run: async (add) => add((await import('./run.js')).runCommand),
  sweep: async (add) => add((await import('./sweep.js')).sweepCommand),
  merge: async (add) => add((await import('./merge.js')).mergeCommand),
  worker: async (add) => add((await import('./worker.js')).workerCommand),
  check: async (add) => add((await import('./check.js')).checkCommand),
  compare: async (add) => add((await import('./compare.js')).compareCommand),
  sensitivity: async (add) => add((await import('./sensitivity.js')).sensitivityCommand),
  report: async (add) => add((await import('./report.js')).reportCommand),
  diff: async (add) => add((await import('./diff.js')).diffCommand),
  plan: async (add) => add((await import('./plan.js')).planCommand),
  results: async (add) => add((await import('./results.js')).resultsCommand),
  validate: async (add) => add((await import('./validate.js')).validateCommand),
  calibrate: async (add) => add((await import('./calibrate.js')).calibrateCommand),
  catalog: async (add) => add((await import('./catalog.js')).catalogCommand),
  trace: async (add) => add((await import('./trace.js')).traceCommand),
};

/** The first word that is no option. */
function commandIn(argv: readonly string[]): string | undefined {
  return argv.find((word) => !word.startsWith('-'));
}

/** What the arguments ask for: something to do, or a text (help, version) to print. */
async function read(argv: readonly string[]): Promise<{ action?: Action; text: string }> {
  let action: Action | undefined;
  const options = new Map<string, readonly string[]>();
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

  const add: Add = ({ usage, describe, builder, run }) => {
    const known = declared(builder(yargs([])));
    const lists = [...known.array, ...[...usage.matchAll(/(\w+)\.\./g)].map((match) => match[1])];
    options.set(usage.split(' ')[0], [...Object.keys(known.key), 'debug']);
    parser.command(usage, describe, builder, (given) => {
      // An option that is given twice counts as it was given last, unless it makes a list.
      const entries = Object.entries(given).map(([key, value]) =>
        Array.isArray(value) && key !== '_' && !lists.includes(key) ? [key, value.at(-1)] : [key, value],
      );
      action = (io) => run(Object.fromEntries(entries), io);
    });
  };
  const command = commandIn(argv);
  const asked =
    command !== undefined && Object.hasOwn(COMMANDS, command) ? [COMMANDS[command]] : Object.values(COMMANDS);
  for (const load of asked) await load(add);

  let text = '';
  parser.parse([...argv], {}, (error, _options, output) => {
    if (error) throw new InputError(usageProblem(error.message, argv, options));
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
  trace: 'describe and a trace, or export and a scenario file',
};

function usageProblem(message: string, argv: readonly string[], options: ReadonlyMap<string, readonly string[]>) {
  const command = commandIn(argv);
  const help = `see goodput ${command !== undefined && Object.hasOwn(COMMANDS, command) ? `${command} ` : ''}--help`;
  if (command !== undefined && !Object.hasOwn(COMMANDS, command)) {
    return {
      message: 'unknown command',
      found: JSON.stringify(command),
      allowed: Object.keys(COMMANDS).join(', '),
      hint: didYouMean(command, Object.keys(COMMANDS)) ?? help,
    };
  }
  const unknown = /^Unknown arguments?: ([^,]*)/.exec(message)?.[1];
  if (command !== undefined && unknown !== undefined) {
    const isOption = argv.some((word) => word.startsWith('-') && word.replace(/^-+/, '').split('=')[0] === unknown);
    const closest = didYouMean(unknown, options.get(command) ?? [])?.replace('"', '"--');
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
