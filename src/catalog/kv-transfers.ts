/** How a stack moves KV caches from prefill to decode: time = latency + bytes / (efficiency * link bandwidth). */
export interface KvTransfer {
  readonly latencySeconds: number;
  /** Share of the bandwidth of the links that payload reaches. */
  readonly linkEfficiency: number;
  readonly source: string;
}

const MEASURED = 'kvcache-ai/Mooncake documentation, performance pages; least largest error over 9 sizes each';

/**
 * By stack, fitted to transfers between two nodes of eight GPUs over 200 GB/s of RDMA: Qwen3-8B on vLLM, 20 MB to 4.5 GB,
 * off by at most 5.5 %; Qwen3-235B on SGLang, 49 MB to 12.6 GB, off by at most 4.9 %.
 */
export const kvTransfers: Readonly<Record<string, KvTransfer>> = {
  vllm: { latencySeconds: 0.37e-3, linkEfficiency: 139 / 200, source: MEASURED },
  sglang: { latencySeconds: 1.89e-3, linkEfficiency: 175 / 200, source: MEASURED },
  trtllm: { latencySeconds: 0.37e-3, linkEfficiency: 139 / 200, source: `not measured; as vLLM (${MEASURED})` },
};
