import { Redis } from 'ioredis';
import { InputError } from '../../scenario/input-error.js';
import { VERSION } from '../../version.js';
import type { PointTask } from '../sweep/point-line.js';

/** Time that a server has to answer at first. */
const CONNECT_MS = 5000;

/** Keys in Redis. Versions do not mix: a point must come out the same wherever it is run. */
const PREFIX = `goodput-${VERSION}`;

/** BullMQ's name of the queue, without its own prefix. */
export const QUEUE = 'points';
export const QUEUE_PREFIX = PREFIX;

/** The scenario that all points of a sweep start from; there for as long as somebody waits for them. */
export const sweepKey = (sweep: string) => `${PREFIX}:sweep:${sweep}`;
/** Points that are done and have not been fetched yet. */
export const resultsKey = (sweep: string) => `${PREFIX}:results:${sweep}`;

/** Whether anybody waits for points. */
export async function hasSweeps(client: Redis): Promise<boolean> {
  for await (const keys of client.scanStream({ match: sweepKey('*'), count: 1000 })) {
    if ((keys as string[]).length > 0) return true;
  }
  return false;
}

/** What a job of the queue says; the rest of a point's task is under {@link sweepKey}. */
export interface QueuedPoint {
  sweep: string;
  overrides: readonly string[];
  point: PointTask['point'];
}

/**
 * Connects to the Redis that holds the queue.
 *
 * @param url such as `redis://localhost:6379` or `rediss://user:password@host:6380/2`
 * @throws InputError where that is no such address, or nobody answers there
 */
export async function connect(url: string): Promise<Redis> {
  const address = addressOf(url);
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    // BullMQ's condition for clients of its workers: commands wait for a connection that comes back.
    maxRetriesPerRequest: null,
  });
  let cause: Error | undefined;
  // Without a listener an error would end the process; what matters of it is reported below.
  client.on('error', (error) => {
    cause = error;
  });
  const refuse = (reason: string): never => {
    client.disconnect();
    const hint = 'is redis-server running there, and may this machine reach it?';
    throw new InputError({ message: `cannot reach the queue at ${address}: ${reason}`, hint });
  };
  const timer = setTimeout(() => client.disconnect(), CONNECT_MS);
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    return refuse(reasonOf(cause ?? error));
  } finally {
    clearTimeout(timer);
  }
  return client;
}

/** Host and port of an address; a password in it is nobody's business. */
export function addressOf(url: string): string {
  const problem = {
    message: '--queue must be the address of a Redis server',
    allowed: 'such as redis://localhost:6379',
  };
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new InputError({ ...problem, found: JSON.stringify(url.replace(/\/\/.*@/, '//')) });
  }
  if (!['redis:', 'rediss:'].includes(parsed.protocol) || parsed.hostname === '') {
    throw new InputError({ ...problem, found: JSON.stringify(`${parsed.protocol}//${parsed.host}`) });
  }
  return `${parsed.hostname}:${parsed.port === '' ? '6379' : parsed.port}`;
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ECONNREFUSED') return 'nobody answers';
  if ('code' in error && error.code === 'ENOTFOUND') return 'there is no such host';
  return error.message === 'Connection is closed.' ? 'no answer within 5 s' : error.message;
}
