/** The user has stopped the run. */
export class Interrupted extends Error {
  constructor(
    /** As shells report a process that was ended by this signal. */
    readonly exitCode: number,
  ) {
    super('interrupted');
  }
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Waits for Ctrl-C, until it is told to stop.
 *
 * @returns a promise that rejects with {@link Interrupted}
 */
export function interruption() {
  let interrupted = false;
  const stopListening: (() => void)[] = [];
  const promise = new Promise<never>((_, reject) => {
    for (const [signal, exitCode] of Object.entries(EXIT_CODES)) {
      const handler = () => {
        interrupted = true;
        reject(new Interrupted(exitCode));
      };
      process.on(signal, handler);
      stopListening.push(() => process.off(signal, handler));
    }
  });
  promise.catch(() => {});
  return {
    promise,
    interrupted: () => interrupted,
    stop: () => {
      for (const stop of stopListening) stop();
    },
  };
}
