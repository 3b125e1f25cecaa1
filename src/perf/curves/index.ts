/**
 * Kernel curves: seconds of one operation on one GPU as a bounded function of its shape, fitted to measured kernel
 * timings (`experiment/kernels`) and shipped as coefficients (`catalog/kernel-curves`).
 *
 * How to sum them up to a step of `T` tokens, `B` of them decoding, with `S` context tokens, on one GPU and one layer:
 *
 *     const curve = kernelCurves(gpu, stack.name, { captured: true });      // prefill steps run outside graphs: false
 *     gemmSeconds(curve('gemm', format), { format, rows: T, n, k })         // each matrix at its size on this GPU
 *     expertSeconds(curve('experts', format), { format, tokens, pairs, hidden, intermediate, ...expertLoad(...) })
 *     decodeRates(curve('decode-attention', 'bf16/fp8'), B, groupedDecodeHeads(...))
 *         -> fixedSeconds into the table over B, secondsPerContextToken into the slope for B: affine in S as it must be
 *     prefillRates(curve('prefill-attention', 'bf16/fp8'), prompts, groupedPrefillHeads(...))
 *         -> fixedSeconds per prefill step, secondsPerToken per prompt token, secondsPerPair per attended pair
 *     collectiveSeconds(curve('all-reduce', 'graph'), { kind: 'all_reduce', gpus: tp, bytes: T * hidden * 2 })
 *
 * Types: `gemm`, `experts`, `latent-projection` take a number format; attention takes `compute/cache` (decoding computes at
 * 16 bit: `bf16/bf16`, `bf16/fp8`); modules take `projection format/cache`; `all-reduce` is `graph` or `eager`; `nccl` takes
 * the collective; `recurrent-*` is `bf16`. FP8 checkpoints of DeepSeek and Qwen are `fp8_block`, those of Llama `fp8`; MXFP4
 * experts are `mxfp4_w4a8` where the tensor cores have 4 bit and `mxfp4_w4a16` elsewhere. Latent attention is the sum of
 * its GEMMs, two `latent-projection`s (decoding) and `latent-*-attention`, or instead one `latent-*-module`.
 *
 * `tier` of each curve says what it rests on. Not in the curves: norms, activations, embedding, sampling (bandwidth
 * bound), collectives that leave the scale-up domain, host time between steps. Evaluate curves while compiling, never per
 * simulated step.
 */
export * from './collective.js';
export * from './curve-form.js';
export * from './decode-attention.js';
export * from './expert-load.js';
export * from './experts.js';
export * from './forms.js';
export * from './gemm.js';
export * from './heads.js';
export * from './latent-module.js';
export * from './latent-projection.js';
export * from './limits.js';
export * from './lookup.js';
export * from './number-format.js';
export * from './prefill-attention.js';
export * from './recurrent.js';
export * from './seconds.js';
