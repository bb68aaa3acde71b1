// One line of a benchmark's result, and how it is shown.

export type Peer = 'native' | 'qemu-user' | 'qemu-system' | 'grpc-js' | 'target';

export interface Row {
  readonly suite: string;
  readonly case: string;
  /** Median of the rounds. */
  readonly value: number;
  readonly unit: string;
  /** What it is compared with; "target" is a figure to be met. */
  readonly peer: Peer | null;
  readonly peer_value: number | null;
  /** value / peer_value. */
  readonly ratio: number | null;
  /** Of a figure that must hold, whether it does. */
  readonly met?: boolean;
}

export function row(
  suite: string,
  name: string,
  value: number,
  unit: string,
  peer: Peer | null = null,
  peerValue: number | null = null,
): Row {
  const known = peerValue !== null && peerValue > 0;
  return {
    suite,
    case: name,
    value: rounded(value),
    unit,
    peer,
    peer_value: peerValue === null ? null : rounded(peerValue),
    ratio: known ? rounded(value / peerValue) : null,
  };
}

/** A row whose figure must hold: the suite fails where it does not. */
export function bound(suite: string, name: string, value: number, unit: string, sense: 'at most' | 'at least', figure: number): Row {
  const met = sense === 'at most' ? value <= figure : value >= figure;
  return { ...row(suite, name, value, unit, 'target', figure), met };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function table(rows: readonly Row[]): string {
  const lines = [['suite', 'case', 'value', 'unit', 'peer', 'peer value', 'ratio']];
  for (const r of rows)
    lines.push([
      r.suite,
      r.case,
      String(r.value),
      r.unit,
      r.peer ?? '',
      r.peer_value === null ? '' : String(r.peer_value),
      (r.ratio === null ? '' : String(r.ratio)) + (r.met === false ? ' MISSED' : ''),
    ]);
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 2 || column > 4 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
