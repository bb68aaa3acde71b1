// Flags that are rarely what they become here, and instructions that look at them.

import type { Random } from '../../../test/vectors/random.ts';
import { type Composite, matching, together } from './composite.ts';
import { known, moveImmediate } from './parts.ts';

const SETTING = matching(
  /^(Add|Sub|Cmp|Adc|Sbb|And|Or|Xor|Test|Inc|Dec|Neg|Imul|Shl|Shr|Sar|Rol|Ror|Rcl|Rcr|Bt|Bts|Btr|Btc|Shld|Shrd|Xadd|Cmpxchg|Popcnt|Bsf|Bsr|Ptest|(Uc|C)omis[sd])_|^(Sahf|Clc|Stc|Cmc)$/,
);
const RARELY_SETTING = SETTING.filter(({ name }) => /^(Ptest|U?comi|Sahf)/i.test(name));
const USING = matching(/^(Set[a-z]+_rm8|Cmov[a-z]+_r|Adc_|Sbb_|Rcl_|Rcr_|Pushf|Lahf|Cmc|Inc_|Dec_|Fcmov)/);
const EDGES = [0n, 1n, -1n, 0x7fn, 0x80n, 0x7fffn, 0x8000n, 0x7fff_ffffn, 0x8000_0000n, 0x7fff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n];
/** Operands that make flags what they rarely are by chance, an operation on them, and instructions that look. */
export const flags: Composite = (maker) => {
  const { random } = maker;
  const small = random.pick(EDGES);
  const [first, second] = [maker.free(), maker.free()];
  const before = [moveImmediate(first, small), moveImmediate(second, random.below(2) === 0 ? small : random.pick(EDGES))];
  const form = random.pick(random.below(4) === 0 ? RARELY_SETTING : SETTING);
  const set = random.below(3) === 0 ? maker.instruction(form)?.parts : [known(between(random, first, second))];
  const used = Array.from({ length: 1 + random.below(3) }, () => maker.instruction(random.pick(USING))?.parts ?? []);
  return together(before, set, ...used);
};

/** An operation of the first two registers, of any width: ADD OR ADC SBB AND SUB XOR CMP, TEST, XADD, IMUL. */
function between(random: Random, x: number, y: number): number[] {
  const wide = random.pick([0, 0, 8]);
  const rex = 0x40 | wide | (x >= 8 ? 4 : 0) | (y >= 8 ? 1 : 0);
  const size = wide === 0 && random.below(3) === 0 ? [0x66] : [];
  const narrow = size.length === 0 && wide === 0 && random.below(3) === 0 ? 0 : 1;
  const choice = random.below(14);
  const modrm = 0xc0 | ((x & 7) << 3) | (y & 7);
  if (choice < 10) return [...size, rex, ((choice % 8) << 3) | narrow, modrm];
  if (choice < 12) return [...size, rex, 0x84 | narrow, modrm];
  return choice === 12 ? [...size, rex, 0x0f, 0xc0 | narrow, modrm] : [...size, rex, 0x0f, 0xaf, modrm];
}
