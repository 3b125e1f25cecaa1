/** Figures that other people measured or published, each with its source and date. No logic lives here. */
export { type Gpu, type GpuGeneration, gpus } from './gpus.js';
export { type KvTransfer, kvTransfers } from './kv-transfers.js';
export type {
  GroupedQueryAttention,
  LatentAttention,
  LinearAttention,
  MixtureOfExperts,
  Model,
} from './model.js';
export { models } from './models.js';
export { type GpuHourPrice, type PriceBook, priceBooks } from './prices.js';
export { type Stack, stacks } from './stacks.js';
export { startup } from './startup.js';
export { type TrafficPreset, trafficPresets } from './traffic.js';
