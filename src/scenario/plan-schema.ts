import { z } from 'zod';
import { plannerSchema } from './planner-schema.js';
import { accepted, choice, line, real, whole } from './quantities.js';

const degree = whole(1, 1024);

const shape = z.strictObject({
  tp: degree.default(1).describe('Tensor parallelism'),
  pp: degree.default(1).describe('Pipeline parallelism'),
  attentionDp: degree.default(1).describe('Data parallelism of attention inside one replica'),
  moeTp: degree.optional().describe('Tensor parallelism inside an expert'),
  moeEp: degree.optional().describe('Expert parallelism'),
});

const planner = z.union([choice(['static', 'load', 'throughput']), plannerSchema]);
accepted.add(planner, {
  is: 'a planner',
  allowed: 'static, load, throughput, or a block as under planner, such as { policy: load, step: 2 }',
});

/** What `goodput plan` may choose from, and what its choice must hold; `goodput run` reads none of it. */
export const planSchema = z.strictObject({
  attainment: real({ min: 0, max: 1, above: true })
    .optional()
    .describe(
      'Share of requests that must hold their SLO, besides what expect asks of service; default 0.95 where it asks nothing',
    ),
  gpus: z
    .array(line(200))
    .min(1)
    .max(100)
    .optional()
    .describe('GPUs to choose from; default: those of the scenario and all that have a price and measured step times'),
  parallelism: z
    .array(shape)
    .min(1)
    .max(100)
    .optional()
    .describe('Ways to spread the model over the GPUs of a replica; default: powers of two that the model allows'),
  modes: z
    .array(choice(['aggregated', 'disaggregated']))
    .min(1)
    .default(['aggregated', 'disaggregated'])
    .describe('Prompts and answers on the same replicas, or in pools of their own'),
  planners: z
    .array(planner)
    .min(1)
    .max(20)
    .optional()
    .describe(
      'Ways to size a fleet; the plan chooses how far those that scale may grow. Default: static, and the planner of the scenario',
    ),
  maxGpus: whole(1, 10_000).default(64).describe('Most GPUs of a fleet'),
  evaluations: whole(1, 100_000).default(200).describe('Simulations that may be spent on the search'),
  confirmations: whole(0, 100)
    .default(4)
    .describe('Further seeds under which the answer must hold on average, so that it is not one that was lucky once'),
});
