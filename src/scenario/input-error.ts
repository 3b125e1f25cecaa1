/** One thing that is wrong with what the user gave us, and where. */
export interface InputProblem {
  /** What is wrong, in one sentence. */
  message: string;
  /** Dotted path of the key, such as `factory.pools[0].gpu`. */
  key?: string;
  /** The value that was found. */
  found?: string;
  /** What would have been accepted. */
  allowed?: string;
  /** How to mend it, such as `did you mean "replicas"?`. */
  hint?: string;
  file?: string;
  /** Counted from 1. */
  line?: number;
  /** Counted from 1. */
  column?: number;
}

/**
 * The one class for mistakes a user can make; the command line prints it and exits with code 2. Anything else that is
 * thrown is a defect of goodput.
 *
 * @example
 * throw new InputError({ message: 'unknown GPU', key: 'factory.pools[0].gpu', found: 'h1000', hint: 'did you mean "h100-sxm"?' });
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problems: readonly InputProblem[];

  constructor(problems: InputProblem | readonly InputProblem[]) {
    const list = Array.isArray(problems) ? (problems as readonly InputProblem[]) : [problems as InputProblem];
    super(list.map(formatProblem).join('\n'));
    this.problems = list;
  }
}

/** `file:line:column: key: message (found ...; allowed: ...); hint`, leaving out what is unknown. */
export function formatProblem(problem: InputProblem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const details = [
    problem.found === undefined ? undefined : `found ${problem.found}`,
    problem.allowed === undefined ? undefined : `allowed: ${problem.allowed}`,
  ].filter((part) => part !== undefined);
  return (
    (place === '' ? '' : `${place}: `) +
    (problem.key === undefined || problem.key === '' ? '' : `${problem.key}: `) +
    problem.message +
    (details.length === 0 ? '' : ` (${details.join('; ')})`) +
    (problem.hint === undefined ? '' : `; ${problem.hint}`)
  );
}
