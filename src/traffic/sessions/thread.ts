import type { Random } from '../../engine/random.js';
import type { BlockIds } from './block-ids.js';

/** One conversation or task: its main line of requests, and the sub-agents that work for it. */
export class Session {
  /** Threads that send, think or wait. */
  readonly threads: Thread[] = [];
  /** Requests in the fleet. */
  inFlight = 0;
  /** Requests that were answered. */
  turns = 0;
  /** A request was not served: nobody asks again. */
  broken = false;

  /**
   * @param number whole, at least 0, different from those of all other sessions of the class
   * @param name under which its random streams run; does not depend on what the fleet does
   * @param user of a closed loop; -1 otherwise
   */
  constructor(
    readonly number: number,
    readonly name: string,
    readonly user: number,
    readonly startSeconds: number,
  ) {}
}

/** Requests that follow each other, each prompt holding all before it. */
export class Thread {
  /** Requests that were answered. */
  turn = 0;
  /** Prompt and answer of the last request. */
  contextTokens = 0;
  /** Of those, what cannot be dropped when the context gets too long. */
  systemTokens = 0;
  /** The request that comes next, or is in the fleet. */
  inputTokens = 0;
  outputTokens = 0;
  /** Sub-agents that have not ended yet, and the answers of those that have. */
  openAgents = 0;
  agentTokens = 0;

  /** @param slot its number among the threads that there are now */
  constructor(
    readonly slot: number,
    readonly session: Session,
    readonly parent: Thread | undefined,
    readonly random: Random,
    readonly turns: number,
    readonly blocks: BlockIds,
  ) {}
}
