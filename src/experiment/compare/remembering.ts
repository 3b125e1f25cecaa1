import type { Executor } from '../sweep/executor.js';
import type { SimulationTask, TaskOutcome } from '../sweep/task.js';

/**
 * Runs the same task once: claims about the same fleets, and choices that change only how a curve is read, share their runs.
 */
export function remembering(executor: Executor): Executor {
  const known = new Map<string, Promise<TaskOutcome>>();
  return {
    workers: executor.workers,
    close: () => executor.close(),
    run: ({ text, file, baseDirectory, overrides, keepRuns }: SimulationTask) => {
      const key = JSON.stringify([text, baseDirectory, overrides, keepRuns]);
      const running = known.get(key) ?? executor.run({ text, file, baseDirectory, overrides, keepRuns });
      known.set(key, running);
      return running;
    },
  };
}
