// Every system call with wrong arguments, on this host's kernel and in a machine, against what Linux 6.18 answered
// (guests/expected/errno; recorded by `guests/bin/errno FAMILY /dev/shm/x`).

import { release } from 'node:os';
import { describe, expect, test } from 'vitest';
import { HOST_DIFFERENCES, type KnownDifference } from './known-differences.ts';
import { type Difference, differences, parseOutcomes } from './outcomes.ts';
import { ask, canRunNatively, natively, recorded } from './programs.ts';

const RECORDED_RELEASE = '6.18.';
const families = ask('families');

const isKnown = (known: readonly KnownDifference[], { row }: Difference): boolean => known.some(({ rows }) => rows.test(row));
const show = ({ row, expected, actual }: Difference): string => `${row}: ${expected} on Linux, not ${actual}`;

describe.runIf(canRunNatively)('on this kernel', () => {
  test.each(families)('%s', (family) => {
    const found = differences(parseOutcomes(recorded(family)), parseOutcomes(natively(family)));
    const unknown = found.filter((difference) => !isKnown(HOST_DIFFERENCES, difference)).map(show);
    if (release().startsWith(RECORDED_RELEASE)) expect(unknown).toEqual([]);
    else if (unknown.length > 0) console.warn(`Linux ${release()} differs from ${RECORDED_RELEASE}:\n${unknown.join('\n')}`);
  });
});
