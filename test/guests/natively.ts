// Programs on this machine's own kernel. It has other processes too, which change what is everybody's (tables, limits, how long a call
// takes) while a program looks at it: only what differs from the expected three times is a difference.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

const ATTEMPTS = 3;

export interface NativeOutcome {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code, a signal's name, or why it did not start or end. */
  readonly status: number | string | null;
}

interface NativeOptions {
  readonly arguments?: readonly string[];
  /** An empty one that is gone afterwards, if not given. */
  readonly directory?: string;
}

function once(program: string, { arguments: given = [], directory }: NativeOptions): NativeOutcome {
  const cwd = directory ?? mkdtempSync(join(tmpdir(), 'natively-'));
  try {
    const { stdout, stderr, status, signal, error } = spawnSync(program, given, { cwd, encoding: 'utf8', timeout: 20_000 });
    return { stdout, stderr, status: error ? error.message : (status ?? signal) };
  } finally {
    if (directory === undefined) rmSync(cwd, { recursive: true });
  }
}

/** What the program at `program` leaves, the first time that it is `as` wanted; the last time, if it never is. */
export function natively(program: string, as: (outcome: NativeOutcome) => boolean, options: NativeOptions = {}): NativeOutcome {
  let outcome = once(program, options);
  for (let attempt = 1; attempt < ATTEMPTS && !as(outcome); attempt++) outcome = once(program, options);
  return outcome;
}

/** Fails with all that the program said if it does not print `stdout`, and nothing else, and end like this. */
export function expectNatively(program: string, stdout: string, options: NativeOptions = {}, status: number | string = 0): void {
  const wanted: NativeOutcome = { stdout, stderr: '', status };
  expect(natively(program, (outcome) => isDeepStrictEqual(outcome, wanted), options)).toEqual(wanted);
}
