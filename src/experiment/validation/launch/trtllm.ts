/**
 * How the DeepSeek-R1 fleets of InferenceX with TensorRT-LLM were started: figures of github.com/SemiAnalysisAI/InferenceX,
 * `.github/configs/nvidia-master.yaml` at 0004cf5f, and of the recipes that it names (`recipes/trtllm` of github.com/ishandhanani/srt-slurm
 * and its forks connorcarpenter15 and qiching), each of them read, looked up 2026-11; those before 2026-01-15 of its predecessor at
 * 525079ad. Where a recipe contradicts the configuration or its own name, its figures stand (users of H200 fleets are the
 * list's times the decode workers). Of B200 and FP8 with three decode workers forks hold two versions; the older gives room to all.
 *
 * A heading names GPU, format and lengths, and the day before which it holds. A line is one fleet: prefill workers, decode workers,
 * guesses of multi-token prediction, and after the users the sequences that one attention rank of a decode worker takes
 * (`max_batch_size`). `4x8de` are 4 workers of 8 GPUs with data-parallel attention (`t`: tensor parallel) and experts spread over ranks
 * (without `e`: cut).
 */
export const TRTLLM_FLEETS = `
b200-sxm fp4 1024/1024
  1x4de 2x8de 2 1214:64
  1x4de 5x8de 3 875:16
  1x4de 5x8te 3 6:1 10,15,25,45,90,180:32
  3x4de 4x8de 1 4968:128
  3x4de 5x4de 1 10860:512
  1x4de 1x8de 0 4096:512
  1x4de 2x8de 0 2192:128
  1x4de 5x8de 0 1365:32
  1x4de 5x8te 0 6:1 10,15,25,45,90,180:32
  1x4de 6x8te 0 450:64
b200-sxm fp4 8192/1024
  1x4de 1x8de 3 90:8
  1x4de 3x8te 3 66:16
  1x4de 5x8te 3 6:1 10,15,30,60:8
  3x4de 1x8de 3 548:64
  5x4de 1x8de 1 1096,1691:192
  5x4de 2x8de 3 658:32
  1x4de 5x8te 0 6:1 10,15,25,50,100:16
  2x4de 5x8te 0 370:64
  4x4de 1x8de 0 1606:192
  4x4de 3x8de 0 837:32
  7x4de 2x8de 0 2222:128
b200-sxm fp8 1024/1024
  1x8de 8x8t 3 8:1 32:4 64:8 256:32
  1x8de 7x8de 3 896:16
  1x8de 4x8de 3 1024:32
  1x8de 3x8de 3 1184:48
  1x8de 2x8de 2 1600:96
  1x8de 3x8t 0 4:1 32:12 128:48
  1x8de 5x8de 0 1920:48
  1x8de 1x8de 0 4096:512
  2x8de 5x8de 0 5152:128
b200-sxm fp8 8192/1024
  1x8d 6x8t 3 8:1 48:8
  1x8d 2x8t 3 8:4
  1x8d 4x8t 3 64:16
  2x8d 3x8de 3 224:8
  2x8d 1x8de 3 288:32
  4x8d 1x8de 2 1088:128
  1x8t 1x8t 0 1:1
  1x8d 4x8t 0 32:8 128:32
  1x8d 6x8t 0 96:16
  1x8d 1x8de 0 128:16 256:256
  1x8d 2x8de 0 128:8
  2x8d 1x8de 0 640:640
b300-sxm fp4 1024/1024
  1x2de 1x8de 3 654:64
  1x2de 2x8de 3 271:16
  1x2de 5x8te 3 11:1 10,20,25,60,120,200:32
  2x2de 1x8de 1 2342:256
  5x2de 2x8de 1 8609:512 12926:768
  1x2de 2x8de 0 1176:64
  1x2de 4x8te 0 6:1
  1x2de 5x4te 0 5,10,15,25:4
  1x2de 5x8te 0 60,110,195,395:64
  2x2de 1x8de 0 4405:512
  3x2de 1x8de 0 8192:1024
  3x2de 2x8de 0 4611:256
b300-sxm fp4 8192/1024
  10x2de 1x8de 1 2198:256
  1x2de 4x4te 3 52:8
  1x2de 4x8te 3 8:1 32:4
  3x2de 1x8de 3 181:16
  9x2de 1x8de 1 1197:128
  1x2de 3x4te 0 105:32
  1x2de 3x8te 0 63:16 4:1
  1x2de 4x4te 0 12:2
  5x2de 2x8de 0 589:32
  6x2de 1x8de 0 1093:128
  8x2de 1x8de 0 2048:256
b300-sxm fp8 1024/1024
  1x4d 8x8t 3 10:1 160:16
  1x4d 1x8d 1 3072:256
  1x4d 2x8de 1 2560:128
  1x4d 5x8de 2 720:16
  3x4d 2x8d 1 11264:512
  1x4d 1x8de 0 2112:256
  1x4d 2x8d 0 3072:128
  1x4d 3x8d 0 1280:48
  1x4d 8x8t 0 10:1 128:64 384:64
  2x4d 1x8d 0 16384:1024
b300-sxm fp8 8192/1024
  1x4d 2x8t 3 40:16
  1x4d 4x8t 3 5:1 20:4
  1x4d 1x8d 3 72:8
  2x4d 1x8d 3 144:16
  4x4d 1x8d 2 512:64
  1x4d 4x8t 0 64:16
  1x4d 8x8t 0 10:1
  2x4d 1x8d 0 256:32
  3x4d 1x8d 0 512:64
  3x4d 5x8t 0 256:64
  5x4d 1x8d 0 1075:128
  7x4d 1x8de 0 3072:384
h200-sxm fp8 1024/1024
  1x8de 11x8te 3 13:1 44:128 88:128 352:128
  1x8de 9x8te 3 144:128
  1x8de 8x8de 3 512:128
  1x8de 7x8de 3 896:128
  1x8de 4x8de 3 1024:128
  1x8de 2x8de 1 1024:256
  1x8de 9x8te 0 11:1 36:256 72:256 144:256 288:256 576:256
  1x8de 9x8de 0 1152:512
  1x8de 6x8de 0 1536:512
  2x8de 7x8de 0 3584:512
h200-sxm fp8 8192/1024
  1x8te 7x8te 3 9:1 28:32
  1x8te 6x8te 3 48:32
  1x8te 3x8te 2 48:32
  3x8te 5x8te 3 160:32
  1x8te 1x8de 2 64:32
  2x8te 1x8de 2 128:32
  3x8te 1x8de 2 256:32
  3x8te 1x8de 1 512:64
  1x8te 7x8te 0 9:1 28:32
  1x8te 6x8te 0 48:16
  1x8te 3x8te 0 48:32
  2x8te 5x8te 0 160:128
  2x8te 3x8de 0 192:128
  1x8te 1x8de 0 128:256
  5x8te 3x8de 0 768:256
  3x8te 1x8de 0 512:512
h100-sxm fp8 1024/1024
  1x16de 3x16te 3 6:1 9:2 30:8 60:16 117:32 462:128
  1x16de 3x16de 3 231:4
  1x16de 1x16de 2 615:32
  1x16de 1x16de 1 1229:64
  1x16de 3x16te 0 6:1 9:2 30:8 60:16
  1x16de 3x16de 0 231:4 462:8 924:16 1845:32
  2x16de 1x16de 0 4916:256
h100-sxm fp8 8192/1024
  1x16de 3x16te 3 6:1 9:2 30:8
  1x16de 1x16de 3 77:4
  1x16de 2x16te 3 78:32
  2x16de 1x16de 3 154:8
  1x16de 3x16te 0 6:1 9:2 30:8
  1x16de 2x16te 0 154:64
  2x16de 1x16de 0 308:16
gb200-nvl72 fp4 1024/1024
  1x4de 1x32de 3 180:4
  1x4de 4x8te 3 4,8,12,24,48:8
  2x4de 1x16de 1 4301:256
  3x4de 1x32de 1 2253:64
  3x4de 5x4de 1 16130:768
  1x4de 1x8de 0 4301:512
  1x4de 1x32de 0 666:16
  1x4de 2x4de 0 6144:768
  1x4de 4x8te 0 12,24,48,96,192:32 5:1
  2x4de 1x16de 0 4301:256
  2x4de 1x32de 0 2253:64
gb200-nvl72 fp4 1024/8192
  1x4de 7x8te 3 4,8,12,24,28,48:4 7:1
  1x4de 1x32de 3 128:4 512:16
  1x4de 3x16de 3 3072:64
  1x4de 3x16de 1 6144:128
  1x4de 1x32de 1 8192:256
  1x4de 7x8te 0 5,7:1
  1x4de 15x4te 0 60:4 135:8
  1x4de 1x32de 0 563:16 2048:64 4096:128 8192:256
gb200-nvl72 fp4 8192/1024
  1x4de 4x8te 3 4,8,12,24,48:8
  3x4de 1x32de 3 180:4
  7x4de 1x16de 1 1229:64
  8x4de 1x32de 3 666:16
  11x4de 1x16de 1 4301:256
  1x4de 4x8te 0 12,44,76:16 5:1
  2x4de 1x32de 0 333:8
  7x4de 1x32de 0 1229:32
  8x4de 1x16de 0 2253:128
  10x4de 1x16de 0 4096:256
gb200-nvl72 fp8 1024/1024
  1x8de 1x8de 1 4301:512 2151:256
  1x8de 1x16de 1 1229:64
  1x8de 1x32de 3 615:16
  1x8de 3x8te 3 36:8 18:4 9:2
  1x8de 1x8de 0 6144:768 4301:512
  1x8de 1x16de 0 2151:128
  1x8de 1x32de 0 1127:32 256:8
  1x8de 3x8te 0 27:8 3:1
gb200-nvl72 fp8 1024/8192
  1x8de 2x16de 1 8192:256 2152:64
  1x8de 1x32de 3 564:16 72:2
  1x8de 4x8te 3 4,8:2
  1x8de 2x16de 0 8192:256
  1x8de 1x32de 0 2048:64 564:16
  1x8de 4x8te 0 36:8 4:1
gb200-nvl72 fp8 8192/1024
  3x8de 1x8de 3 666:64
  5x8de 1x16de 3 666:32
  3x8de 1x16de 3 333:16
  4x8de 1x32de 3 333:8
  2x8de 1x32de 3 90:2
  1x8de 3x8te 3 15:4 6:2
  5x8de 1x16de 0 1229:64
  4x8de 1x32de 0 666:16
  3x8de 1x16de 0 615:32
  2x8de 1x32de 0 333:8
  1x8de 3x8te 0 63:16 18:4 6:1
gb300-nvl72 fp4 1024/1024
  1x2de 1x4de 1 3226:768
  1x2de 1x32de 3 333:8
  1x2de 4x8te 3 5:1 8,12,24,48:8
  3x2de 1x16de 1 2253:128
  3x2de 1x32de 3 1229:32
  1x2de 4x8te 0 5:1 12,48,96,192:32
  2x2de 1x8de 0 8192:1024
  2x2de 1x32de 0 1229:32
  3x2de 1x16de 0 4301:256
  3x2de 1x32de 0 2253:64
gb300-nvl72 fp4 1024/8192
  1x2de 7x8te 3 7:1 63:8
  1x2de 1x32de 3 563:16 2088:64
  1x2de 2x16de 1 8192:256
  1x2de 4x8de 1 16384:512
  1x2de 7x8te 0 7:1 245:32
  1x2de 15x4te 0 60:4
  1x2de 1x32de 0 1024:32 4096:128 8192:256
gb300-nvl72 fp4 8192/1024
  1x2de 3x8te 3 33:8
  1x2de 4x8te 3 5:1 12,24:4
  4x2de 1x32de 3 180:4
  8x2de 1x32de 3 308:8
  10x2de 1x8de 1 2253:256
  10x2de 1x16de 3 666:32
  13x2de 1x16de 3 1127:64
  1x2de 3x8te 0 72:16
  1x2de 4x8te 0 5:1 12:2
  1x2de 5x4te 0 5,15,30:4
  7x2de 1x32de 0 666:16
  9x2de 1x16de 0 1229:64
  11x2de 3x4de 0 3228:256
  14x2de 1x16de 0 2253:128
gb300-nvl72 fp8 1024/1024
  1x4de 4x8te 3 8:1 24:4
  1x4de 1x32de 3 180:4
  2x4de 1x32de 3 564:16
  1x4de 1x16de 3 666:32
  2x4de 1x16de 1 2253:128
  3x4de 2x8de 1 8192:512
  1x4de 4x8te 0 4:1 24:4 84:16
  2x4de 1x32de 0 1229:32
  2x4de 1x16de 0 2253:128
  3x4de 2x8de 0 8602:512 12288:768
gb300-nvl72 fp8 8192/1024
  1x4de 4x8te 3 8:1 24:4
  6x4de 1x32de 3 333:8
  8x4de 1x16de 3 666:32
  10x4de 1x16de 1 1229:64
  7x4de 1x8de 1 1229:128
  1x4de 4x8te 0 4:1 24:4 36:8
  6x4de 1x32de 0 512:16
  4x4de 1x16de 0 666:32
  7x4de 1x16de 0 1229:64
  7x4de 1x8de 0 2151:256
gb300-nvl72 fp8 1024/8192
  1x4de 4x8te 3 4:1 16:4
  1x4de 1x32de 3 141:4 544:16
  1x4de 2x16de 1 2048:64
  1x4de 4x8de 1 8192:256
  1x4de 4x8te 0 4:1 36:8
  1x4de 1x32de 0 282:8 1024:32
  1x4de 2x16de 0 4096:128 8192:256
gb200-nvl72 fp4 1024/1024 2026-01-15
  1x4te 4x8te 3 4,8,16,32,64,144:32
  1x4de 1x16de 3 512,1075:64
  2x4de 1x16de 1 2150:128
  1x4de 1x32de 3 512:16
  1x4de 1x8de 1 2252:256
  1x4te 4x8te 0 4,8,16,32,64,128,256,564:128
  1x4de 1x32de 0 1075:32
  1x4de 1x16de 0 1075:64
  2x4de 1x16de 0 2048,4300:256
  1x4de 1x8de 0 4300:512
gb200-nvl72 fp4 8192/1024 2026-01-15
  1x4te 3x8te 3 3,6,12,24,54:16
  5x4de 1x32de 3 128,269:8
  8x4de 1x32de 3 538:16
  8x4de 1x16de 2 1075:64
  6x4de 1x8de 1 2150:256
  1x4te 3x8te 0 3,6,12,24,48,102:32
  4x4de 1x32de 0 256,538:16
  6x4de 1x16de 0 1075:64
  8x4de 1x16de 0 2150:128
  5x4de 1x8de 0 2150:256
b200-sxm fp8 1024/1024 2026-02-12
  1x8de 3x8t 0 4,32,128:1024
`;

/** What one attention rank of a prefill worker takes in a step: as in the recipes, which set it by GPU, format and prompt length only. */
export const TRTLLM_PREFILL: Readonly<Record<string, { sequences: number; tokens: number; memory: number }>> = {
  'b200-sxm fp4 1024': { sequences: 8, tokens: 10240, memory: 0.75 },
  'b200-sxm fp4 8192': { sequences: 2, tokens: 16896, memory: 0.75 },
  'b200-sxm fp8 1024': { sequences: 16, tokens: 16384, memory: 0.4 },
  'b200-sxm fp8 8192': { sequences: 1, tokens: 8320, memory: 0.2 },
  'b300-sxm fp4 1024': { sequences: 8, tokens: 10240, memory: 0.75 },
  'b300-sxm fp4 8192': { sequences: 2, tokens: 16896, memory: 0.75 },
  'b300-sxm fp8 1024': { sequences: 8, tokens: 8320, memory: 0.6 },
  'b300-sxm fp8 8192': { sequences: 1, tokens: 8320, memory: 0.6 },
  'gb200-nvl72 fp4 1024': { sequences: 16, tokens: 16384, memory: 0.6 },
  'gb200-nvl72 fp4 8192': { sequences: 2, tokens: 16640, memory: 0.6 },
  'gb200-nvl72 fp4 1024 2026-01-15': { sequences: 4, tokens: 4608, memory: 0.75 },
  'gb200-nvl72 fp4 8192 2026-01-15': { sequences: 1, tokens: 8448, memory: 0.75 },
  'gb200-nvl72 fp8 1024': { sequences: 16, tokens: 16384, memory: 0.5 },
  'gb200-nvl72 fp8 8192': { sequences: 2, tokens: 16384, memory: 0.4 },
  'gb300-nvl72 fp4 1024': { sequences: 16, tokens: 16384, memory: 0.6 },
  'gb300-nvl72 fp4 8192': { sequences: 2, tokens: 16640, memory: 0.6 },
  'gb300-nvl72 fp8 1024': { sequences: 16, tokens: 16384, memory: 0.1 },
  'gb300-nvl72 fp8 8192': { sequences: 2, tokens: 16384, memory: 0.1 },
  'h100-sxm fp8 1024': { sequences: 2, tokens: 2048, memory: 0.6 },
  'h100-sxm fp8 8192': { sequences: 1, tokens: 8224, memory: 0.3 },
  'h200-sxm fp8 1024': { sequences: 8, tokens: 8192, memory: 0.6 },
  'h200-sxm fp8 8192': { sequences: 2, tokens: 16640, memory: 0.85 },
};

/** GPUs and formats whose recipes start several frontends. */
export const TRTLLM_SEVERAL_FRONTENDS = ['b200-sxm fp4', 'gb200-nvl72 fp4', 'gb200-nvl72 fp8'];
