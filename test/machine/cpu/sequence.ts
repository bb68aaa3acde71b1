// A sequence of instructions, and what a processor makes of it. Registers that are not named start as 0, RSP as STACK_TOP, memory as
// zero (fuzz/cpu/layout.ts).

import { GENERAL, bytesHex } from '../../../fuzz/cpu/compare.ts';
import { CODE, STACK_TOP, imageOffset } from '../../../fuzz/cpu/layout.ts';
import type { Job } from '../../../fuzz/cpu/native/batch.ts';
import type { Outcome } from '../../../fuzz/cpu/outcome.ts';
import { PLAIN } from '../../../fuzz/cpu/state.ts';

export interface Sequence {
  readonly name: string;
  /** Ends in INT3 or in a fault. */
  readonly code: string;
  /** Offset in the code window, 0x800 by default. */
  readonly at?: number;
  /** Where in the code it begins, 0 by default. */
  readonly entry?: number;
  readonly gpr?: Readonly<Record<string, bigint>>;
  /** By register, last byte first. */
  readonly xmm?: Readonly<Record<number, string>>;
  readonly st?: Readonly<Record<number, string>>;
  readonly rflags?: number;
  readonly mxcsr?: number;
  readonly fcw?: number;
  readonly fsw?: number;
  readonly ftw?: number;
  /** What memory holds (fuzz/cpu/state.ts), zero by default. */
  readonly image?: number;
  /** By address. */
  readonly memory?: Readonly<Record<number, string>>;
  /** What was wrong, as the processor has it. */
  readonly expected: {
    /** #BP if absent: the INT3 at the end. */
    readonly exception?: readonly [vector: number, errorCode: number, address: bigint];
    readonly gpr?: Readonly<Record<string, bigint>>;
    readonly xmm?: Readonly<Record<number, string>>;
    readonly st?: Readonly<Record<number, string>>;
    readonly flags?: Readonly<Record<'set' | 'clear', number>>;
    readonly mxcsr?: number;
    readonly fsw?: number;
    readonly ftw?: number;
    readonly memory?: Readonly<Record<number, string>>;
  };
}

const forwards = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const backwards = (text: string): Uint8Array => forwards(text).reverse();

export function jobOf(sequence: Sequence): Job {
  const offset = sequence.at ?? 0x800;
  const replaced = (plain: readonly Uint8Array[], given: Readonly<Record<number, string>> = {}): Uint8Array[] =>
    plain.map((value, n) => (given[n] === undefined ? value : backwards(given[n])));
  const { rflags, mxcsr, fcw, fsw, ftw, image } = { ...PLAIN, ...sequence };
  return {
    lowered: { code: forwards(sequence.code), offset, entry: CODE.base + offset + (sequence.entry ?? 0), undefinedAt: new Map() },
    state: {
      ...{ rflags, mxcsr, fcw, fsw, ftw, image },
      gpr: GENERAL.map((name) => sequence.gpr?.[name] ?? (name === 'rsp' ? BigInt(STACK_TOP) : 0n)),
      xmm: replaced(PLAIN.xmm, sequence.xmm),
      st: replaced(PLAIN.st, sequence.st),
      patches: Object.entries(sequence.memory ?? {}).map(([address, bytes]) => ({
        offset: imageOffset(Number(address)),
        bytes: forwards(bytes),
      })),
    },
  };
}

/** The outcome, as far as the sequence speaks of it. */
export function told({ expected }: Sequence, outcome: Outcome): Sequence['expected'] {
  const keys = <V>(wanted: Readonly<Record<string, V>> | undefined, value: (key: string) => V): Record<string, V> =>
    Object.fromEntries(Object.keys(wanted ?? {}).map((key) => [key, value(key)]));
  const { flags } = expected;
  return {
    exception: [outcome.vector, outcome.errorCode, outcome.address],
    ...(expected.gpr ? { gpr: keys(expected.gpr, (name) => outcome.gpr[GENERAL.indexOf(name)]!) } : {}),
    ...(expected.xmm
      ? { xmm: keys(expected.xmm as Record<string, string>, (n) => bytesHex(outcome.xmm.subarray(+n * 16, +n * 16 + 16))) }
      : {}),
    ...(expected.st
      ? { st: keys(expected.st as Record<string, string>, (n) => bytesHex(outcome.st.subarray(+n * 10, +n * 10 + 10))) }
      : {}),
    ...(flags ? { flags: { set: outcome.rflags & flags.set, clear: ~outcome.rflags & flags.clear } } : {}),
    ...(expected.mxcsr === undefined ? {} : { mxcsr: outcome.mxcsr }),
    ...(expected.fsw === undefined ? {} : { fsw: outcome.fsw }),
    ...(expected.ftw === undefined ? {} : { ftw: outcome.ftw }),
    ...(expected.memory
      ? {
          memory: keys(expected.memory as Record<string, string>, (address) => {
            const at = imageOffset(Number(address));
            return Buffer.from(outcome.memory.subarray(at, at + expected.memory![Number(address)]!.length / 2)).toString('hex');
          }),
        }
      : {}),
  };
}
