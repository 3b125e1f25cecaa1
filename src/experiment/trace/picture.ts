import type { TraceDescription } from '../../traffic/describe/describe.js';
import type { Fit } from '../../traffic/fit/fit.js';

const WIDTH = 960;
const HEIGHT = 330;
const PANEL = { width: 265, height: 210, top: 70, gap: 52, left: 45 };
const COLORS = { trace: '#1f5fa8', fit: '#c8502b', gamma: '#6f8f3a', poisson: '#888888', output: '#c8502b' };

/** Units of the time axis, by their seconds. */
const TIME_UNITS: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400, 'days'],
  [3600, 'hours'],
  [60, 'min'],
];

interface Axis {
  low: number;
  high: number;
  log: boolean;
}

interface Curve {
  label: string;
  color: string;
  points: readonly (readonly [x: number, y: number])[];
  dashed?: boolean;
}

/**
 * A trace in one picture (SVG): its rate over time, its index of dispersion of counts by window, its lengths. Fits are drawn
 * beside the trace where there are any.
 *
 * @param name heading
 * @example writeFileSync('code.svg', tracePicture('code.csv', describeTrace(open), fits));
 */
export function tracePicture(name: string, trace: TraceDescription, fits: readonly Fit[]): string {
  const arrivals = trace.coarseTimes ?? trace;
  const [unitSeconds, unit] = TIME_UNITS.find(([size]) => trace.spanSeconds >= 3 * size) ?? [1, 's'];
  const { intervalSeconds, requests: counts } = trace.rateSeries;
  // As many steps as can be told apart.
  const each = Math.max(1, Math.ceil(counts.length / PANEL.width));
  const minutes = (each * intervalSeconds) / 60;
  const by = minutes === 1 ? 'minute' : `${short(minutes)} minutes`;
  const spread = trace.coarseTimes === null ? '' : `, once spread over ${short(trace.coarseTimes.tickSeconds)} s`;
  const cv = arrivals.gapCv === null ? '' : `, CV of gaps ${short(arrivals.gapCv)}${spread}`;
  const length = `${short(trace.spanSeconds / unitSeconds)} ${unit}`;
  const requests = trace.requests.toLocaleString('en-US');
  const heading = `${requests} requests in ${length}, ${short(trace.requestsPerSecond)}/s${cv}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${PANEL.left}" y="24" font-size="15" font-weight="bold">${escaped(name)}</text>`,
    `<text x="${PANEL.left}" y="42" fill="#555555">${escaped(heading)}</text>`,
    panel(0, `requests per second, by ${by}`, unit, [rateCurve(trace, each, unitSeconds)], { y: 0 }),
    panel(1, 'variance over mean of counts (IDC)', 'window, s', dispersionCurves(trace, fits), {
      logX: true,
      logY: true,
    }),
    panel(2, 'share of requests up to a length', 'tokens', lengthCurves(trace), { logX: true, y: 0, top: 1 }),
    '</svg>',
    '',
  ].join('\n');
}

function rateCurve(trace: TraceDescription, each: number, unitSeconds: number): Curve {
  const { intervalSeconds, requests } = trace.rateSeries;
  const points: [number, number][] = [];
  for (let i = 0; i < requests.length; i += each) {
    const part = requests.slice(i, i + each);
    const rate = part.reduce((sum, count) => sum + count, 0) / (part.length * intervalSeconds);
    const at = (intervals: number) => (intervals * intervalSeconds) / unitSeconds;
    points.push([at(i), rate], [at(i + part.length), rate]);
  }
  return { label: '', color: COLORS.trace, points };
}

function dispersionCurves(trace: TraceDescription, fits: readonly Fit[]): Curve[] {
  const { dispersion } = trace.coarseTimes ?? trace;
  const points = dispersion.flatMap(({ windowSeconds, value }): [number, number][] =>
    value === null ? [] : [[windowSeconds, value]],
  );
  const fitted = (fit: Fit): [number, number][] =>
    fit.figures.flatMap(({ name, fit: value }): [number, number][] => {
      const window = /^IDC at (\d+) s$/.exec(name);
      return window === null ? [] : [[Number(window[1]), value]];
    });
  const [best] = fits;
  const gamma = fits.find(({ name }) => name === 'gamma');
  return [
    { label: 'Poisson', color: COLORS.poisson, points: points.map(([x]) => [x, 1] as const), dashed: true },
    ...(gamma === undefined ? [] : [{ label: 'gamma', color: COLORS.gamma, points: fitted(gamma), dashed: true }]),
    ...(best === undefined ? [] : [{ label: `fit: ${best.name}`, color: COLORS.fit, points: fitted(best) }]),
    { label: 'trace', color: COLORS.trace, points },
  ];
}

function lengthCurves({ inputTokens, outputTokens }: TraceDescription): Curve[] {
  const curve = (label: string, color: string, quantiles: readonly (readonly [number, number])[]): Curve => ({
    label,
    color,
    points: quantiles.map(([share, tokens]) => [tokens, share] as const),
  });
  return [
    curve('prompts', COLORS.trace, inputTokens.quantiles),
    curve('answers', COLORS.output, outputTokens.quantiles),
  ];
}

function panel(
  index: number,
  title: string,
  xLabel: string,
  curves: readonly Curve[],
  scale: { logX?: boolean; logY?: boolean; y?: number; top?: number },
): string {
  const left = PANEL.left + index * (PANEL.width + PANEL.gap);
  const points = curves.flatMap((curve) => curve.points);
  const x = axis(
    points.map(([value]) => value),
    scale.logX ?? false,
  );
  const y = axis(
    points.map(([, value]) => value),
    scale.logY ?? false,
    scale.y,
    scale.top,
  );
  const toX = (value: number) => left + PANEL.width * place(x, value);
  const toY = (value: number) => PANEL.top + PANEL.height * (1 - place(y, value));
  const bottom = PANEL.top + PANEL.height;
  const ticksX = ticks(x).map(
    (value) =>
      `<text x="${toX(value).toFixed(1)}" y="${bottom + 15}" text-anchor="middle" fill="#555555">${label(value)}</text>`,
  );
  const ticksY = ticks(y).map(
    (value) =>
      `<line x1="${left}" x2="${left + PANEL.width}" y1="${toY(value).toFixed(1)}" y2="${toY(value).toFixed(1)}" stroke="#e3e3e3"/>` +
      `<text x="${left - 5}" y="${(toY(value) + 4).toFixed(1)}" text-anchor="end" fill="#555555">${label(value)}</text>`,
  );
  const lines = curves.map(({ color, points: path, dashed }) => {
    const text = path.map(([a, b]) => `${toX(a).toFixed(1)},${toY(b).toFixed(1)}`).join(' ');
    return `<polyline points="${text}" fill="none" stroke="${color}" stroke-width="1.6"${dashed ? ' stroke-dasharray="5 4"' : ''}/>`;
  });
  const named = curves.filter((curve) => curve.label !== '');
  const legend = named.map(
    (curve, i) =>
      `<text x="${left + 8}" y="${PANEL.top + 14 + 14 * (named.length - 1 - i)}" fill="${curve.color}">${escaped(curve.label)}</text>`,
  );
  return [
    `<text x="${left}" y="${PANEL.top - 8}" font-weight="bold">${escaped(title)}</text>`,
    ...ticksX,
    ...ticksY,
    `<text x="${left + PANEL.width}" y="${bottom + 30}" text-anchor="end" fill="#555555">${escaped(xLabel)}</text>`,
    ...lines,
    ...legend,
  ].join('\n');
}

function axis(values: readonly number[], log: boolean, low?: number, high?: number): Axis {
  const known = log ? values.filter((value) => value > 0) : values;
  const least = low ?? known.reduce((a, b) => Math.min(a, b), Infinity);
  const most = high ?? known.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!(least < most))
    return {
      low: Number.isFinite(least) ? Math.min(least, 0.5) : 0,
      high: Number.isFinite(most) ? most + 1 : 1,
      log: false,
    };
  return { low: least, high: most, log };
}

/** Position on an axis, 0 to 1. */
function place({ low, high, log }: Axis, value: number): number {
  const share = log ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.min(1, Math.max(0, share));
}

function ticks({ low, high, log }: Axis): number[] {
  if (log) {
    const from = Math.ceil(Math.log10(low) - 1e-9);
    const to = Math.floor(Math.log10(high) + 1e-9);
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => 10 ** (from + i));
  }
  const raw = (high - low) / 4;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((size) => size >= raw) ?? raw;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}

function label(value: number): string {
  if (value >= 1e6) return `${short(value / 1e6)}M`;
  return value >= 1000 ? `${short(value / 1000)}k` : short(value);
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function escaped(text: string): string {
  return text
    .replace(/\p{Cc}/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
