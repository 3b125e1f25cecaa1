const MARKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * Figures as a row of bars from 0 to the largest one; where there are more than `most`, means of neighbours.
 *
 * @example sparkline([0, 4, 8]) // '▁▅█'
 */
export function sparkline(values: readonly number[], most = 60): string {
  const group = Math.ceil(values.length / most);
  const means = Array.from({ length: Math.ceil(values.length / group) }, (_, i) => {
    const neighbours = values.slice(i * group, (i + 1) * group);
    return neighbours.reduce((sum, value) => sum + value, 0) / neighbours.length;
  });
  const top = Math.max(...means);
  return means.map((value) => MARKS[top > 0 ? Math.min(7, Math.floor((8 * value) / top)) : 0]).join('');
}
