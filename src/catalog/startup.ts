/**
 * How long a replica takes from its order to its first request: `engineSeconds + weight bytes / bytesPerSecond`.
 *
 * Loading: LLaMA-2-70B, 130 GB in 84 s, and OPT-30B, 60 GB in 34 s, from local storage by PyTorch and Safetensors: 1.5 and
 * 1.8 GB/s (Fu et al., "ServerlessLLM", OSDI 2024, arXiv 2401.14351). Everything else: 58 s until the first answer of
 * vLLM with compiled graphs in its cache and hardly any weights, of which 34 s are profiling, cache set-up and graph
 * capture (github.com/vllm-project/vllm/issues/20264, June 2025). Provisioning a machine comes on top where there is none.
 */
export const startup = {
  engineSeconds: 58,
  bytesPerSecond: 1.6e9,
  source: 'ServerlessLLM (OSDI 2024) for loading, vllm-project/vllm#20264 for the engine',
} as const;
