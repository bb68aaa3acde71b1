// Instructions of the CPUID level that this processor reports, without a row, each with the reason. They raise #UD.

import type { Code } from 'iced-x86';
import { CONDITIONS, codeNamed } from './integer/forms.ts';

const GROUPS: readonly (readonly [reason: string, names: readonly string[]])[] = [
  [
    'a 16-bit near branch: Intel processors ignore the operand-size prefix in 64-bit mode, so the decoder never yields it',
    [
      ...CONDITIONS.flatMap((name) => [`J${name}_rel8_16`, `J${name}_rel16`]),
      'Jmp_rel8_16',
      'Jmp_rel16',
      'Call_rel16',
      'Call_rm16',
      'Jmp_rm16',
      'Retnw',
      'Retnw_imm16',
      'Jecxz_rel8_16',
      'Jrcxz_rel8_16',
      ...['Loop', 'Loope', 'Loopne'].flatMap((name) => [`${name}_rel8_16_ECX`, `${name}_rel8_16_RCX`]),
    ],
  ],
  [
    'a far transfer: user code stays in its one code segment of 64 bits',
    [
      'Retfw',
      'Retfd',
      'Retfq',
      'Retfw_imm16',
      'Retfd_imm16',
      'Retfq_imm16',
      'Iretw',
      'Iretd',
      'Iretq',
      'Call_m1616',
      'Call_m1632',
      'Call_m1664',
      'Jmp_m1616',
      'Jmp_m1632',
      'Jmp_m1664',
    ],
  ],
  [
    'loads a far pointer: user code has flat segments, and reaches those bases by arch_prctl',
    ['Lss', 'Lfs', 'Lgs'].flatMap((name) => [`${name}_r16_m1616`, `${name}_r32_m1632`, `${name}_r64_m1664`]),
  ],
  [
    'WAIT and the instruction behind it, which the decoder yields as two',
    [
      'Fstenv_m14byte',
      'Fstenv_m28byte',
      'Fstcw_m2byte',
      'Feni',
      'Fdisi',
      'Fclex',
      'Finit',
      'Fsave_m94byte',
      'Fsave_m108byte',
      'Fstsw_m2byte',
      'Fsetpm',
      'Fstsw_AX',
    ],
  ],
];

export const ABSENT: ReadonlyMap<Code, string> = new Map(
  GROUPS.flatMap(([reason, names]) => names.map((name) => [codeNamed(name), reason] as const)),
);
