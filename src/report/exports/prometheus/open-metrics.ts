/** One family of metrics in OpenMetrics text. */
export interface MetricFamily {
  /** Without `_total`. */
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  samples: readonly Sample[];
}

export interface Sample {
  /** What stands behind the name of the family: `_total`, `_bucket`, `_sum`, `_count` or nothing. */
  suffix: string;
  labels: Readonly<Record<string, string>>;
  value: number;
  /** Seconds since 1970. */
  timestamp: number;
}

/**
 * OpenMetrics 1.0 text (prometheus.io/docs/specs/om/open_metrics_spec): families one after the other, `# EOF` at the end.
 *
 * @example openMetrics([{ name: 'up', type: 'gauge', help: 'Whether it runs', samples: [{ suffix: '', labels: {}, value: 1, timestamp: 0 }] }])
 */
export function* openMetrics(families: Iterable<MetricFamily>): Generator<string> {
  for (const { name, type, help, samples } of families) {
    yield `# TYPE ${name} ${type}\n# HELP ${name} ${escapeHelp(help)}\n`;
    for (const sample of samples) {
      yield `${name}${sample.suffix}${labelText(sample.labels)} ${numberText(sample.value)} ${sample.timestamp}\n`;
    }
  }
  yield '# EOF\n';
}

function labelText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

/** Bounds of buckets are floats in OpenMetrics: `1.0`, not `1`. */
export function boundText(bound: number): string {
  if (bound === Number.POSITIVE_INFINITY) return '+Inf';
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function numberText(value: number): string {
  return String(value);
}
