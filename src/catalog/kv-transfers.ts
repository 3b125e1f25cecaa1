/** How a stack moves KV caches from prefill to decode: time = latency + bytes / (efficiency * link bandwidth). */
export interface KvTransfer {
  readonly latencySeconds: number;
  /** Share of the bandwidth of the links that payload reaches. */
  readonly linkEfficiency: number;
  readonly source: string;
}

const MEASURED = 'kvcache-ai/Mooncake documentation, performance pages; least largest error over 9 sizes each';

/**
 * By stack, fitted to transfers between two nodes of eight GPUs over 200 GB/s of RDMA. Qwen3-8B on vLLM, 128 to 32,768 tokens: the
 * sizes that are published for it are 2^20 bytes at one end and 2^30 at the other; read as those, which is what the model
 * makes of the tokens, and as 10^6 bytes the times are off by at most 7.3 %. Qwen3-235B on SGLang, 49 MB to 12.6 GB: at most 4.9 %.
 */
export const kvTransfers: Readonly<Record<string, KvTransfer>> = {
  vllm: { latencySeconds: 0.39e-3, linkEfficiency: 144 / 200, source: MEASURED },
  sglang: { latencySeconds: 1.89e-3, linkEfficiency: 175 / 200, source: MEASURED },
  trtllm: { latencySeconds: 0.39e-3, linkEfficiency: 144 / 200, source: `not measured; as vLLM (${MEASURED})` },
};
