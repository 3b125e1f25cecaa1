/** Ways to pay for GPUs: own them at hyperscaler scale, own them as a neocloud, rent them. */
export type PriceBookKind = 'own-hyperscaler' | 'own-neocloud' | 'rental';

/** Dollars per GPU-hour of one way to pay, at one date. Everything is in it: capital, place, electricity, staff. */
export interface PriceBook {
  readonly name: string;
  readonly kind: PriceBookKind;
  /** Month the prices were observed. */
  readonly asOf: string;
  /** Who pays what for it. */
  readonly meaning: string;
  readonly source: string;
  /** By GPU name; a GPU without an entry has no published price in this book. */
  readonly usdPerGpuHour: Readonly<Record<string, GpuHourPrice>>;
}

export interface GpuHourPrice {
  readonly usd: number;
  readonly source: string;
}

const SOURCE_2025 = 'InferenceX constants used Oct 2025 to July 2026';
const SOURCE_2026 = 'InferenceX constants Aug 2026';
const B200_PLACEHOLDER = `${SOURCE_2025}; 1.2 x B200, a placeholder`;
const GB200_PLACEHOLDER = `${SOURCE_2025}; 1.2 x GB200, a placeholder`;

/**
 * Three ways to pay, two dates. Every 2025 figure for Blackwell Ultra is exactly 1.2 x that of Blackwell: a placeholder,
 * and marked as such in the source of its entry.
 */
export const priceBooks: Readonly<Record<string, PriceBook>> = {
  'hyperscaler-2025': {
    name: 'hyperscaler-2025',
    kind: 'own-hyperscaler',
    asOf: '2025-10',
    meaning: 'own the hardware at hyperscaler scale',
    source: SOURCE_2025,
    usdPerGpuHour: {
      'h100-sxm': { usd: 1.3, source: SOURCE_2025 },
      'h200-sxm': { usd: 1.41, source: SOURCE_2025 },
      'b200-sxm': { usd: 1.95, source: SOURCE_2025 },
      'b300-sxm': { usd: 2.34, source: B200_PLACEHOLDER },
      'gb200-nvl72': { usd: 2.21, source: SOURCE_2025 },
      'gb300-nvl72': { usd: 2.652, source: GB200_PLACEHOLDER },
      mi300x: { usd: 1.12, source: SOURCE_2025 },
      mi325x: { usd: 1.28, source: SOURCE_2025 },
      mi355x: { usd: 1.48, source: SOURCE_2025 },
    },
  },
  'neocloud-2025': {
    name: 'neocloud-2025',
    kind: 'own-neocloud',
    asOf: '2025-10',
    meaning: 'own the hardware as a neocloud',
    source: SOURCE_2025,
    usdPerGpuHour: {
      'h100-sxm': { usd: 1.69, source: SOURCE_2025 },
      'h200-sxm': { usd: 1.74, source: SOURCE_2025 },
      'b200-sxm': { usd: 2.34, source: SOURCE_2025 },
      'b300-sxm': { usd: 2.808, source: B200_PLACEHOLDER },
      'gb200-nvl72': { usd: 2.75, source: SOURCE_2025 },
      'gb300-nvl72': { usd: 3.3, source: GB200_PLACEHOLDER },
      mi300x: { usd: 1.4, source: SOURCE_2025 },
      mi325x: { usd: 1.59, source: SOURCE_2025 },
      mi355x: { usd: 1.9, source: SOURCE_2025 },
    },
  },
  'rental-2025': {
    name: 'rental-2025',
    kind: 'rental',
    asOf: '2025-10',
    meaning: 'rent on a three-year contract',
    source: SOURCE_2025,
    usdPerGpuHour: {
      'h100-sxm': { usd: 1.3, source: SOURCE_2025 },
      'h200-sxm': { usd: 1.6, source: SOURCE_2025 },
      'b200-sxm': { usd: 2.9, source: SOURCE_2025 },
      'b300-sxm': { usd: 3.48, source: B200_PLACEHOLDER },
      'gb200-nvl72': { usd: 3.3, source: SOURCE_2025 },
      'gb300-nvl72': { usd: 3.96, source: GB200_PLACEHOLDER },
      mi300x: { usd: 1.55, source: SOURCE_2025 },
      mi325x: { usd: 1.8, source: SOURCE_2025 },
      mi355x: { usd: 2.1, source: SOURCE_2025 },
    },
  },
  'hyperscaler-2026': {
    name: 'hyperscaler-2026',
    kind: 'own-hyperscaler',
    asOf: '2026-08',
    meaning: 'own the hardware at hyperscaler scale',
    source: SOURCE_2026,
    usdPerGpuHour: {
      'h100-sxm': { usd: 1.17, source: SOURCE_2026 },
      'h200-sxm': { usd: 1.22, source: SOURCE_2026 },
      'b200-sxm': { usd: 1.73, source: SOURCE_2026 },
      'b300-sxm': { usd: 2.26, source: SOURCE_2026 },
      'gb200-nvl72': { usd: 1.86, source: SOURCE_2026 },
      'gb300-nvl72': { usd: 2.31, source: SOURCE_2026 },
      mi300x: { usd: 0.95, source: SOURCE_2026 },
      mi325x: { usd: 1.1, source: SOURCE_2026 },
      mi355x: { usd: 1.5, source: SOURCE_2026 },
      'rtx-pro-6000': { usd: 0.68, source: SOURCE_2026 },
    },
  },
  'neocloud-2026': {
    name: 'neocloud-2026',
    kind: 'own-neocloud',
    asOf: '2026-08',
    meaning: 'own the hardware as a neocloud',
    source: SOURCE_2026,
    usdPerGpuHour: {
      'h100-sxm': { usd: 1.55, source: SOURCE_2026 },
      'h200-sxm': { usd: 1.59, source: SOURCE_2026 },
      'b200-sxm': { usd: 2.07, source: SOURCE_2026 },
      'b300-sxm': { usd: 2.52, source: SOURCE_2026 },
      'gb200-nvl72': { usd: 2.26, source: SOURCE_2026 },
      'gb300-nvl72': { usd: 2.79, source: SOURCE_2026 },
    },
  },
  'rental-2026': {
    name: 'rental-2026',
    kind: 'rental',
    asOf: '2026-08',
    meaning: 'rent on a three-year contract',
    source: SOURCE_2026,
    usdPerGpuHour: {
      'h100-sxm': { usd: 1.78, source: SOURCE_2026 },
      'h200-sxm': { usd: 2.05, source: SOURCE_2026 },
      'b200-sxm': { usd: 2.6, source: SOURCE_2026 },
      'b300-sxm': { usd: 3.0, source: SOURCE_2026 },
      'gb200-nvl72': { usd: 2.6, source: SOURCE_2026 },
      'gb300-nvl72': { usd: 3.3, source: SOURCE_2026 },
      mi300x: { usd: 1.3, source: SOURCE_2026 },
      mi325x: { usd: 1.6, source: SOURCE_2026 },
      mi355x: { usd: 2.1, source: SOURCE_2026 },
      'rtx-pro-6000': { usd: 0.52, source: SOURCE_2026 },
    },
  },
};
