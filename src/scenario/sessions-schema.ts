import { z } from 'zod';
import { pauseSchema } from './arrivals-schema.js';
import { lengthsSchema, tokens } from './lengths-schema.js';
import { choice, real, whole } from './quantities.js';

const share = real({ min: 0, max: 1 });

/**
 * Conversations and agents: requests of a session follow each other, and each prompt holds all before it. `arrivals` then
 * say when sessions begin, `input` what a turn adds to the prompt, `output` what it answers.
 */
export const sessionsSchema = z
  .strictObject({
    turns: lengthsSchema.describe(
      'Requests of a session, those of sub-agents not counted; any distribution of lengths',
    ),
    think: pauseSchema.default({ distribution: 'fixed', value: 0 }).describe('From an answer to the next turn'),
    first: lengthsSchema.optional().describe('What the first prompt holds beside the system prompt; default: as input'),
    system: z
      .strictObject({
        tokens: lengthsSchema.describe('Length, drawn once for each group'),
        groups: whole(1, 1_000_000).default(1).describe('Different system prompts'),
        skew: real({ min: 0, max: 20 }).default(0).describe('The n-th group is chosen in proportion to n^-skew'),
      })
      .optional()
      .describe('System prompts that sessions share'),
    tools: z
      .strictObject({
        share: share.describe('Share of the turns that are followed by a tool call instead of a user'),
        time: pauseSchema.describe('How long a tool takes'),
        result: lengthsSchema.optional().describe('What its result adds to the prompt, tokens; default: as input'),
      })
      .optional()
      .describe('Turns that a program sends, not a user'),
    subAgents: z
      .strictObject({
        share: share.describe(
          'Share of the turns after which sub-agents work, all at once; the next turn waits for all',
        ),
        count: lengthsSchema.describe('How many they are; any distribution of lengths'),
        turns: lengthsSchema.describe('Requests of each; any distribution of lengths'),
        think: pauseSchema.default({ distribution: 'fixed', value: 0 }).describe('Between their requests'),
        input: lengthsSchema.optional().describe('What each of their requests adds; default: that of the class'),
        output: lengthsSchema.optional().describe('Their answers; default: those of the class'),
        context: choice(['own', 'parent'])
          .default('own')
          .describe('What they begin with: a system prompt of their own, or all that the session holds'),
        system: tokens.optional().describe('Length of the system prompt that all sub-agents share, for context: own'),
      })
      .optional()
      .describe('Sub-agents; the last answer of each is part of the next prompt of the session'),
    context: z
      .strictObject({
        max: tokens.describe('Longest prompt and answer together, as the model sets it'),
        beyond: choice(['end', 'truncate'])
          .default('end')
          .describe('What then: end the session, or drop the oldest tokens until half of the limit is left'),
      })
      .optional()
      .describe('Limit of the context; default: none'),
    blockTokens: whole(1, 4096)
      .default(16)
      .describe('Tokens per block in which prompts are compared, for prefix caching'),
  })
  .superRefine(({ subAgents }, context) => {
    if (subAgents?.context === 'parent' && subAgents.system !== undefined) {
      const path = ['subAgents', 'system'];
      context.addIssue({ code: 'custom', path, message: 'belongs to context: own; a parent brings its own' });
    }
  });

/** A sessions block, checked. */
export type SessionsChoice = z.output<typeof sessionsSchema>;
