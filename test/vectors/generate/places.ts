// Where a memory operand lies, and how an instruction names that place.

import {
  CODE_BASE,
  DATA_BASE,
  DATA_BYTES,
  FS_BASE,
  GS_BASE,
  HIGH_BASE,
  HIGH_BYTES,
  NON_CANONICAL,
  READ_ONLY_OFFSET,
  UNMAPPED,
} from '../layout.ts';
import type { Random } from '../random.ts';
import type { Addressing } from './assemble.ts';
import type { Draft } from './draft.ts';

export type Place = 'ordinary' | 'crossing' | 'high' | 'read-only' | 'unmapped' | 'crossing-fault' | 'non-canonical';

export function address(random: Random, place: Place, bytes: number): bigint {
  const size = Math.max(bytes, 1);
  const inside = 1 + random.below(Math.max(size - 1, 1));
  switch (place) {
    case 'ordinary': {
      const offset = 0x40 + random.below(0xf00);
      return BigInt(DATA_BASE + (size === 16 && !random.chance(4) ? offset & ~15 : offset));
    }
    case 'crossing':
      return BigInt(DATA_BASE + 0x1000 - inside);
    case 'high':
      return BigInt(HIGH_BASE + ((0x40 + random.below(0xf00)) & (size === 16 ? ~15 : ~0)));
    case 'read-only':
      return BigInt(DATA_BASE + READ_ONLY_OFFSET + 0x40 + (random.below(0xf00) & (size === 16 ? ~15 : ~0)));
    case 'unmapped':
      return BigInt(random.pick([0, 8, UNMAPPED + 16 * random.below(100), HIGH_BASE + HIGH_BYTES + 16, 0x7fff_f000_0000]));
    case 'crossing-fault':
      return BigInt(
        random.pick([
          DATA_BASE + READ_ONLY_OFFSET - inside,
          DATA_BASE + DATA_BYTES - inside,
          DATA_BASE - inside,
          HIGH_BASE + HIGH_BYTES - inside,
        ]),
      );
    case 'non-canonical':
      return random.pick([NON_CANONICAL, 0x0000_8000_0000_0000n, 0xffff_7fff_ffff_fff0n, 0x1234_5678_9abc_def0n]);
  }
}

const BELOW_4G = 1n << 32n;

/** An addressing mode that a case is to have. */
export type Mode = 'base' | 'index' | 'narrow' | 'fs' | 'gs';

/**
 * An addressing mode for `target`, with the registers it needs set in the draft. `avoid` are registers with another use.
 * Returns the operand; a RIP-relative displacement still lacks the instruction's length (see `ripRelative`).
 */
export function addressing(random: Random, draft: Draft, target: bigint, avoid: ReadonlySet<number>, wanted?: Mode): Addressing {
  const free = (not: number): number => {
    for (;;) {
      const n = random.below(16);
      if (n !== not && !avoid.has(n)) return n;
    }
  };
  const low = target < BELOW_4G;
  if (wanted !== undefined) return chosenMode(random, draft, target, free, wanted);
  const mode = random.below(low && target < 0x7fff_0000n && target >= BigInt(DATA_BASE) ? 10 : 6);
  const none = { base: -1, index: -1, scale: 0, displacement: 0, displacementBytes: 4, address32: false, segment: 0 } as const;
  if (mode === 8) return { ...none, kind: 'absolute', displacement: Number(target) };
  if (mode === 9) return { ...none, kind: 'rip', displacement: Number(target) };

  const segment = mode === 7 ? 0x65 : 0;
  const sum = segment ? target - BigInt(GS_BASE) : target;
  const address32 = mode === 6;
  const base = free(-1);
  let displacementBytes = random.pick([0, 0, 1, 4]);
  if (displacementBytes === 0 && (base & 7) === 5) displacementBytes = 1;
  const displacement = displacementBytes === 0 ? 0 : displacementBytes === 1 ? (random.next() << 24) >> 24 : random.next() | 0;
  const garbage = address32 ? BigInt(random.next()) << 32n : 0n;
  if (random.chance(2)) {
    setAddress(draft, base, sum - BigInt(displacement), address32, garbage);
    return { kind: 'base', base, index: -1, scale: 0, displacement, displacementBytes, address32, segment };
  }
  let index = free(base);
  while (index === 4) index = free(base);
  const scale = random.below(4) as 0 | 1 | 2 | 3;
  const indexValue = random.chance(3) ? random.bits64() : BigInt.asIntN(64, BigInt(random.below(200)) - 100n);
  draft.setRegister(index, indexValue);
  setAddress(draft, base, sum - BigInt(displacement) - (indexValue << BigInt(scale)), address32, garbage);
  return { kind: 'index', base, index, scale, displacement, displacementBytes, address32, segment };
}

function chosenMode(random: Random, draft: Draft, target: bigint, free: (not: number) => number, mode: Mode): Addressing {
  const segment = mode === 'fs' ? 0x64 : mode === 'gs' ? 0x65 : 0;
  const sum = target - BigInt(mode === 'fs' ? FS_BASE : mode === 'gs' ? GS_BASE : 0);
  const address32 = mode === 'narrow';
  const base = free(-1);
  let index = free(base);
  while (index === 4) index = free(base);
  const displacement = (random.next() << 20) >> 20;
  const parts = { base, displacement, displacementBytes: 4, address32, segment } as const;
  if (mode === 'base' || (mode !== 'index' && random.chance(2))) {
    setAddress(draft, base, sum - BigInt(displacement), address32, 0x5555n << 32n);
    return { ...parts, kind: 'base', index: -1, scale: 0 };
  }
  const scale = random.below(4) as 0 | 1 | 2 | 3;
  draft.setRegister(index, BigInt(random.below(5000)));
  setAddress(draft, base, sum - BigInt(displacement) - (draft.register(index) << BigInt(scale)), address32, 0x5555n << 32n);
  return { ...parts, kind: 'index', index, scale };
}

function setAddress(draft: Draft, register: number, value: bigint, address32: boolean, garbage: bigint): void {
  draft.setRegister(register, address32 ? garbage | BigInt.asUintN(32, value) : value);
}

/** The operand with its displacement made relative to the end of an instruction of `length` bytes. */
export function ripRelative(operand: Addressing, codeOffset: number, length: number): Addressing {
  return { ...operand, displacement: (operand.displacement - (CODE_BASE + codeOffset + length)) | 0 };
}
