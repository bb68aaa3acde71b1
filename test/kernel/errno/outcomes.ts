// What guests/bin/errno printed, as one outcome for each row: "read / 0 fd: closed" -> "EBADF".

export type Outcomes = ReadonlyMap<string, string>;

/** "b3..b6" stands for b3, b4, b5 and b6. */
function expand(label: string): string[] {
  const range = /^b(\d+)\.\.b(\d+)$/.exec(label);
  if (!range) return [label];
  const [first, last] = [Number(range[1]), Number(range[2])];
  return Array.from({ length: last - first + 1 }, (_, i) => `b${first + i}`);
}

/** Lines are "name: OUTCOME" or "name / group: OUTCOME{row, row} OUTCOME{row}". Throws on anything else. */
export function parseOutcomes(text: string): Outcomes {
  const outcomes = new Map<string, string>();
  for (const line of text.split('\n').filter((l) => l !== '')) {
    const at = line.indexOf(': ');
    const [name, rest] = [line.slice(0, at), line.slice(at + 2)];
    if (at < 0) throw new Error(`not a line of outcomes: ${line}`);
    if (!name.includes(' / ')) {
      outcomes.set(name, rest);
      continue;
    }
    for (const [, outcome, rows] of rest.matchAll(/([^{}]+?)\{([^}]*)\} ?/g))
      for (const label of rows!.split(', ').flatMap(expand)) outcomes.set(`${name}: ${label}`, outcome!);
  }
  return outcomes;
}

export interface Difference {
  readonly row: string;
  readonly expected: string;
  readonly actual: string;
}

/** Rows that differ, and rows that only one side has ("nothing"). */
export function differences(expected: Outcomes, actual: Outcomes): Difference[] {
  const rows = new Set([...expected.keys(), ...actual.keys()]);
  const found: Difference[] = [];
  for (const row of rows) {
    const [wanted, got] = [expected.get(row) ?? 'nothing', actual.get(row) ?? 'nothing'];
    if (wanted !== got) found.push({ row, expected: wanted, actual: got });
  }
  return found;
}
