// What a program of guests/ipc prints: cycles of each round, their sum, and counts by name.

export interface GuestReport {
  readonly samples: readonly number[];
  readonly counts: Readonly<Record<string, number>>;
}

export function parseGuestReport(text: string): GuestReport {
  const samples: number[] = [];
  const counts: Record<string, number> = {};
  for (const line of text.trimEnd().split('\n')) {
    const match = /^(?:([a-z]+) )?(\d+)$/.exec(line);
    if (!match) throw new Error(`the guest printed "${line}"`);
    if (match[1] === undefined) samples.push(Number(match[2]));
    else counts[match[1]] = Number(match[2]);
  }
  const { total, ...others } = counts;
  if (samples.length === 0 || samples.reduce((sum, value) => sum + value, 0) !== total)
    throw new Error('what the guest printed is not whole: its rounds do not add up to its total');
  return { samples, counts: others };
}
