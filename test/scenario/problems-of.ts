import { InputError, type InputProblem } from '../../src/scenario/input-error.js';
import { parseScenario } from '../../src/scenario/parse.js';

/** What is reported about a text that is no valid scenario, as the file `chat.yaml`. */
export function problemsOf(text: string, overrides: string[] = []): readonly InputProblem[] {
  try {
    parseScenario(text, { file: 'chat.yaml', overrides });
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  throw new Error('the scenario was accepted');
}
