/**
 * A picture with lines over one axis, for the README.
 *
 * @param {object} of
 * @param {string} of.title
 * @param {string} of.subtitle
 * @param {string} of.label what a reader hears who cannot see it
 * @param {string} of.below what the horizontal axis shows
 * @param {{ at: number, text: string }[]} of.x positions of the marks on it, in the units of the points
 * @param {{ at: number, text: string, strong?: boolean }[]} of.y
 * @param {boolean} [of.logX]
 * @param {{ color: string, name: string, nameAt: [number, number], points: { x: number, y: number, text?: string, title: string,
 *   above?: boolean }[] }[]} of.lines
 * @param {{ y: number, text: string }} [of.rule] a level across
 * @returns {string} SVG
 */
export function linePicture({ title, subtitle, label, below, x, y, logX = false, lines, rule }) {
  const [left, right, top, base] = [64, 728, 66, 310];
  const place = logX ? Math.log : (value) => value;
  const across = (value) => {
    const [from, to] = [x[0].at, x.at(-1).at].map(place);
    return (left + ((right - left) * (place(value) - from)) / (to - from)).toFixed(1);
  };
  const up = (value) => (base - ((base - top) * (value - y[0].at)) / (y.at(-1).at - y[0].at)).toFixed(1);
  const marks = [
    ...y.map(
      ({ at, text, strong }) =>
        `<line x1="${left}" x2="${right}" y1="${up(at)}" y2="${up(at)}" stroke="${strong ? '#57606a' : '#d8dee4'}"/>` +
        `<text x="${left - 8}" y="${Number(up(at)) + 4}" text-anchor="end">${text}</text>`,
    ),
    ...x.map(({ at, text }) => `<text x="${across(at)}" y="330" text-anchor="middle">${text}</text>`),
    `<text x="${(left + right) / 2}" y="350" text-anchor="middle" fill="#57606a">${below}</text>`,
  ];
  if (rule !== undefined) {
    marks.push(
      `<line x1="${left}" x2="${right}" y1="${up(rule.y)}" y2="${up(rule.y)}" stroke="#57606a" stroke-width="2" stroke-dasharray="6 4"/>`,
      `<text x="${right}" y="${Number(up(rule.y)) + 16}" text-anchor="end" fill="#57606a">${rule.text}</text>`,
    );
  }
  const drawn = lines.map(({ color, name, nameAt, points }) =>
    [
      `<polyline fill="none" stroke="${color}" stroke-width="2.5" points="${points.map((of) => `${across(of.x)},${up(of.y)}`).join(' ')}"/>`,
      ...points.map((of) => {
        const words = `<text x="${across(of.x)}" y="${Number(up(of.y)) + (of.above ? -9 : 19)}" text-anchor="middle" font-size="11" fill="${color}">${of.text}</text>`;
        return `<circle cx="${across(of.x)}" cy="${up(of.y)}" r="3.5" fill="${color}"><title>${of.title}</title></circle>${of.text === undefined ? '' : words}`;
      }),
      `<text x="${across(nameAt[0])}" y="${up(nameAt[1])}" fill="${color}" font-weight="600">${name}</text>`,
    ].join('\n'),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="760" height="364" viewBox="0 0 760 364" role="img" aria-label="${label}">`,
    '<rect width="760" height="364" rx="8" fill="#ffffff"/>',
    '<g font-family="system-ui,Segoe UI,Helvetica,Arial,sans-serif" font-size="13" fill="#24292f">',
    `<text x="${left}" y="24" font-size="15" font-weight="600">${title}</text>`,
    `<text x="${left}" y="44" fill="#57606a">${subtitle}</text>`,
    ...marks,
    ...drawn,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}
