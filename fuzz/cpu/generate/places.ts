// Where memory operands lie.

import type { Random } from '../../../test/vectors/random.ts';
import { CODE, DATA, HIGH, HIGH_STACK, READ_ONLY, STACK, STACKS, UNMAPPED } from '../layout.ts';

export type Place =
  | 'ordinary'
  | 'aligned'
  | 'unaligned'
  | 'stack'
  | 'high'
  | 'high-aligned'
  | 'crossing'
  | 'crossing-read'
  | 'read-only'
  | 'unmapped'
  | 'crossing-fault'
  | 'non-canonical'
  | 'high-end';

const PAGE = 0x1000;
const NON_CANONICAL = [
  0x8000_3000_0000_0010n,
  0x0000_8000_0000_0000n,
  0xffff_7fff_ffff_fff0n,
  0x1234_5678_9abc_def0n,
  0xc000_0000_0000_0000n,
  0x8080_8080_8080_8080n,
];

function ordinary(random: Random, bytes: number): number {
  return DATA.base + random.below(DATA.bytes - bytes);
}

/** `scratch`: bytes of the code window before every case, which are never executed, will do as well. */
export function targetAt(random: Random, place: Place, bytes: number, scratch: boolean): number | bigint {
  const inside = 1 + random.below(Math.max(bytes - 1, 1));
  if (scratch && place === 'ordinary' && random.below(3) === 0) return CODE.base + random.below(0x40);
  switch (place) {
    case 'ordinary':
      return ordinary(random, bytes);
    case 'aligned':
      return ordinary(random, bytes) & ~15;
    case 'unaligned':
      return (ordinary(random, bytes) & ~15) + 1 + random.below(15);
    case 'stack':
      // Not where return addresses lie.
      return random.pick(STACKS).base + (random.below(2) === 0 ? 0x100 + random.below(0x500) : 0x1480 + random.below(0xa00));
    case 'high':
      return HIGH.base + random.below(HIGH.bytes - bytes);
    case 'high-aligned':
      return HIGH.base + 16 * random.below(HIGH.bytes / 16);
    case 'crossing':
      return random.pick([DATA.base + PAGE, DATA.base + 2 * PAGE, HIGH.base + PAGE]) - inside;
    case 'crossing-read':
      return READ_ONLY.base - inside;
    case 'read-only':
      return READ_ONLY.base + (random.below(PAGE - bytes) & ~15);
    // Not where Linux places stacks and libraries.
    case 'unmapped':
      return random.pick([random.below(64), UNMAPPED + random.below(PAGE), 0x4000_0000_0000 + random.below(PAGE), 0xffff_8000_0000_0000n]);
    case 'crossing-fault':
      return random.pick([
        READ_ONLY.base + PAGE - inside,
        DATA.base - inside,
        HIGH.base + HIGH.bytes - inside,
        STACK.base + STACK.bytes - inside,
        HIGH_STACK.base + HIGH_STACK.bytes - inside,
        READ_ONLY.base - inside,
      ]);
    case 'high-end':
      return random.pick([HIGH.base + HIGH.bytes + random.below(64), HIGH.base - 1 - random.below(64)]);
    case 'non-canonical':
      return random.pick(NON_CANONICAL);
  }
}
