import { randomStream } from '../../engine/random.js';
import type {
  AnyArrivals,
  Lengths,
  SessionsChoice,
  TraceArrivals,
  TrafficClassDemand,
} from '../../scenario/traffic-schema.js';
import { arrivalProcess } from '../arrivals/index.js';
import type { ClassDemand } from '../demand.js';
import { truncationNotes } from '../lengths/truncation-notes.js';
import type { OpenFile } from '../lines.js';
import { SessionLaws } from './session-laws.js';
import { SessionSource } from './session-source.js';
import { SystemPrompts } from './system-prompts.js';

/**
 * The demand of a class whose requests belong to sessions. Random streams: `arrivals/<class>` for the starts,
 * `sessions/<class>/<session>` for what a session does, `.../<turn>/<agent>` for each sub-agent, `.../system/<group>` for the
 * length of a system prompt.
 */
export function sessionClass(
  { name, priority, input, output, maxOutputTokens }: TrafficClassDemand,
  sessions: SessionsChoice,
  arrivals: Exclude<AnyArrivals, TraceArrivals>,
  { seed, replication, openFile }: { seed: number; replication: number; openFile: OpenFile },
): ClassDemand {
  if (input === undefined || output === undefined) throw new Error(`class ${name} has no lengths`);
  const stream = (purpose: string) => randomStream(seed, replication, `sessions/${name}/${purpose}`);
  const closed = arrivals.process === 'closed-loop';
  const after = closed ? arrivals.think : ({ distribution: 'fixed', value: 0 } as const);
  const laws = new SessionLaws(
    sessions,
    { input, output, maxOutputTokens: maxOutputTokens ?? Infinity, after },
    openFile,
  );
  const { system, blockTokens } = sessions;
  const source = new SessionSource({
    choice: sessions,
    starts: closed
      ? { kind: 'closed', users: arrivals.users }
      : {
          kind: 'open',
          arrivals: arrivalProcess(arrivals, randomStream(seed, replication, `arrivals/${name}`), {
            batches: () => randomStream(seed, replication, `batches/${name}`),
            openFile,
          }),
        },
    laws,
    system:
      system === undefined ? undefined : (numbers) => new SystemPrompts(system, numbers, blockTokens, openFile, stream),
    stream,
  });
  return {
    name,
    priority,
    source,
    outputLimit: laws.longestOutput,
    notes: () => notesOf(sessions, name, { input, output }, maxOutputTokens, openFile),
  };
}

function notesOf(
  { turns, first, system, tools, subAgents }: SessionsChoice,
  name: string,
  { input, output }: { input: Lengths; output: Lengths },
  maxOutputTokens: number | undefined,
  openFile: OpenFile,
): string[] {
  const distributions = {
    'input lengths': input,
    'output lengths': output,
    'turns of sessions': turns,
    'lengths of first prompts': first,
    'lengths of system prompts': system?.tokens,
    'lengths of tool results': tools?.result,
    'number of sub-agents': subAgents?.count,
    'turns of sub-agents': subAgents?.turns,
    'input lengths of sub-agents': subAgents?.input,
    'output lengths of sub-agents': subAgents?.output,
  };
  const answers = ['output lengths', 'output lengths of sub-agents'];
  return truncationNotes(name, distributions, openFile, { maxOutputTokens, answers });
}
