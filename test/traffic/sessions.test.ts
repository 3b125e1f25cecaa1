import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trafficSchema } from '../../src/scenario/traffic-schema.js';
import { buildDemand } from '../../src/traffic/build.js';
import type { SessionEnd, SessionSource } from '../../src/traffic/sessions/session-source.js';
import type { Session } from '../../src/traffic/sessions/thread.js';

const fixed = (value: number) => ({ distribution: 'fixed', value });
const chat = {
  name: 'chat',
  arrivals: { process: 'poisson', rate: 2 },
  input: { distribution: 'lognormal', mean: 100, cv: 1 },
  output: { distribution: 'lognormal', mean: 80, cv: 1 },
  sessions: { turns: { distribution: 'geometric', mean: 4 }, think: { distribution: 'exponential', mean: 5 } },
};
const agents = {
  ...chat,
  sessions: {
    ...chat.sessions,
    tools: { share: 0.5, time: 1, result: fixed(50) },
    subAgents: {
      share: 0.3,
      count: { distribution: 'uniform', min: 1, max: 4 },
      turns: { distribution: 'geometric', mean: 3 },
      think: 1,
    },
  },
};

function sourceOf(entry: object): SessionSource {
  const [{ source }] = buildDemand(trafficSchema.parse([entry]), { seed: 3, replication: 0, openFile: () => [] });
  if (source.kind !== 'sessions') throw new Error('no sessions');
  return source;
}

interface Turn {
  session: number;
  thread: number;
  at: number;
  end: number;
  input: number;
  output: number;
  blocks: number[];
}

interface Played {
  turns: Turn[];
  ended: { session: Session; end: SessionEnd; at: number }[];
  began: number;
}

/** Plays the first `count` requests on a fleet that takes `serve` seconds for each, and lets the others end. */
function play(source: SessionSource, count: number, serve: (turn: Turn) => number, fails = (_: Turn) => false): Played {
  const turns: Turn[] = [];
  const ended: Played['ended'] = [];
  let began = 0;
  source.observer = {
    began: () => began++,
    ended: (session, end, at) => ended.push({ session, end, at }),
  };
  source.start();
  const open: Turn[] = [];
  for (;;) {
    open.sort((a, b) => a.end - b.end || a.thread - b.thread);
    const arrives = turns.length < count ? source.nextSeconds : Number.POSITIVE_INFINITY;
    if (open.length > 0 && open[0].end < arrives) {
      const done = open.shift() as Turn;
      source.ended(done.thread, done.end, !fails(done));
      continue;
    }
    if (arrives === Number.POSITIVE_INFINITY) break;
    source.take();
    const { session, thread, inputTokens: input, outputTokens: output, prefix } = source;
    const turn = {
      session,
      thread,
      at: arrives,
      end: 0,
      input,
      output,
      blocks: [...prefix.ids.subarray(0, prefix.count)],
    };
    turn.end = arrives + serve(turn);
    turns.push(turn);
    open.push(turn);
  }
  return { turns, ended, began };
}

/** Turns by session, in the order in which they came. */
function bySession(turns: readonly Turn[]): Turn[][] {
  const groups = new Map<number, Turn[]>();
  for (const turn of turns) groups.set(turn.session, [...(groups.get(turn.session) ?? []), turn]);
  return [...groups.values()];
}

/** What a session does, whatever the times: lengths of its requests as a sorted list. */
function content(turns: readonly Turn[]): string[] {
  return turns.map(({ input, output }) => `${input}+${output}`).sort();
}

describe('a conversation', () => {
  const { turns, ended } = play(sourceOf(chat), 1500, () => 2);

  it('sends each turn after the answer before it, with all before it in the prompt', () => {
    for (const session of bySession(turns)) {
      for (let k = 1; k < session.length; k++) {
        expect(session[k].at).toBeGreaterThan(session[k - 1].end);
        expect(session[k].input).toBeGreaterThan(session[k - 1].input + session[k - 1].output);
        expect(session[k].blocks.slice(0, session[k - 1].blocks.length)).toEqual(session[k - 1].blocks);
      }
    }
  });

  it('has the turns and pauses it was given', () => {
    // Of the first hundred, nearly all have ended; of all, the short ones have.
    const finished = ended.filter(({ session }) => session.number < 100).map(({ session }) => session.turns);
    const mean = finished.reduce((sum, n) => sum + n, 0) / finished.length;
    expect(Math.abs(mean - 4)).toBeLessThan(4 * (Math.sqrt(12) / Math.sqrt(finished.length)));
    const pauses = bySession(turns).flatMap((session) => session.slice(1).map(({ at }, k) => at - session[k].end));
    expect(Math.abs(pauses.reduce((sum, s) => sum + s, 0) / pauses.length - 5)).toBeLessThan(
      4 * (5 / Math.sqrt(pauses.length)),
    );
  });

  it('names the whole blocks of prompt and answer, and shares none with other conversations', () => {
    const seen = new Map<number, number>();
    for (const { session, input, output, blocks } of turns) {
      expect(blocks.length).toBe(Math.floor((input + output) / 16));
      for (const id of blocks) {
        expect(seen.get(id) ?? session).toBe(session);
        seen.set(id, session);
      }
    }
  });
});

describe('sessions', () => {
  it('conserve turns: every request belongs to a session, and every answer is counted once', () => {
    const speeds = fc.double({ min: 0.01, max: 20, noNaN: true });
    fc.assert(
      fc.property(speeds, fc.integer({ min: 1, max: 200 }), fc.nat({ max: 40 }), (seconds, count, failing) => {
        let served = 0;
        const { turns, ended, began } = play(
          sourceOf(agents),
          count,
          ({ input }) => seconds * (1 + (input % 7)),
          () => failing > 0 && ++served % (failing + 3) === 0,
        );
        expect(turns.length).toBe(count);
        expect(began).toBe(new Set(turns.map(({ session }) => session)).size);
        const over = new Set(ended.map(({ session }) => session.number));
        expect(over.size).toBe(ended.length);
        for (const { session, end, at } of ended) {
          const own = turns.filter((turn) => turn.session === session.number);
          expect(at).toBe(Math.max(...own.map((turn) => turn.end)));
          expect(session.threads.length).toBe(0);
          expect(session.inFlight).toBe(0);
          if (end === 'completed') expect(session.turns).toBe(own.length);
          else expect(session.turns).toBeLessThan(own.length);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('do the same whatever the fleet: only times differ', () => {
    const fast = play(sourceOf(agents), 700, () => 0.1);
    const slow = play(sourceOf(agents), 700, ({ output }) => 0.1 * output);
    const finished = (of: Played) => new Set(of.ended.map(({ session }) => session.number));
    const both = [...finished(fast)].filter((number) => finished(slow).has(number));
    expect(both.length).toBeGreaterThan(10);
    for (const number of both) {
      const own = (of: Played) => content(of.turns.filter(({ session }) => session === number));
      expect(own(slow)).toEqual(own(fast));
    }
  });

  it('end at a turn that was not served, with what is still in the fleet', () => {
    const { turns, ended } = play(
      sourceOf(chat),
      500,
      () => 1,
      ({ session }) => session % 2 === 1,
    );
    for (const { session, end } of ended) {
      expect(end).toBe(session.number % 2 === 1 ? 'broken' : 'completed');
      if (end === 'broken') expect(turns.filter((turn) => turn.session === session.number).length).toBe(1);
    }
  });

  it('follow each other in a closed loop, one of every user at a time', () => {
    const loop = { ...chat, arrivals: { process: 'closed-loop', users: 7, think: 3 } };
    const { turns, ended } = play(sourceOf(loop), 600, () => 2);
    expect(turns.filter(({ at }) => at === 0).length).toBe(7);
    for (const { session, at } of ended) {
      const next = turns.find((turn) => turn.session === session.number + 7);
      if (next !== undefined) expect(next.at).toBeCloseTo(at + 3, 9);
    }
    // A broken one does not begin again at the same instant.
    const refused = play(
      sourceOf({ ...loop, arrivals: { ...loop.arrivals, think: 0 } }),
      70,
      () => 0,
      () => true,
    );
    expect(Math.max(...refused.turns.map(({ at }) => at))).toBe(9);
  });
});

describe('sub-agents', () => {
  const one = (subAgents: object) => ({
    ...chat,
    arrivals: { process: 'closed-loop', users: 1, think: 1000 },
    input: fixed(100),
    output: fixed(60),
    sessions: {
      turns: fixed(2),
      subAgents: { share: 1, count: fixed(3), turns: { distribution: 'uniform', min: 1, max: 5 }, ...subAgents },
    },
  });

  it('start together after the answer, and the next turn waits for the last of them', () => {
    const { turns } = play(sourceOf(one({ think: 1 })), 400, ({ input }) => 1 + (input % 13));
    for (const session of bySession(turns).slice(0, -1)) {
      const [first, ...rest] = session;
      const next = rest[rest.length - 1];
      const agentTurns = rest.slice(0, -1);
      expect(agentTurns.filter(({ at }) => at === first.end).length).toBe(3);
      expect(next.at).toBe(Math.max(...agentTurns.map(({ end }) => end)));
      // The last answer of each is part of it.
      expect(next.input).toBe(first.input + first.output + 3 * 60);
    }
  });

  it('begin with the context of their parent, or with a prompt of their own', () => {
    const inherit = play(sourceOf(one({ context: 'parent' })), 5, () => 1).turns;
    expect(inherit[1].input).toBe(inherit[0].input + inherit[0].output + 100);
    expect(inherit[1].blocks.slice(0, 10)).toEqual(inherit[0].blocks);
    expect(inherit[1].blocks.slice(10)).not.toEqual(inherit[2].blocks.slice(10));
    const own = play(sourceOf(one({ system: 320 })), 5, () => 1).turns;
    expect(own[1].input).toBe(420);
    expect(own[1].blocks.slice(0, 20)).toEqual(own[2].blocks.slice(0, 20));
    expect(own[1].blocks[20]).not.toBe(own[2].blocks[20]);
    expect(own[0].blocks[0]).not.toBe(own[1].blocks[0]);
  });
});

describe('system prompts', () => {
  it('are shared by the sessions of a group', () => {
    const system = { tokens: { distribution: 'uniform', min: 200, max: 2000 }, groups: 4, skew: 1 };
    const { turns } = play(sourceOf({ ...chat, sessions: { ...chat.sessions, system } }), 800, () => 1);
    const firsts = bySession(turns).map(([first]) => first);
    const groups = new Map<number, Turn[]>();
    for (const first of firsts) groups.set(first.blocks[0], [...(groups.get(first.blocks[0]) ?? []), first]);
    expect(groups.size).toBe(4);
    const sizes = [...groups.values()].map(({ length }) => length / firsts.length).sort((a, b) => b - a);
    expect(sizes[0]).toBeGreaterThan(0.38);
    expect(sizes[0]).toBeLessThan(0.58);
    for (const group of groups.values()) {
      for (const { blocks } of group) expect(blocks.slice(0, 12)).toEqual(group[0].blocks.slice(0, 12));
    }
  });
});

describe('the limit of a context', () => {
  const limited = (beyond: string) => ({
    ...chat,
    sessions: { ...chat.sessions, turns: fixed(40), system: { tokens: fixed(160) }, context: { max: 1500, beyond } },
  });

  it('is never passed', () => {
    for (const beyond of ['end', 'truncate']) {
      for (const { input, output } of play(sourceOf(limited(beyond)), 1000, () => 1).turns) {
        expect(input + output).toBeLessThanOrEqual(1500);
        expect(Math.min(input, output)).toBeGreaterThanOrEqual(1);
      }
    }
  });

  it('ends a session early', () => {
    const { ended } = play(sourceOf(limited('end')), 1200, () => 1);
    expect(ended.length).toBeGreaterThan(50);
    for (const { session, end } of ended) {
      expect(end).toBe('completed');
      expect(session.turns).toBeLessThan(40);
    }
  });

  it('or drops all but the system prompt of what was cached', () => {
    const { turns } = play(sourceOf(limited('truncate')), 1000, () => 1);
    let dropped = 0;
    for (const session of bySession(turns)) {
      for (let k = 1; k < session.length; k++) {
        const [before, after] = [session[k - 1].blocks, session[k].blocks];
        expect(after.slice(0, 10)).toEqual(before.slice(0, 10));
        if (session[k].input > session[k - 1].input + session[k - 1].output) continue;
        dropped++;
        expect(after[10]).not.toBe(before[10]);
      }
    }
    expect(dropped).toBeGreaterThan(5);
  });
});
