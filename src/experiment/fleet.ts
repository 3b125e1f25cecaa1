import { shippedCalibration } from '../catalog/calibrations/shipped.js';
import { gpus, models, stacks, startup } from '../catalog/index.js';
import {
  type Calibration,
  type CalibrationSet,
  type CalibrationSubject,
  type CalibrationTier,
  calibrate,
  compileLinear,
  compileStepTable,
  datasheetCalibration,
  defaultKvPrecision,
  fitsScaleUp,
  type KvPrecision,
  type LatencyErrors,
  type OperationSeconds,
  parseStepTable,
  physicalFloorSeconds,
  type Speculation,
} from '../perf/index.js';
import { InputError } from '../scenario/input-error.js';
import type { Performance, Scenario, Pool as ScenarioPool } from '../scenario/schema.js';
import type { Pool } from '../serving/pool.js';
import type { TierSpec } from '../serving/tier.js';
import type { OpenFile } from '../traffic/lines.js';
import { compiledInstance } from './compiled.js';
import { cacheBytes, ports, type TransferLink, transferLink } from './transfer-link.js';
import { parseCalibration } from './validation/calibration-file.js';

/** A pool that can be simulated, with what a report wants to say about it. */
export interface FleetPool {
  pool: Pool;
  gpu: string | null;
  tier: CalibrationTier | 'given';
  source: string;
  /** How far off predictions on unseen runs were, percent; null where that is not known. */
  errors: LatencyErrors | null;
  /** From the order of a replica to its first request, unless the scenario says so. */
  startupSeconds: number;
  warnings: string[];
  /** Where the time of a step goes; empty where step times are given. */
  breakdown(sequences: number, contextTokens: number, prefillTokens: number): readonly OperationSeconds[];
}

/**
 * Turns the pools of a scenario into what instances need: step times, memory, limits.
 *
 * @throws InputError where a model does not fit, cannot be split that way, or a step-time table cannot be read
 */
export function buildFleet({ factory, planner }: Scenario, openFile: OpenFile): FleetPool[] {
  const link = transferLink(factory, planner);
  const calibrate = calibrationOf(factory, openFile);
  return factory.pools.map((pool, index) => {
    const key = `factory.pools[${index}]`;
    const given = pool.performance ?? factory.performance;
    return given === undefined
      ? physicalPool(factory, pool, link, calibrate, key)
      : givenPool(
          factory,
          pool,
          given,
          link,
          pool.performance === undefined ? 'factory.performance' : `${key}.performance`,
          openFile,
        );
  });
}

/** One format for all pools, since caches move between them: 8 bit where the recipes of every pool keep it so. */
function kvPrecisionOf({ kvPrecision, precision, stack, pools }: Scenario['factory']): KvPrecision {
  if (kvPrecision !== undefined) return kvPrecision;
  const defaults = pools.flatMap(({ gpu }) =>
    gpu !== undefined && Object.hasOwn(gpus, gpu) ? defaultKvPrecision(precision, stack, gpus[gpu].generation) : [],
  );
  return defaults.includes('bf16') ? 'bf16' : (defaults[0] ?? 'bf16');
}

/** Step times from the physics of model and GPU. */
function physicalPool(
  factory: Scenario['factory'],
  scenario: ScenarioPool,
  link: TransferLink,
  calibrate: (subject: CalibrationSubject) => Calibration,
  key: string,
): FleetPool {
  const model = entry(models, factory.model, 'factory.model');
  const gpu = entry(gpus, scenario.gpu, `${key}.gpu`);
  const { precision } = factory;
  const switching = factory.disaggregation?.switching;
  const kvPrecision = kvPrecisionOf(factory);
  const limits = instanceLimits(scenario);
  const stack = entry(stacks, factory.stack, 'factory.stack');
  const instance = compiledInstance({
    model,
    gpu,
    precision,
    kvPrecision,
    stack,
    calibration: calibrate({ gpu, stack, precision, model, release: factory.release }),
    parallelism: scenario.parallelism,
    speculation: speculationOf(scenario),
    handsOver: scenario.role === 'prefill' || (scenario.role === 'decode' && switching !== undefined),
    ...limits,
    memoryFraction: scenario.kvCache.memoryFraction,
    key,
  });
  const { parallelism } = instance;
  const { baseSeconds, handoverSeconds, perInputTokenSeconds, admissionSteps } = instance.frontend;
  const spec = { model, gpu, precision, kvPrecision, parallelism };
  const warnings: string[] = [];
  if (!fitsScaleUp(gpu, instance.gpus)) {
    warnings.push(
      `${scenario.name}: ${instance.gpus} ${gpu.name} span several NVLink domains; their collectives cross the network`,
    );
  }
  return {
    pool: servingPool(scenario, limits, {
      gpusPerReplica: instance.gpus,
      steps: instance.steps,
      kvCapacityTokens: instance.kvCapacityTokens,
      frontend: {
        baseSeconds: baseSeconds + (scenario.role === 'prefill' ? handoverSeconds : 0),
        perInputTokenSeconds,
      },
      admissionSteps: Math.round(admissionSteps),
      ...cacheBytes(factory, scenario, kvPrecision),
      tiers: tierSpecs(scenario, factory.transfer?.bytesPerToken ?? instance.kvBytesPerToken, instance.gpus, key),
      ...ports(link, scenario),
      floorSeconds: (decoding, contextTokens) =>
        decoding === 0 ? 0 : physicalFloorSeconds(spec, decoding, contextTokens, 0),
    }),
    gpu: gpu.name,
    tier: instance.calibration.tier,
    source: instance.calibration.source,
    errors:
      (scenario.role === 'aggregated' ? null : instance.calibration.disaggregatedErrors) ?? instance.calibration.errors,
    startupSeconds: startup.engineSeconds + (instance.gpus * instance.memory.weightBytes) / startup.bytesPerSecond,
    warnings,
    breakdown: instance.breakdown,
  };
}

/** Step times given by the user. */
function givenPool(
  factory: Scenario['factory'],
  scenario: ScenarioPool,
  given: Performance,
  link: TransferLink,
  key: string,
  openFile: OpenFile,
): FleetPool {
  const limits = instanceLimits(scenario);
  const steps =
    given.type === 'linear'
      ? compileLinear(
          {
            baseSeconds: given.base,
            perSequenceSeconds: given.perSequence,
            perContextTokenSeconds: given.perContextToken,
            perPrefillTokenSeconds: given.perPrefillToken,
          },
          limits.maxSequences,
          key,
        )
      : compileStepTable(parseStepTable([...openFile(given.file)].join(''), given.file), limits);
  const { tp, pp, attentionDp } = scenario.parallelism;
  return {
    pool: servingPool(scenario, limits, {
      gpusPerReplica: tp * pp * attentionDp,
      steps,
      kvCapacityTokens: given.kvCapacity,
      frontend: { baseSeconds: 0, perInputTokenSeconds: 0 },
      admissionSteps: 0,
      kvBytesPerToken: factory.transfer?.bytesPerToken ?? 0,
      tiers: tierSpecs(scenario, factory.transfer?.bytesPerToken ?? 0, tp * pp * attentionDp, key),
      ...ports(link, scenario),
      floorSeconds: undefined,
    }),
    gpu: scenario.gpu ?? null,
    tier: 'given',
    source: given.type === 'linear' ? 'formula in the scenario' : given.file,
    errors: null,
    startupSeconds: startup.engineSeconds,
    warnings: [],
    breakdown: () => [],
  };
}

/** Coefficients as the scenario asks for them: shipped ones, those of a file, or plain datasheet figures. */
function calibrationOf(factory: Scenario['factory'], openFile: OpenFile): (subject: CalibrationSubject) => Calibration {
  const { release, stack } = factory;
  const set = calibrationSetOf(factory, openFile);
  if (set === undefined) {
    if (release !== undefined) refuseRelease(release, stack, []);
    return (subject) => datasheetCalibration(subject.stack);
  }
  const releases = new Set(
    Object.keys(set.levels).flatMap((level) => level.match(new RegExp(`(?:^| )${stack}@(.+)$`))?.[1] ?? []),
  );
  if (release !== undefined && !releases.has(release)) refuseRelease(release, stack, [...releases]);
  return (subject) => calibrate(set, subject);
}

/** Undefined where step times rest on datasheets. */
function calibrationSetOf({ calibration }: Scenario['factory'], openFile: OpenFile): CalibrationSet | undefined {
  if (calibration === 'datasheet') return undefined;
  return calibration === undefined
    ? shippedCalibration
    : parseCalibration([...openFile(calibration)].join(''), calibration);
}

/** GPUs that a scenario's calibration has seen under its stack, whatever the model: the others are further away. */
export function gpusSeen({ factory }: Scenario, openFile: OpenFile): string[] {
  const levels = calibrationSetOf(factory, openFile)?.levels ?? {};
  return Object.keys(gpus).filter((gpu) => Object.hasOwn(levels, `${gpu} ${factory.stack}`));
}

/** A release that nothing is known of would change nothing, silently. */
function refuseRelease(release: string, stack: string, known: readonly string[]): never {
  throw new InputError({
    message: `this calibration knows no such release of ${stack}`,
    key: 'factory.release',
    found: release,
    allowed: known.length > 0 ? [...known].sort().join(', ') : 'none',
  });
}

/** Every attention-data-parallel rank schedules for itself, so the limits of a replica are those of a rank times ranks. */
function instanceLimits({ batching, parallelism }: ScenarioPool) {
  return {
    maxBatchedTokens: batching.maxBatchedTokens * parallelism.attentionDp,
    maxSequences: batching.maxSequences * parallelism.attentionDp,
  };
}

/**
 * Bandwidth of a tier where none is given: PCIe 5.0 x16 has 63 GB/s a direction (PCI-SIG), of which copies reach some 50; an
 * NVMe disk on PCIe 4.0 x4 reads 7 GB/s (datasheets of data-centre drives); a remote pool is behind one 400 Gb/s NIC.
 */
const TIER_BYTES_PER_SECOND = { host: 50e9, ssd: 7e9, remote: 50e9 } as const;

function tierSpecs(
  { kvCache }: ScenarioPool,
  bytesPerToken: number,
  replicaGpus: number,
  key: string,
): TierSpec[] | undefined {
  if (kvCache.tiers === undefined || kvCache.tiers.length === 0) return undefined;
  if (bytesPerToken === 0) {
    throw new InputError({
      message: 'tiers need the size of a token in the KV cache, which nothing says where step times are given',
      key: `${key.replace(/\.performance$/, '')}.kvCache.tiers`,
      hint: 'give factory.transfer.bytesPerToken',
    });
  }
  const blockBytes = bytesPerToken * kvCache.blockTokens;
  return kvCache.tiers.map(({ kind, capacity, bandwidth }) => ({
    kind,
    capacityBlocks: Math.floor(capacity / blockBytes),
    secondsPerBlock: blockBytes / (bandwidth ?? TIER_BYTES_PER_SECOND[kind] * (kind === 'host' ? replicaGpus : 1)),
  }));
}

/** What depends on the chips of a pool, or on the step times that stand in for them. */
type Hardware = Pick<
  Pool,
  | 'gpusPerReplica'
  | 'steps'
  | 'kvCapacityTokens'
  | 'frontend'
  | 'admissionSteps'
  | 'kvBytesPerToken'
  | 'tiers'
  | 'portBytesPerSecond'
  | 'floorSeconds'
>;

/**
 * Every key written out: objects put together by spreading have a new hidden class in every run, and the code that reads
 * them on every step would be compiled again for each.
 */
function servingPool(
  { name, role, replicas, batching, kvCache, ...scenario }: ScenarioPool,
  { maxBatchedTokens, maxSequences }: ReturnType<typeof instanceLimits>,
  hardware: Hardware,
): Pool {
  return {
    name,
    role,
    replicas,
    batching: batching.policy,
    order: batching.order ?? 'fcfs',
    maxWaitSeconds: batching.maxWait ?? 0,
    acceptance: acceptanceOf(scenario),
    maxBatchedTokens,
    maxSequences,
    blockTokens: kvCache.blockTokens,
    eviction: kvCache.policy,
    watermark: kvCache.watermark,
    prefixCaching: kvCache.prefixCaching,
    gpusPerReplica: hardware.gpusPerReplica,
    steps: hardware.steps,
    kvCapacityTokens: hardware.kvCapacityTokens,
    frontend: hardware.frontend,
    admissionSteps: hardware.admissionSteps,
    kvBytesPerToken: hardware.kvBytesPerToken,
    tiers: hardware.tiers,
    portBytesPerSecond: hardware.portBytesPerSecond,
    floorSeconds: hardware.floorSeconds,
  };
}

/** Probability of each guess; one number stands for all of them. */
function acceptanceOf({ speculative }: Pick<ScenarioPool, 'speculative'>): readonly number[] {
  if (speculative === undefined) return [];
  const { acceptance, draftTokens } = speculative;
  return typeof acceptance === 'number' ? new Array<number>(draftTokens).fill(acceptance) : acceptance;
}

/** An extra layer drafts for `mtp` and `eagle`; guesses by looking up the prompt are free. */
function speculationOf({ speculative }: ScenarioPool): Speculation | undefined {
  if (speculative === undefined) return undefined;
  return { draftTokens: speculative.draftTokens, draftLayers: speculative.method === 'ngram' ? 0 : 1 };
}

function entry<T>(catalog: Readonly<Record<string, T>>, name: string | undefined, key: string): T {
  const found = name !== undefined && Object.hasOwn(catalog, name) ? catalog[name] : undefined;
  if (found === undefined) {
    throw new InputError({
      message: 'is not in the catalog',
      key,
      found: name,
      allowed: Object.keys(catalog).join(', '),
    });
  }
  return found;
}
