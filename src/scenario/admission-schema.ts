import { z } from 'zod';
import { accepted, choice, duration, rate, TEN_YEARS, whole } from './quantities.js';

const patience = duration({ min: 0, max: TEN_YEARS, above: true });

const deadline = z.union([
  patience.transform((firstToken) => ({ firstToken, end: undefined })),
  z
    .strictObject({
      firstToken: patience.optional().describe('Users leave who have no token by then'),
      end: patience.optional().describe('Users leave whose answer is not complete by then'),
    })
    .transform(({ firstToken, end }) => ({ firstToken, end })),
]);
accepted.add(deadline, {
  is: 'a duration, or durations to the first token and to the end',
  allowed: '30s, or { firstToken: 30s, end: 5m }',
});

/** What a class of requests says that may end before it is served. */
export const classAdmission = {
  deadline: deadline
    .optional()
    .describe('Time since arrival after which users leave: to the first token, or { firstToken, end }; default: never'),
  rateLimit: z
    .strictObject({
      rate: rate({ min: 1e-9, max: 1e9 }).describe('Requests let in over time, in the long run'),
      burst: whole(1, 1_000_000_000).default(1).describe('Requests let in at once after a pause'),
    })
    .optional()
    .describe('Token bucket: requests beyond it are rejected on arrival'),
};

/** How many requests may wait, and who has to go when they are more. */
export const admissionSchema = z.strictObject({
  maxQueued: whole(0, 1_000_000_000).optional().describe('Most requests that wait in the whole fleet'),
  maxQueuedPerReplica: whole(0, 1_000_000_000).optional().describe('Most requests that wait at one replica'),
  shedding: choice(['newest', 'lowest-priority'])
    .default('newest')
    .describe('Who is rejected when a queue is full: who comes, or the least important who waits'),
});

export type AdmissionScenario = z.output<typeof admissionSchema>;
