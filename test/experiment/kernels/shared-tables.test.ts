import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kernelCurves } from '../../../src/catalog/kernel-curves/index.js';
import { calibrateKernels } from '../../../src/experiment/kernels/index.js';

const folder = '../shared/data/kernels';
const present = existsSync(folder);

describe('the shared kernel tables', () => {
  if (!present) console.warn(`skipped: ${folder} is absent`);

  it.skipIf(!present)('give back the shipped coefficients, bit for bit', async () => {
    const tables = /^(h100-sxm\/vllm\/(custom_allreduce|generation_mla|mla_generation_module)|b200-sxm\/nccl\/nccl)$/;
    const { curves } = await calibrateKernels(folder, {
      only: ({ gpu, stack, table }) => tables.test(`${gpu}/${stack}/${table}`),
    });
    expect(curves.length).toBeGreaterThan(8);
    for (const curve of curves) expect(kernelCurves).toContainEqual(curve);
  });
});
