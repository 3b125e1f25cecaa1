import type { ValidationPoint } from './validate.js';

const SIZE = 440;
const MARGIN = 56;
const COLORS = ['#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd', '#8c564b', '#17becf', '#7f7f7f'];

/** Predicted against measured, TPOT and TTFT side by side, logarithmic, coloured by GPU, with lines at a factor of 1.25. */
export function validationPlot(points: readonly ValidationPoint[]): string {
  const gpus = [...new Set(points.map(({ gpu }) => gpu))].sort();
  const color = (gpu: string) => COLORS[gpus.indexOf(gpu) % COLORS.length];
  const panels = (['tpotMs', 'ttftMs'] as const).map((name, panel) => {
    const shown = points.flatMap((point) => {
      const measured = point.measured[name];
      return measured === null ? [] : [{ x: measured, y: point.predicted[name], gpu: point.gpu, id: point.id }];
    });
    return panelSvg(name === 'tpotMs' ? 'TPOT' : 'TTFT', shown, panel * (SIZE + MARGIN), color);
  });
  const legend = gpus.map(
    (gpu, i) =>
      `<circle cx="${MARGIN + 12 + i * 130}" cy="14" r="4" fill="${color(gpu)}"/><text x="${MARGIN + 20 + i * 130}" y="18">${escapeXml(gpu)}</text>`,
  );
  const width = 2 * (SIZE + MARGIN) + 20;
  const height = SIZE + MARGIN + 40;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
${legend.join('\n')}
${panels.join('\n')}
</svg>
`;
}

interface Dot {
  x: number;
  y: number;
  gpu: string;
  id: string;
}

function panelSvg(title: string, dots: readonly Dot[], left: number, color: (gpu: string) => string): string {
  const values = dots.flatMap(({ x, y }) => [x, y]).filter((value) => value > 0 && Number.isFinite(value));
  const low = Math.floor(Math.log10(values.reduce((a, b) => Math.min(a, b), 1)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(values.reduce((a, b) => Math.max(a, b), 1))));
  const place = (value: number) => ((Math.log10(value) - low) / (high - low)) * SIZE;
  const x0 = left + MARGIN;
  const y0 = 30 + SIZE;
  const lines: string[] = [`<rect x="${x0}" y="30" width="${SIZE}" height="${SIZE}" fill="none" stroke="#999"/>`];
  for (let power = low; power <= high; power++) {
    const at = place(10 ** power);
    lines.push(
      `<text x="${x0 + at}" y="${y0 + 14}" text-anchor="middle">${10 ** power}</text>`,
      `<text x="${x0 - 6}" y="${y0 - at + 4}" text-anchor="end">${10 ** power}</text>`,
    );
  }
  for (const factor of [1 / 1.25, 1, 1.25]) {
    const shift = (Math.log10(factor) / (high - low)) * SIZE;
    const from = Math.max(0, -shift);
    const to = Math.min(SIZE, SIZE - shift);
    lines.push(
      `<line x1="${x0 + from}" y1="${y0 - from - shift}" x2="${x0 + to}" y2="${y0 - to - shift}" stroke="#bbb"${factor === 1 ? '' : ' stroke-dasharray="4 3"'}/>`,
    );
  }
  for (const { x, y, gpu, id } of dots) {
    if (!(x > 0 && y > 0)) continue;
    const [cx, cy] = [x0 + place(x), y0 - place(y)].map((value) => value.toFixed(1));
    lines.push(
      `<circle cx="${cx}" cy="${cy}" r="2.2" fill="${color(gpu)}" fill-opacity="0.5"><title>${escapeXml(id)}</title></circle>`,
    );
  }
  lines.push(
    `<text x="${x0 + SIZE / 2}" y="${y0 + 32}" text-anchor="middle">measured ${title}, ms</text>`,
    `<text x="${x0 - 40}" y="${30 + SIZE / 2}" text-anchor="middle" transform="rotate(-90 ${x0 - 40} ${30 + SIZE / 2})">predicted ${title}, ms</text>`,
  );
  return lines.join('\n');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
