import type { Curve, CurvePoint } from '../../experiment/compare/curve.js';
import { number } from '../format.js';

const WIDTH = 760;
const HEIGHT = 460;
const PLOT = { left: 70, top: 56, right: 730, bottom: 400 };
const COLORS = ['#1f5fa8', '#c8502b', '#4a8f3a', '#7d4fa3', '#8a6d1f', '#2a8f8f', '#b0407a', '#666666'];

/**
 * The curve as a picture: tokens/s per user from left to right, $ per million tokens upwards, both logarithmic. Lines join
 * the efficient points of each fleet; the others are pale.
 *
 * @example writeFileSync('curve.svg', curveSvg(comparison.curve, 'Hopper or Blackwell', 'USD'))
 */
export function curveSvg({ fleets }: Curve, title: string, currency: string): string {
  const shown = fleets.map(({ name, points }, i) => ({
    name,
    color: COLORS[i % COLORS.length],
    points: points.filter(isPriced),
  }));
  const all = shown.flatMap(({ points }) => points);
  const x = axis(
    all.map((point) => point.tokensPerSecondPerUser),
    PLOT.left,
    PLOT.right,
  );
  const y = axis(
    all.map((point) => point.usdPerMillionTotalTokens),
    PLOT.bottom,
    PLOT.top,
  );
  const middle = (PLOT.top + PLOT.bottom) / 2;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${PLOT.left}" y="24" font-size="16" font-weight="bold">${escaped(title)}</text>`,
    ...x.ticks.map(
      ({ value, at }) =>
        `<line x1="${at}" y1="${PLOT.top}" x2="${at}" y2="${PLOT.bottom}" stroke="#e4e4e4"/><text x="${at}" y="${PLOT.bottom + 18}" text-anchor="middle" fill="#555555">${number(value, 1)}</text>`,
    ),
    ...y.ticks.map(
      ({ value, at }) =>
        `<line x1="${PLOT.left}" y1="${at}" x2="${PLOT.right}" y2="${at}" stroke="#e4e4e4"/><text x="${PLOT.left - 8}" y="${at + 4}" text-anchor="end" fill="#555555">${number(value, 1)}</text>`,
    ),
    `<text x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 22}" text-anchor="middle">tokens per second for each user (1 / mean TPOT)</text>`,
    `<text x="20" y="${middle}" text-anchor="middle" transform="rotate(-90 20 ${middle})">${escaped(currency)} per million tokens, in + out</text>`,
    ...shown.flatMap((fleet) => fleetMarks(fleet, x.place, y.place)),
    ...shown.map(
      ({ name, color }, i) =>
        `<circle cx="${PLOT.left + 6 + i * 130}" cy="42" r="4" fill="${color}"/><text x="${PLOT.left + 14 + i * 130}" y="46">${escaped(name)}</text>`,
    ),
    '</svg>',
  ].join('\n')}\n`;
}

type PricedPoint = CurvePoint & { usdPerMillionTotalTokens: number };

function isPriced(point: CurvePoint): point is PricedPoint {
  return point.usdPerMillionTotalTokens !== null && point.usdPerMillionTotalTokens > 0;
}

interface ShownFleet {
  name: string;
  color: string;
  points: readonly PricedPoint[];
}

type Place = (value: number) => number;

function fleetMarks({ name, color, points }: ShownFleet, x: Place, y: Place): string[] {
  const efficient = points
    .filter((point) => point.efficient)
    .sort((a, b) => a.tokensPerSecondPerUser - b.tokensPerSecondPerUser);
  const path = efficient.map((point) => `${x(point.tokensPerSecondPerUser)},${y(point.usdPerMillionTotalTokens)}`);
  const dots = points.map((point) => {
    const { config, users, tokensPerSecondPerUser, usdPerMillionTotalTokens } = point;
    const label = `${name}${config === null ? '' : `, ${config}`}: ${users} users, ${number(tokensPerSecondPerUser)} tokens/s/user, ${number(usdPerMillionTotalTokens)} per million`;
    return `<circle cx="${x(tokensPerSecondPerUser)}" cy="${y(usdPerMillionTotalTokens)}" r="3.5" fill="${color}"${point.efficient ? '' : ' fill-opacity="0.25"'}><title>${escaped(label)}</title></circle>`;
  });
  return [`<polyline points="${path.join(' ')}" fill="none" stroke="${color}" stroke-width="2"/>`, ...dots];
}

/** A logarithmic axis from pixel `from` to pixel `to`, with marks at 1, 2 and 5 times powers of ten. */
function axis(values: readonly number[], from: number, to: number) {
  const low = Math.log10(Math.min(...values, values.length === 0 ? 1 : Infinity) / 1.15);
  const high = Math.log10(Math.max(...values, values.length === 0 ? 10 : 0) * 1.15);
  const place: Place = (value) => Number((from + ((Math.log10(value) - low) / (high - low)) * (to - from)).toFixed(1));
  const ticks: { value: number; at: number }[] = [];
  for (let power = Math.floor(low); power <= high; power++) {
    for (const step of [1, 2, 5]) {
      const value = step * 10 ** power;
      if (Math.log10(value) >= low && Math.log10(value) <= high) ticks.push({ value, at: place(value) });
    }
  }
  return { place, ticks };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
