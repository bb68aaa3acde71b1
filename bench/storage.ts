// Suite storage: reads of cached files (guests/bench/storage.c) in a machine, beside the host's. GB/s of host time: bytes by nanoseconds.

import type { SuiteOptions } from './main.ts';
import { programSuite } from './program-suite.ts';
import { type Row, row } from './row.ts';

const MIB = 2 ** 20;
/** What a machine must move. */
const TARGET = 4;
const SIZES: Readonly<Record<string, number>> = { 'read-4k': 4096, 'read-4m': 4 * MIB, 'read-40m': 40 * MIB };
const CASES = [
  { name: 'read-4k', iterations: 102_400 },
  { name: 'read-4m', iterations: 256 },
  { name: 'read-40m', iterations: 32, target: (40 * MIB) / TARGET, ramBytes: 256 * MIB },
];

export async function storageSuite(options: SuiteOptions): Promise<Row[]> {
  const { rows } = programSuite({ suite: 'storage', cases: CASES }, options);
  return rows.map(({ case: name, value, peer, peer_value: theirs }) => {
    const bytes = SIZES[name]!;
    return row('storage', name, bytes / value, 'GB/s', peer, theirs && bytes / theirs);
  });
}
