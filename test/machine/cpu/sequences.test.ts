// sequences.ts through every executor, and on the processor where this host has one.

import { describe, expect, it } from 'vitest';
import { GENERAL, bytesHex } from '../../../fuzz/cpu/compare.ts';
import { Engine } from '../../../fuzz/cpu/engine.ts';
import { CODE, STACK_TOP, imageOffset } from '../../../fuzz/cpu/layout.ts';
import { type Job, runNatively, whyNotNative } from '../../../fuzz/cpu/native/batch.ts';
import type { Outcome } from '../../../fuzz/cpu/outcome.ts';
import { PLAIN } from '../../../fuzz/cpu/state.ts';
import { type Sequence, sequences } from './sequences.ts';

const BREAKPOINT = [3, 0, 0n] as const;
const forwards = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const backwards = (text: string): Uint8Array => forwards(text).reverse();

function jobOf(sequence: Sequence): Job {
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
function told({ expected }: Sequence, outcome: Outcome): Sequence['expected'] {
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

const reason = whyNotNative();

describe('sequences that were executed wrongly once', () => {
  const engines = (['step', 'region', 'mixed'] as const).map((tiers) => [tiers, new Engine(tiers)] as const);
  it.each(sequences.map((sequence) => [sequence.name, sequence] as const))('%s', (_, sequence) => {
    const wanted = { exception: BREAKPOINT, ...sequence.expected };
    for (const [tiers, engine] of engines) {
      expect([
        tiers,
        told(
          sequence,
          engine.run(jobOf(sequence), () => 100_000),
        ),
      ]).toEqual([tiers, wanted]);
    }
  });

  it.skipIf(reason !== null)(`are what the processor says${reason ? `: not asked, ${reason}` : ''}`, () => {
    const outcomes = runNatively(sequences.map(jobOf));
    const answers = sequences.map((sequence, n) => [sequence.name, told(sequence, outcomes[n]!)]);
    expect(answers).toEqual(sequences.map(({ name, expected }) => [name, { exception: BREAKPOINT, ...expected }]));
  });
});
