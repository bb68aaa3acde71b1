// Every system call with wrong arguments, on this host's kernel and in a machine, against what Linux 6.18 answered
// (guests/expected/errno; recorded by `guests/bin/errno FAMILY /dev/shm/x`).

import { release } from 'node:os';
import { describe, expect, test } from 'vitest';
import { errorName, ERRNO } from '../../../src/kernel/abi/errno.ts';
import { completeTable } from '../../../scripts/generate-compatibility.ts';
import { MODELLED_RELEASE } from '../../../guests/guests.ts';
import { HOST_DIFFERENCES, KNOWN_DIFFERENCES, type KnownDifference } from './known-differences.ts';
import { type Difference, differences, parseOutcomes } from './outcomes.ts';
import { ask, canRunNatively, inMachine, natively, recorded } from './programs.ts';

const families = ask('families');

const isKnown = (known: readonly KnownDifference[], { row }: Difference): boolean => known.some(({ rows }) => rows.test(row));
const show = ({ row, expected, actual }: Difference): string => `${row}: ${expected} on Linux, not ${actual}`;

const absent = new Map(
  completeTable('none')
    .list()
    .filter((row) => !row.handler)
    .map((row) => [row.name, errorName(row.error ?? ERRNO.ENOSYS)]),
);
/** "statx null / 0 fd: closed" is a row of statx. */
const callOf = ({ row }: Difference): string => row.split(/[ :]/, 1)[0]!;

const used = new Set<KnownDifference>();

describe('in a machine', () => {
  test.each(families)('%s', (family) => {
    const { stdout, status } = inMachine([family, '/dev/shm/errno']);
    expect(status).toBe(0);
    const found = differences(parseOutcomes(recorded(family)), parseOutcomes(stdout));
    for (const known of KNOWN_DIFFERENCES) if (found.some(({ row }) => known.rows.test(row))) used.add(known);
    const unknown = found.filter(
      (difference) => absent.get(callOf(difference)) !== difference.actual && !isKnown(KNOWN_DIFFERENCES, difference),
    );
    expect(unknown.map(show)).toEqual([]);
  });

  test('every known difference is one', () => {
    expect(KNOWN_DIFFERENCES.filter((known) => !used.has(known)).map(({ rows, reason }) => `${rows}: ${reason}`)).toEqual([]);
  });
});

/** A host under load lets an alarm ring before a call: what differs must do so each time. */
function again(family: string): Difference[] {
  const expected = parseOutcomes(recorded(family));
  let found = differences(expected, parseOutcomes(natively(family)));
  for (let i = 0; i < 3 && found.length > 0; i++) {
    const next = new Set(differences(expected, parseOutcomes(natively(family))).map(({ row }) => row));
    found = found.filter(({ row }) => next.has(row));
  }
  return found;
}

describe.runIf(canRunNatively)('on this kernel', () => {
  test.each(families)('%s', (family) => {
    const unknown = again(family)
      .filter((difference) => !isKnown(HOST_DIFFERENCES, difference))
      .map(show);
    if (release().startsWith(MODELLED_RELEASE)) expect(unknown).toEqual([]);
    else if (unknown.length > 0) console.warn(`Linux ${release()} differs from ${MODELLED_RELEASE}:\n${unknown.join('\n')}`);
  });
});

test('every call is made, or excluded for a reason', () => {
  const covered = new Set(ask('covered').map(Number));
  const excluded = new Set(ask('excluded').map((line) => Number.parseInt(line, 10)));
  const rows = completeTable('none').list();
  expect(rows.filter(({ number }) => !covered.has(number) && !excluded.has(number)).map(({ name }) => name)).toEqual([]);
  expect([...excluded].filter((number) => covered.has(number))).toEqual([]);
});
