import type { Random } from '../../engine/random.js';
import type { ThinkTime as ThinkTimeChoice } from '../../scenario/schema.js';
import type { SessionsChoice } from '../../scenario/sessions-schema.js';
import type { Lengths } from '../../scenario/traffic-schema.js';
import type { LengthSampler } from '../demand.js';
import { boundedLengths } from '../lengths/index.js';
import type { OpenFile } from '../lines.js';
import { type ThinkTime, thinkTime } from '../think-time.js';

/** What the requests of a thread add to its context, and what comes between them. */
export interface ThreadLaws {
  turns: LengthSampler;
  first: LengthSampler;
  input: LengthSampler;
  output: LengthSampler;
  think: ThinkTime;
}

export interface AgentLaws extends ThreadLaws {
  share: number;
  count: LengthSampler;
  fromParent: boolean;
  systemTokens: number;
}

/** What a class says beside its sessions. */
export interface ClassChoice {
  input: Lengths;
  output: Lengths;
  /** Infinity for no limit. */
  maxOutputTokens: number;
  after: ThinkTimeChoice;
}

/**
 * All distributions of a class with sessions. They draw from the stream of whichever thread is at hand, so that what a
 * session does never hangs on when other sessions, or its own sub-agents, are served.
 */
export class SessionLaws {
  readonly main: ThreadLaws;
  readonly tools: { share: number; time: ThinkTime; result: LengthSampler } | undefined;
  readonly agents: AgentLaws | undefined;
  /** From the end of a session to the next one of its user, in a closed loop. */
  readonly after: ThinkTime;
  readonly longestOutput: number;
  private current: Random = () => 0;

  constructor(sessions: SessionsChoice, { input, output, maxOutputTokens, after }: ClassChoice, openFile: OpenFile) {
    const random: Random = () => this.current();
    const lengths = (of: Lengths) => boundedLengths(of, random, openFile).sampler;
    const cut = (of: Lengths): LengthSampler => {
      const sampler = lengths(of);
      return maxOutputTokens === Infinity ? sampler : { next: () => Math.min(sampler.next(), maxOutputTokens) };
    };
    const { turns, think, first = input, tools, subAgents } = sessions;
    const prompts = lengths(input);
    this.main = {
      turns: lengths(turns),
      first: lengths(first),
      input: prompts,
      output: cut(output),
      think: thinkTime(think, random),
    };
    this.after = thinkTime(after, random);
    if (tools !== undefined) {
      const { share, time, result } = tools;
      this.tools = { share, time: thinkTime(time, random), result: result === undefined ? prompts : lengths(result) };
    }
    if (subAgents !== undefined) {
      const asks = subAgents.input === undefined ? prompts : lengths(subAgents.input);
      this.agents = {
        share: subAgents.share,
        count: lengths(subAgents.count),
        turns: lengths(subAgents.turns),
        think: thinkTime(subAgents.think, random),
        first: asks,
        input: asks,
        output: cut(subAgents.output ?? output),
        fromParent: subAgents.context === 'parent',
        systemTokens: subAgents.system ?? 0,
      };
    }
    const answers = [output, ...(subAgents?.output === undefined ? [] : [subAgents.output])];
    const longest = answers.map((of) => boundedLengths(of, random, openFile).longestTokens);
    this.longestOutput = Math.min(maxOutputTokens, Math.max(...longest));
  }

  /** The laws of a thread, which draw from its stream until the next call. */
  of(random: Random, isAgent: boolean): ThreadLaws {
    this.current = random;
    return isAgent ? (this.agents as AgentLaws) : this.main;
  }
}
