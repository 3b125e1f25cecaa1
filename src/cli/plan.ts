import type { Argv } from 'yargs';
import type { CapacityDocument, PlanDocument } from '../experiment/plan/document.js';
import type { PlannedScenario } from '../experiment/plan/evaluate.js';
import { planFleet } from '../experiment/plan/plan.js';
import { planCapacity } from '../experiment/plan/plan-capacity.js';
import { type Executor, inlineExecutor, poolExecutor } from '../experiment/sweep/executor.js';
import { sectionsMarkdown } from '../report/markdown.js';
import { capacitySections } from '../report/plan/capacity.js';
import { writePlanFolder } from '../report/plan/folder.js';
import { planSections } from '../report/plan/plan.js';
import { defaultResultFolder } from '../report/result-folder.js';
import { renderSections } from '../report/table.js';
import { plain } from '../report/text.js';
import { InputError } from '../scenario/input-error.js';
import { defineCommand, EXIT } from './command.js';
import { interruption } from './interruption.js';
import { type Io, print, wantsColor } from './io.js';
import { PlanBar } from './plan-progress.js';
import { readScenario } from './scenario-argument.js';
import { wholeNumber } from './whole-number.js';

interface PlanCommandOptions {
  scenario: string;
  set: string[] | undefined;
  capacity: boolean;
  attainment: string | undefined;
  gpus: string | undefined;
  evaluations: string | undefined;
  workers: string | undefined;
  format: 'table' | 'json' | 'markdown';
  out: string | undefined;
  quiet: boolean;
}

/** `goodput plan`: the cheapest fleet that holds what the scenario asks for, or the highest demand its own fleet holds. */
export const planCommand = defineCommand({
  usage: 'plan <scenario>',
  describe: 'Find the cheapest fleet that holds the SLO, or the highest rate of the given one',
  builder: (yargs: Argv) =>
    yargs
      .positional('scenario', { type: 'string', demandOption: true, describe: 'YAML or JSON file, or - for stdin' })
      .option('set', { type: 'string', array: true, nargs: 1, describe: 'path=value, overrides any place; repeatable' })
      .option('capacity', { type: 'boolean', default: false, describe: 'Highest demand that the given fleet holds' })
      .option('attainment', { type: 'string', requiresArg: true, describe: 'Share of good requests [default: 0.95]' })
      .option('gpus', { type: 'string', requiresArg: true, describe: 'GPUs to choose from, such as h200-sxm,b200-sxm' })
      .option('evaluations', { type: 'string', requiresArg: true, describe: 'Most simulations [default: 200]' })
      .option('workers', { type: 'string', requiresArg: true, describe: 'Threads [default: one per core]' })
      .option('format', {
        choices: ['table', 'json', 'markdown'] as const,
        default: 'table' as const,
        describe: 'What is printed',
      })
      .option('out', { type: 'string', describe: 'Write a result folder [default: results/<name>-plan/<UTC time>]' })
      .option('quiet', { type: 'boolean', default: false, describe: 'No progress, no notes' })
      .example('$0 plan chat.yaml', 'GPU, parallelism, prompts and answers together or apart, replicas')
      .example('$0 plan chat.yaml --gpus h200-sxm,b200-sxm --attainment 0.99', 'a smaller space, a higher bar')
      .example('$0 plan chat.yaml --set plan.modes=[aggregated]', 'every key of plan: is in docs/formats.md')
      .example('$0 plan chat.yaml --capacity', 'the highest rate that the fleet in the file holds'),
  run,
});

async function run(options: PlanCommandOptions, io: Io): Promise<number> {
  const workers = options.workers === undefined ? undefined : wholeNumber('--workers', options.workers);
  const { scenario, locate, baseDirectory } = await readScenario(options.scenario, overridesOf(options), io.stdin);
  const planned: PlannedScenario = { scenario, file: options.scenario, baseDirectory };
  const executor = io.threads ? poolExecutor(workers) : inlineExecutor();
  const signals = interruption();
  const bar = new PlanBar(io.stderr.isTTY === true && !options.quiet ? io.stderr : undefined);
  let document: PlanDocument | CapacityDocument;
  try {
    const all = options.capacity
      ? capacity(planned, executor, bar)
      : planFleet(planned, executor, { onProgress: bar.plan });
    document = await Promise.race([all, signals.promise]);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => (problem.file === undefined ? locate(problem) : problem)));
  } finally {
    signals.stop();
    bar.erase();
    await executor.close();
  }
  await print(io.stdout, rendered(document, options.format, wantsColor(io.stdout, io.env)));
  if (options.out !== undefined) {
    const name = `${scenario.name}-${document.kind}`;
    const folder = options.out === '' ? defaultResultFolder(name, new Date()) : options.out;
    writePlanFolder(folder, document);
    if (!options.quiet) await print(io.stderr, `results are in ${plain(folder)}\n`);
  }
  // The table of a plan has them.
  const shown = document.kind === 'plan' && options.format !== 'json';
  const notes = options.quiet || shown ? [] : document.notes;
  for (const note of notes) await print(io.stderr, `note: ${plain(note)}\n`);
  const found = document.kind === 'plan' ? document.best : document.capacity;
  return found === null ? EXIT.expectationFailed : EXIT.fine;
}

function capacity(planned: PlannedScenario, executor: Executor, bar: PlanBar): Promise<CapacityDocument> {
  return planCapacity(planned, executor, bar.capacity);
}

function overridesOf({ set = [], attainment, gpus, evaluations }: PlanCommandOptions): string[] {
  return [
    ...set,
    ...(attainment === undefined ? [] : [`plan.attainment=${attainment}`]),
    ...(gpus === undefined ? [] : [`plan.gpus=${JSON.stringify(gpus.split(',').map((name) => name.trim()))}`]),
    ...(evaluations === undefined ? [] : [`plan.evaluations=${evaluations}`]),
  ];
}

function rendered(
  document: PlanDocument | CapacityDocument,
  format: PlanCommandOptions['format'],
  color: boolean,
): string {
  if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`;
  const sections = document.kind === 'plan' ? planSections(document) : capacitySections(document);
  return format === 'markdown' ? sectionsMarkdown(sections) : renderSections(sections, { color });
}
