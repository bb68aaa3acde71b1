// Code that changes code: an instruction behind is replaced by another, or its immediate by another number.

import { CODE, CODE_ALIAS, KEPT, imageOffset } from '../layout.ts';
import type { Item, Part } from '../program.ts';
import type { Patch } from '../state.ts';
import { FORMS } from './forms.ts';
import type { Maker } from './maker.ts';
import { int32, known, moveImmediate, padParts, part } from './parts.ts';

const SLOT_BYTES = 8;

const REPLACEABLE = FORMS.filter(
  ({ set, memoryOnly, implicit }) => (set === 'integer' || set === 'vector') && !memoryOnly && implicit.length === 0,
);

/** A register instruction of at most `bytes` that leaves no flag undefined and cannot fault. */
function replaceable(maker: Maker, bytes: number): Part[] {
  for (;;) {
    const made = maker.instruction(maker.random.pick(REPLACEABLE), { memory: false });
    const only = made?.parts.length === 1 ? made.parts[0]! : null;
    if (!only || only.fixup || only.flags.undefined !== 0 || only.bytes.length > bytes) continue;
    return padParts([only], bytes)!;
  }
}

const joined = (parts: readonly Part[]): Uint8Array => Uint8Array.from(parts.flatMap(({ bytes }) => [...bytes]));
const word = (bytes: Uint8Array, at: number): number => new DataView(bytes.buffer, bytes.byteOffset).getInt32(at, true);

/** Where the bytes of these parts are in memory from now on. */
function keep(patches: Patch[], parts: readonly Part[]): number {
  const address = KEPT.base + 0x400 + 16 * (patches.length % 0xc0);
  patches.push({ offset: imageOffset(address), bytes: joined(parts) });
  return address;
}

/** `patches` gets what the stores take from memory. */
export function modify(maker: Maker, patches: Patch[]): Item {
  const { random } = maker;
  const gap = random.below(3) === 0 ? random.below(40) : 0;
  switch (random.below(6)) {
    case 0:
    case 1: {
      // ADD r/m32, imm32 or MOV r32, imm32: every execution of the store changes the number.
      const register = maker.free();
      const high = register >= 8 ? [0x41] : [];
      const before =
        random.below(2) === 0
          ? known([...high, 0x81, 0xc0 | (register & 7), ...int32(random.next())])
          : known([...high, 0xb8 | (register & 7), ...int32(random.next())]);
      const add = known(random.below(2) === 0 ? [0x81, 0x05, 0, 0, 0, 0, 0x21, 0x43, 0x65, 0x07] : [0x83, 0x05, 0, 0, 0, 0, 0x21]);
      const store: Part = { ...add, fixup: { at: 2, kind: 'rel32', target: 'slot', offset: before.bytes.length - 4 } };
      return { kind: 'modify', stores: [store], before: [before], after: [before], gap };
    }
    case 2: {
      // One 8-byte store from a register.
      const [before, after] = [replaceable(maker, SLOT_BYTES), replaceable(maker, SLOT_BYTES)];
      const register = maker.free();
      const rex = 0x48 | (register >= 8 ? 4 : 0);
      const bytes = new DataView(joined(after).buffer).getBigUint64(0, true);
      const store: Part = {
        ...part([rex, 0x89, 0x05 | ((register & 7) << 3), 0, 0, 0, 0]),
        fixup: { at: 3, kind: 'rel32', target: 'slot' },
      };
      return { kind: 'modify', stores: [moveImmediate(register, bytes), store], before, after, gap };
    }
    case 3: {
      // 16 bytes from memory through an XMM register.
      const [before, after] = [replaceable(maker, 16), replaceable(maker, 16)];
      const address = keep(patches, after);
      const xmm = random.below(8);
      const load = part([0x0f, 0x10, 0x04 | (xmm << 3), 0x25, ...int32(address)]);
      const store: Part = { ...part([0x0f, 0x11, 0x05 | (xmm << 3), 0, 0, 0, 0]), fixup: { at: 3, kind: 'rel32', target: 'slot' } };
      return { kind: 'modify', stores: [load, store], before, after, gap };
    }
    case 4: {
      // REP MOVSB.
      if ([1, 6, 7].some((n) => maker.reserved.has(n))) break;
      const [before, after] = [replaceable(maker, SLOT_BYTES), replaceable(maker, SLOT_BYTES)];
      const address = keep(patches, after);
      const target: Part = { ...part([0xbf, 0, 0, 0, 0]), fixup: { at: 1, kind: 'abs32', target: 'slot' } };
      const copy = known([0xf3, 0xa4]);
      return {
        kind: 'modify',
        stores: [known([0xfc]), moveImmediate(6, BigInt(address)), target, moveImmediate(1, BigInt(SLOT_BYTES)), copy],
        before,
        after,
        gap,
      };
    }
  }
  // Two 4-byte stores; through the alias, where CPUID makes the processor look again.
  const [before, after] = [replaceable(maker, SLOT_BYTES), replaceable(maker, SLOT_BYTES)];
  const bytes = joined(after);
  const aliased = random.below(3) === 0 && ![0, 1, 2, 3].some((n) => maker.reserved.has(n));
  const distance = aliased ? CODE_ALIAS - CODE.base : 0;
  const stores = [0, 4].map(
    (at): Part => ({
      ...part([0xc7, 0x05, 0, 0, 0, 0, ...int32(word(bytes, at))]),
      fixup: { at: 2, kind: 'rel32', target: 'slot', offset: at + distance },
    }),
  );
  const serialised = aliased ? [known([0x0f, 0xa2]), ...[0, 1, 2, 3].map((register) => moveImmediate(register, random.bits64()))] : [];
  return { kind: 'modify', stores: [...stores, ...serialised], before, after, gap };
}
