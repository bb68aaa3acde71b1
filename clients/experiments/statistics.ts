// Of a list of measurements.

export interface Summary {
  readonly min: number;
  readonly avg: number;
  readonly max: number;
  readonly p50: number;
  readonly p99: number;
}

/** Percentiles by nearest rank. `values` is not empty. */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (part: number): number => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;
  const sum = sorted.reduce((total, value) => total + value, 0);
  return { min: sorted[0]!, avg: Math.round((sum / sorted.length) * 1000) / 1000, max: sorted.at(-1)!, p50: rank(0.5), p99: rank(0.99) };
}

export function scaled(summary: Summary, factor: number): Summary {
  const scale = (value: number): number => Math.round(value * factor * 1000) / 1000;
  return { min: scale(summary.min), avg: scale(summary.avg), max: scale(summary.max), p50: scale(summary.p50), p99: scale(summary.p99) };
}

/** Counts of equally wide bins from the smallest to the largest value; one bin if all are equal. */
export interface Histogram {
  readonly from: number;
  readonly width: number;
  readonly counts: readonly number[];
}

export function histogram(values: readonly number[], bins: number): Histogram {
  const from = Math.min(...values);
  const span = Math.max(...values) - from;
  if (span === 0) return { from, width: 1, counts: [values.length] };
  const width = Math.max(1, Math.ceil((span + 1) / bins));
  const counts = new Array<number>(Math.ceil((span + 1) / width)).fill(0);
  for (const value of values) counts[Math.floor((value - from) / width)]!++;
  return { from, width, counts };
}
