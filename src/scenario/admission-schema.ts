import { z } from 'zod';
import { accepted, duration, TEN_YEARS } from './quantities.js';

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
};
