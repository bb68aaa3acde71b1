// What the guest measured by RDTSC, as it prints it.

export interface GuestSample {
  /** Right before SENDUIPI, right behind it, and after two instructions of the handler. */
  readonly before: number;
  readonly after: number;
  readonly began: number;
}

export interface GuestReport {
  readonly samples: readonly GuestSample[];
  /** Times that the handler ran, with the warm-up. */
  readonly taken: number;
  /** Cycles that two readings take around an instruction that takes none. */
  readonly around: number;
}

/**
 * Cycles by which the guest's measure of a leg may differ from the leg: readings are whole cycles, and SENDUIPI, two moves and two pushes
 * are instructions besides.
 */
export const READING_TOLERANCE = 4;

export function parseGuestReport(text: string): GuestReport {
  const lines = text.trimEnd().split('\n');
  const end = /^taken (\d+) around (\d+)$/.exec(lines.pop() ?? '');
  if (!end) throw new Error('the guest printed no count of handlers');
  const samples = lines.map((line) => {
    const match = /^\d+ (\d+) (\d+) (\d+)$/.exec(line);
    if (!match) throw new Error(`the guest printed "${line}"`);
    return { before: Number(match[1]), after: Number(match[2]), began: Number(match[3]) };
  });
  return { samples, taken: Number(end[1]), around: Number(end[2]) };
}
