// Instructions with prefixes they do not need: ignored ones, several, a REX before another prefix, 32-bit addresses, segments,
// and lengths of 15 and 16 bytes. Made from ordinary cases; the decoder says whether what comes out is still of x86-64-v1.

import { Decoder, DecoderOptions } from 'iced-x86';
import { Random } from '../random.ts';
import type { Case } from '../vector.ts';
import { familyOf } from './families.ts';
import type { Form } from './forms.ts';

const SEGMENTS = [0x26, 0x2e, 0x36, 0x3e, 0x65];
const LONGEST = 15;

function decodesTo(code: Uint8Array, allowed: ReadonlySet<number>): boolean {
  const decoder = new Decoder(64, code, DecoderOptions.None);
  const instruction = decoder.decode();
  const good = allowed.has(instruction.code) && instruction.length === code.length;
  instruction.free();
  decoder.free();
  return good;
}

/** One prefix that the instruction does not need. */
function redundant(random: Random, form: Form): number {
  const narrow = familyOf(form) === 'branch' || /^Sh[lr]d_/.test(form.name);
  switch (random.below(6)) {
    case 0:
      return 0x67;
    case 1:
      // Makers differ on what 66 does to a near branch; a 16-bit double shift by more than 16 has no defined result.
      return narrow ? 0x3e : 0x66;
    case 2:
      // AMD's LOOPE and LOOPNE take notice of these.
      return form.mnemonic.startsWith('Loop') ? 0x2e : random.pick([0xf2, 0xf3]);
    case 3:
      return 0x40 + random.below(16);
    default:
      return random.pick(SEGMENTS);
  }
}

interface Candidate {
  readonly form: Form;
  readonly cases: readonly Case[];
}

export function prefixCases(forms: readonly Candidate[], count: number, seed: number): Case[] {
  const random = new Random(seed * 31 + 5);
  const allowed = new Set<number>(forms.map(({ form }) => form.code));
  const usable: readonly Candidate[] = forms.filter(({ form }) => !form.privileged && !form.mnemonic.startsWith('Ud'));
  const made: Case[] = [];
  while (made.length < count) {
    const { form, cases }: Candidate = random.pick(usable);
    const source: Case = random.pick(cases);
    if (source.codeOffset !== 0x800 || source.code[0] === 0xf0) continue;
    const extra: number[] = Array.from({ length: 1 + random.below(3) }, () => redundant(random, form));
    const padding = random.chance(12) ? Math.max(0, LONGEST - extra.length - source.code.length) : 0;
    for (let n = 0; n < padding; n++) extra.unshift(random.pick(SEGMENTS));
    const code = Uint8Array.from([...extra, ...source.code]);
    if (code.length > LONGEST || !decodesTo(code, allowed)) continue;
    made.push({ ...source, code });
  }
  for (let n = 0; n < 20; n++) {
    // One byte too many.
    const source: Case = random.pick(random.pick(usable).cases);
    if (source.codeOffset !== 0x800 || source.code[0] === 0xf0) continue;
    const code = Uint8Array.from([...new Array<number>(LONGEST + 1 - source.code.length).fill(0x3e), ...source.code]);
    made.push({ ...source, code });
  }
  return made;
}
