// What guests/async-io/async_io.c prints: when each task was done, in cycles since the clock started, and what it counted.

import type { FileName } from './task-files.ts';

export interface ReadSpan {
  readonly file: FileName;
  readonly submitted: number;
  /** The program has the result. */
  readonly completed: number;
  /** It has looked at the data. */
  readonly checked: number;
}

export interface ComputeSpan {
  readonly factor: number;
  readonly began: number;
  /** What interrupted it included. */
  readonly ended: number;
}

export interface HandlerSpan {
  readonly began: number;
  readonly ended: number;
}

export interface GuestReport {
  readonly reads: readonly ReadSpan[];
  readonly computations: readonly ComputeSpan[];
  readonly handlers: readonly HandlerSpan[];
  readonly total: number;
  /** Of all multiplications, hexadecimal. */
  readonly product: string;
  /** Of what was last read of each file, hexadecimal. */
  readonly checksums: Readonly<Partial<Record<FileName, string>>>;
  /** polls, empty-polls, interrupts, empty-interrupts, wake-ups, waits, limits: as far as the method has them. */
  readonly counts: Readonly<Record<string, number>>;
}

const LINE =
  /^(?:read (4K|4M|40M) (\d+) (\d+) (\d+)|compute (\d+) (\d+) (\d+)|handler (\d+) (\d+)|product ([0-9a-f]+)|checksum (4K|4M|40M) ([0-9a-f]+)|([a-z-]+) (\d+))$/;

export function parseGuestReport(text: string): GuestReport {
  const reads: ReadSpan[] = [];
  const computations: ComputeSpan[] = [];
  const handlers: HandlerSpan[] = [];
  const checksums: Partial<Record<FileName, string>> = {};
  const counts: Record<string, number> = {};
  let product = '';
  for (const line of text.trimEnd().split('\n')) {
    const match = LINE.exec(line);
    if (!match) throw new Error(`the guest printed "${line}"`);
    const [, file, submitted, completed, checked, factor, began, ended, entered, left, multiplied, of, sum, name, count] = match;
    if (file) reads.push({ file: file as FileName, submitted: Number(submitted), completed: Number(completed), checked: Number(checked) });
    else if (factor) computations.push({ factor: Number(factor), began: Number(began), ended: Number(ended) });
    else if (entered) handlers.push({ began: Number(entered), ended: Number(left) });
    else if (multiplied) product = multiplied;
    else if (of) checksums[of as FileName] = sum!;
    else counts[name!] = Number(count);
  }
  const { total, ...others } = counts;
  if (total === undefined || product === '' || reads.length === 0) throw new Error('what the guest printed is not whole');
  return { reads, computations, handlers, total, product, checksums, counts: others };
}

const WORD = 1n << 64n;
const MULTIPLIER = 0x9e3779b97f4a7c15n;

/** What 1 becomes by as many multiplications as the computations have, by another way than the guest's. */
export function expectedProduct(computations: readonly ComputeSpan[], unit: number): string {
  let left = BigInt(unit) * BigInt(computations.reduce((sum, { factor }) => sum + factor, 0));
  let [result, square] = [1n, MULTIPLIER];
  for (; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % WORD;
    square = (square * square) % WORD;
  }
  return result.toString(16);
}
