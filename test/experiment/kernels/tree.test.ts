import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gpus } from '../../../src/catalog/index.js';
import { calibrateKernels, curvesFromJson, curvesToJson, findTables } from '../../../src/experiment/kernels/index.js';
import { compareVersions } from '../../../src/experiment/kernels/tree.js';
import { gemmForm, kernelLimits } from '../../../src/perf/curves/index.js';

const root = mkdtempSync(join(tmpdir(), 'goodput-kernels-'));
afterAll(() => rmSync(root, { recursive: true }));

function put(path: string, text = ''): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A GEMM table as AIConfigurator writes it, timed on a GPU with known efficiencies. */
function gemmTable(): string {
  const limits = kernelLimits(gpus['h200-sxm'], 'gemm', 'bf16');
  const coefficients = {
    fixedSeconds: 3e-6,
    secondsPerK: 4e-10,
    bandwidth: 0.8,
    compute: 0.7,
    halfRows: 50,
    halfColumns: 300,
    halfK: 100,
    hostSeconds: 1e-6,
  };
  const lines = ['framework,version,device,op_name,kernel_source,gemm_dtype,m,n,k,latency'];
  for (const rows of [1, 4, 16, 64, 256, 1024, 4096]) {
    for (const n of [256, 1024, 4096, 16384]) {
      for (const k of [256, 1024, 4096, 16384]) {
        const ms = 1e3 * gemmForm.seconds(coefficients, { format: 'bf16', rows, n, k }, limits);
        lines.push(`VLLM,0.14.0,NVIDIA H200,gemm,linear,bfloat16,${rows},${n},${k},${ms}`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

describe('findTables', () => {
  it('reads both layouts and takes the newest version of each table', async () => {
    put('plain/h100-sxm/vllm/gemm.parquet');
    put('plain/index.csv');
    put('tree/src/systems/data/h200_sxm/vllm/0.9.1/gemm_perf.txt');
    put('tree/src/systems/data/h200_sxm/vllm/0.14.0/gemm_perf.txt');
    put('tree/src/systems/data/gb200/nccl/2.27.3/nccl_perf.parquet');
    put('tree/src/systems/h200_sxm.yaml');
    expect(await findTables(join(root, 'plain'))).toMatchObject([
      { gpu: 'h100-sxm', stack: 'vllm', table: 'gemm', version: null },
    ]);
    expect(await findTables(join(root, 'tree'))).toMatchObject([
      { gpu: 'gb200-nvl72', stack: 'nccl', table: 'nccl', version: '2.27.3' },
      { gpu: 'h200-sxm', stack: 'vllm', table: 'gemm', version: '0.14.0' },
    ]);
  });

  it('orders versions by number, candidates before the release and post-releases after it', () => {
    const sorted = ['1.3.0rc10', '0.5.1.post1', '1.3.0', '0.14.0', '1.3.0rc4', '0.9.2', '0.5.1'].sort(compareVersions);
    expect(sorted).toEqual(['0.5.1', '0.5.1.post1', '0.9.2', '0.14.0', '1.3.0rc4', '1.3.0rc10', '1.3.0']);
  });
});

describe('calibrateKernels', () => {
  it("fits AIConfigurator's text tables and survives a round trip through its file", async () => {
    put('fit/h200_sxm/vllm/0.14.0/gemm_perf.txt', gemmTable());
    put('fit/h200_sxm/vllm/0.14.0/moe_perf.txt', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n');
    put('fit/h200_sxm/vllm/0.14.0/poetry_perf.txt', 'a,b\n1,2\n');
    const calibration = await calibrateKernels(join(root, 'fit'));
    expect(calibration.curves).toMatchObject([
      { operation: 'gemm', type: 'bf16', gpu: 'h200-sxm', stack: 'vllm', stackVersion: '0.14.0', shapes: 112 },
    ]);
    expect(calibration.curves[0].medianError).toBeLessThan(0.02);
    expect(calibration.notes.map(({ reason }) => reason)).toEqual([
      'a Git LFS pointer, not the file',
      'no curve for this kind of table',
    ]);
    const text = curvesToJson(calibration, 'test');
    expect(curvesFromJson(text)).toEqual(calibration.curves);
    expect(() => curvesFromJson(text.replace(/"bandwidth":[\d.]+/, '"bandwidth":1.2'))).toThrow(/bandwidth/);
  });
});
