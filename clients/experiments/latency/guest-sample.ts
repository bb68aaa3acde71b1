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
}

/**
 * Instructions that the guest's measure has more than the way itself: RDTSC and two moves before SENDUIPI, two pushes and RDTSC in the
 * handler.
 */
export const EXTRA_INSTRUCTIONS = 6;

export function parseGuestReport(text: string): GuestReport {
  const lines = text.trimEnd().split('\n');
  const taken = /^taken (\d+)$/.exec(lines.pop() ?? '');
  if (!taken) throw new Error('the guest printed no count of handlers');
  const samples = lines.map((line) => {
    const match = /^\d+ (\d+) (\d+) (\d+)$/.exec(line);
    if (!match) throw new Error(`the guest printed "${line}"`);
    return { before: Number(match[1]), after: Number(match[2]), began: Number(match[3]) };
  });
  return { samples, taken: Number(taken[1]) };
}
