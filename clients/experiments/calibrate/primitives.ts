// What guests/calibrate/primitives.c prints: cycles of single calls and pairs of them, by the name of the published figure.

export const PRIMITIVES = 'calibrate/primitives';

/** Cycles of one, by name. */
export function parsePrimitives(text: string): ReadonlyMap<string, number> {
  const cycles = new Map<string, number>();
  for (const line of text.trimEnd().split('\n')) {
    const match = /^([a-z_0-9]+) (\d+) (\d+)$/.exec(line);
    if (!match || match[3] === '0') throw new Error(`the guest printed "${line}"`);
    cycles.set(match[1]!, Number(match[2]) / Number(match[3]));
  }
  return cycles;
}
