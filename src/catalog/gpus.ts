/** Micro-architecture; coefficients without a figure of their own fall back to it. */
export type GpuGeneration = 'ampere' | 'ada' | 'hopper' | 'blackwell' | 'blackwell-ultra' | 'cdna3' | 'cdna4';

/**
 * One GPU as bought: dense peaks (no structured sparsity), usable memory, links per GPU and direction.
 * A `null` peak means that the tensor cores have no such type: weights of that type are computed at 16 bit.
 */
export interface Gpu {
  readonly name: string;
  readonly generation: GpuGeneration;
  /** Memory a program can allocate, before any reserve: what the driver reports, or GiB where no report was found. */
  readonly hbmBytes: number;
  readonly hbmBytesPerSecond: number;
  readonly bf16DenseFlops: number;
  readonly fp8DenseFlops: number | null;
  readonly fp4DenseFlops: number | null;
  /** Thermal design power of the chip and its memory alone. */
  readonly chipTdpWatts: number;
  /** Provisioned utility power per GPU with host, network and facility; accounting of 2025. */
  readonly allInKilowatts2025: number | null;
  /** Chip plus its share of host and NICs, without the facility; accounting of 2026. */
  readonly allInKilowatts2026: number | null;
  /** NVLink, Infinity Fabric or PCIe bandwidth of one GPU in one direction. */
  readonly scaleUpBytesPerSecond: number;
  /** GPUs that reach each other at `scaleUpBytesPerSecond` over a switch or full mesh; 1 means PCIe only. */
  readonly scaleUpDomainGpus: number;
  readonly gpusPerNode: number;
  /** NIC bandwidth of one GPU in one direction. */
  readonly scaleOutBytesPerSecond: number;
  readonly source: string;
  /** Month of the newest of the sources. */
  readonly asOf: string;
}

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/**
 * The GPUs goodput knows.
 *
 * The gigabytes on a datasheet are neither 1e9 nor 2^30 bytes in a uniform way: an "80 GB" H100 reports 81 559 MiB
 * (85.5e9 bytes), a "141 GB" H200 143 771 MiB (150.8e9), because the count of HBM stacks is given in GiB and part is
 * held back. Since the KV cache gets what is left over, `hbmBytes` is what `nvidia-smi` or `rocm-smi` prints, and GiB
 * times the datasheet figure for the two GPUs whose report was not at hand (MI325X, MI355X: MI300X reports 99.99 % of it).
 */
export const gpus: Readonly<Record<string, Gpu>> = {
  'a100-sxm': {
    name: 'a100-sxm',
    generation: 'ampere',
    hbmBytes: 81920 * MIB,
    hbmBytesPerSecond: 2.039e12,
    bf16DenseFlops: 312e12,
    fp8DenseFlops: null,
    fp4DenseFlops: null,
    chipTdpWatts: 400,
    allInKilowatts2025: null,
    allInKilowatts2026: null,
    scaleUpBytesPerSecond: 300e9,
    scaleUpDomainGpus: 8,
    gpusPerNode: 8,
    scaleOutBytesPerSecond: 25e9,
    source: 'NVIDIA datasheet; AIConfigurator system file; memory as reported by the driver',
    asOf: '2026-08',
  },
  l40s: {
    name: 'l40s',
    generation: 'ada',
    hbmBytes: 46068 * MIB,
    hbmBytesPerSecond: 0.864e12,
    bf16DenseFlops: 362e12,
    fp8DenseFlops: 733e12,
    fp4DenseFlops: null,
    chipTdpWatts: 350,
    allInKilowatts2025: null,
    allInKilowatts2026: null,
    scaleUpBytesPerSecond: 32e9,
    scaleUpDomainGpus: 1,
    gpusPerNode: 8,
    scaleOutBytesPerSecond: 25e9,
    source: 'NVIDIA datasheet; memory as reported by the driver',
    asOf: '2026-08',
  },
  'h100-sxm': {
    name: 'h100-sxm',
    generation: 'hopper',
    hbmBytes: 81559 * MIB,
    hbmBytesPerSecond: 3.35e12,
    bf16DenseFlops: 989e12,
    fp8DenseFlops: 1979e12,
    fp4DenseFlops: null,
    chipTdpWatts: 700,
    allInKilowatts2025: 1.73,
    allInKilowatts2026: 1.37,
    scaleUpBytesPerSecond: 450e9,
    scaleUpDomainGpus: 8,
    gpusPerNode: 8,
    scaleOutBytesPerSecond: 50e9,
    source: 'NVIDIA datasheet; InferenceX constants; memory as reported by the driver',
    asOf: '2026-08',
  },
  'h200-sxm': {
    name: 'h200-sxm',
    generation: 'hopper',
    hbmBytes: 143771 * MIB,
    hbmBytesPerSecond: 4.8e12,
    bf16DenseFlops: 989e12,
    fp8DenseFlops: 1979e12,
    fp4DenseFlops: null,
    chipTdpWatts: 700,
    allInKilowatts2025: 1.73,
    allInKilowatts2026: 1.37,
    scaleUpBytesPerSecond: 450e9,
    scaleUpDomainGpus: 8,
    gpusPerNode: 8,
    scaleOutBytesPerSecond: 50e9,
    source: 'NVIDIA datasheet; InferenceX constants; memory as reported by the driver',
    asOf: '2026-08',
  },
  'b200-sxm': {
    name: 'b200-sxm',
    generation: 'blackwell',
    hbmBytes: 183359 * MIB,
    hbmBytesPerSecond: 7.7e12,
    bf16DenseFlops: 2250e12,
    fp8DenseFlops: 4500e12,
    fp4DenseFlops: 9000e12,
    chipTdpWatts: 1000,
    allInKilowatts2025: 2.17,
    allInKilowatts2026: 1.71,
    scaleUpBytesPerSecond: 900e9,
    scaleUpDomainGpus: 8,
    gpusPerNode: 8,
    scaleOutBytesPerSecond: 50e9,
    source: 'NVIDIA datasheet (InferenceX uses 8.0 TB/s); InferenceX constants; memory as reported by the driver',
    asOf: '2026-08',
  },
  'b300-sxm': {
    name: 'b300-sxm',
    generation: 'blackwell-ultra',
    hbmBytes: 275040 * MIB,
    hbmBytesPerSecond: 7.75e12,
    bf16DenseFlops: 2250e12,
    fp8DenseFlops: 4500e12,
    fp4DenseFlops: 13500e12,
    chipTdpWatts: 1200,
    allInKilowatts2025: 2.17,
    allInKilowatts2026: 1.9,
    scaleUpBytesPerSecond: 900e9,
    scaleUpDomainGpus: 8,
    gpusPerNode: 8,
    scaleOutBytesPerSecond: 100e9,
    source:
      'NVIDIA datasheet (AIConfigurator 14000 fp4 and 1100 W); InferenceX constants; memory as reported by the driver',
    asOf: '2026-08',
  },
  'gb200-nvl72': {
    name: 'gb200-nvl72',
    generation: 'blackwell',
    hbmBytes: 189471 * MIB,
    hbmBytesPerSecond: 8.0e12,
    bf16DenseFlops: 2500e12,
    fp8DenseFlops: 5000e12,
    fp4DenseFlops: 10000e12,
    chipTdpWatts: 1200,
    allInKilowatts2025: 2.1,
    allInKilowatts2026: 1.87,
    scaleUpBytesPerSecond: 900e9,
    scaleUpDomainGpus: 72,
    gpusPerNode: 4,
    scaleOutBytesPerSecond: 100e9,
    source: 'NVIDIA datasheet; InferenceX constants; memory as reported by the driver',
    asOf: '2026-08',
  },
  'gb300-nvl72': {
    name: 'gb300-nvl72',
    generation: 'blackwell-ultra',
    hbmBytes: 284208 * MIB,
    hbmBytesPerSecond: 8.0e12,
    bf16DenseFlops: 2500e12,
    fp8DenseFlops: 5000e12,
    fp4DenseFlops: 15000e12,
    chipTdpWatts: 1400,
    allInKilowatts2025: 2.1,
    allInKilowatts2026: 2.12,
    scaleUpBytesPerSecond: 900e9,
    scaleUpDomainGpus: 72,
    gpusPerNode: 4,
    scaleOutBytesPerSecond: 100e9,
    source: 'NVIDIA datasheet; InferenceX constants; memory as reported by the driver',
    asOf: '2026-08',
  },
  'rtx-pro-6000': {
    name: 'rtx-pro-6000',
    generation: 'blackwell',
    hbmBytes: 97887 * MIB,
    hbmBytesPerSecond: 1.597e12,
    bf16DenseFlops: 504e12,
    fp8DenseFlops: 1007e12,
    fp4DenseFlops: 2015e12,
    chipTdpWatts: 600,
    allInKilowatts2025: null,
    allInKilowatts2026: 0.975,
    scaleUpBytesPerSecond: 64e9,
    scaleUpDomainGpus: 1,
    gpusPerNode: 8,
    scaleOutBytesPerSecond: 50e9,
    source: 'NVIDIA datasheet; InferenceX constants; memory as reported by the driver',
    asOf: '2026-08',
  },
  mi300x: {
    name: 'mi300x',
    generation: 'cdna3',
    hbmBytes: 196592 * MIB,
    hbmBytesPerSecond: 5.3e12,
    bf16DenseFlops: 1307e12,
    fp8DenseFlops: 2615e12,
    fp4DenseFlops: null,
    chipTdpWatts: 750,
    allInKilowatts2025: 1.79,
    allInKilowatts2026: 1.39,
    scaleUpBytesPerSecond: 448e9,
    scaleUpDomainGpus: 8,
    gpusPerNode: 8,
    scaleOutBytesPerSecond: 50e9,
    source: 'AMD datasheet; InferenceX constants; memory as reported by the driver',
    asOf: '2026-08',
  },
  mi325x: {
    name: 'mi325x',
    generation: 'cdna3',
    hbmBytes: 256 * GIB,
    hbmBytesPerSecond: 6.0e12,
    bf16DenseFlops: 1307e12,
    fp8DenseFlops: 2615e12,
    fp4DenseFlops: null,
    chipTdpWatts: 1000,
    allInKilowatts2025: 2.18,
    allInKilowatts2026: 1.69,
    scaleUpBytesPerSecond: 448e9,
    scaleUpDomainGpus: 8,
    gpusPerNode: 8,
    scaleOutBytesPerSecond: 50e9,
    source: 'AMD datasheet; InferenceX constants',
    asOf: '2026-08',
  },
  mi355x: {
    name: 'mi355x',
    generation: 'cdna4',
    hbmBytes: 288 * GIB,
    hbmBytesPerSecond: 8.0e12,
    bf16DenseFlops: 2516e12,
    fp8DenseFlops: 5033e12,
    fp4DenseFlops: 10066e12,
    chipTdpWatts: 1400,
    allInKilowatts2025: 2.65,
    allInKilowatts2026: 2.09,
    scaleUpBytesPerSecond: 576e9,
    scaleUpDomainGpus: 8,
    gpusPerNode: 8,
    scaleOutBytesPerSecond: 50e9,
    source: 'AMD datasheet; InferenceX constants',
    asOf: '2026-08',
  },
};
