// Instructions without effect on a user program, those that a helper runs, and those that CPL 3 may not execute.

import { VECTOR } from '../../exit.ts';
import type { Definition } from '../context.ts';
import { type Rows, row, rows } from './forms.ts';

const nothing: Definition = () => {};
const privileged: Definition = (c) => c.fault(VECTOR.GP);

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Hints and padding: an operand, if there is one, is not accessed. */
const NOTHING = [
  ...words('Nopw Nopd Nopq Nop_rm16 Nop_rm32 Nop_rm64 Pause Endbr64 Endbr32 Cldemote_m8 Prefetchit0_m8 Prefetchit1_m8'),
  ...words('0F18 0F19 0F1A 0F1B 0F1C 0F1D 0F1E 0F1F').flatMap((opcode) => [16, 32, 64].map((w) => `Reservednop_rm${w}_r${w}_${opcode}`)),
  // PREFETCHW and its reserved neighbours are hints on every processor with 64-bit mode.
  ...words('Prefetch_m8 Prefetchw_m8 Prefetchwt1_m8'),
  ...words('3 4 5 6 7').map((n) => `Prefetchreserved${n}_m8`),
  // With shadow stacks disabled the destination keeps its value: the encodings are those of a long NOP.
  ...words('Rdsspd_r32 Rdsspq_r64'),
  // Memory-protection extensions are absent: their opcodes are NOPs.
  ...words(
    'Bndmov_bnd_bndm128 Bndmov_bndm128_bnd Bndcl_bnd_rm64 Bndcu_bnd_rm64 Bndcn_bnd_rm64 Bndmk_bnd_m64 Bndldx_bnd_mib Bndstx_mib_bnd',
  ),
];

/** #GP(0) at CPL 3: IOPL is 0, there is no I/O permission bitmap, CR4.UMIP is set, CR4.PCE is clear. */
const PRIVILEGED = [
  ...words('Hlt Cli Sti Clts Invd Wbinvd Wbnoinvd Wrmsr Rdmsr Rdpmc Sysexitd Sysexitq Sysretd Sysretq Swapgs Invlpg_m'),
  ...words('In_AL_imm8 In_AX_imm8 In_EAX_imm8 Out_imm8_AL Out_imm8_AX Out_imm8_EAX'),
  ...words('In_AL_DX In_AX_DX In_EAX_DX Out_DX_AL Out_DX_AX Out_DX_EAX'),
  ...words('Insb_m8_DX Insw_m16_DX Insd_m32_DX Outsb_DX_m8 Outsw_DX_m16 Outsd_DX_m32'),
  ...words('Mov_r64_cr Mov_cr_r64 Mov_r64_dr Mov_dr_r64 Lgdt_m1664 Lidt_m1664 Sgdt_m1664 Sidt_m1664'),
  ...words('Lldt Ltr Lmsw Sldt Str Smsw').flatMap((name) => words('rm16 r32m16 r64m16').map((form) => `${name}_${form}`)),
];

export const systemRows: Rows = [
  ...NOTHING.flatMap((name) => row(name, nothing)),
  ...PRIVILEGED.flatMap((name) => row(name, privileged)),
  // Reads its line as a load does, for the faults.
  ...row('Clflush_m8', (c) => void c.load(1, c.address()), { features: ['CLFSH'] }),
  // AMD's reading of 0F 0D, a prefetch only with a memory operand; Intel's is a NOP.
  ...rows(
    'Reservednop',
    [
      ['rm16_r16_0F0D', 2],
      ['rm32_r32_0F0D', 4],
      ['rm64_r64_0F0D', 8],
    ],
    () => (c) => c.fault(VECTOR.UD),
  ),
  ...row('Cpuid', (c) => c.leave('cpuid')),
  ...row('Rdtsc', (c) => c.leave('rdtsc')),
  ...row('Rdtscp', (c) => c.leave('rdtscp')),
  ...rows(
    'Mov',
    [
      ['rm16_Sreg', 2],
      ['r32m16_Sreg', 4],
      ['r64m16_Sreg', 8],
    ],
    () => (c) => c.leave('mov_from_segment'),
  ),
  ...rows(
    'Mov',
    [
      ['Sreg_rm16', 2],
      ['Sreg_r32m16', 4],
      ['Sreg_r64m16', 8],
    ],
    () => (c) => c.leave('mov_to_segment'),
  ),
  ...['Lar', 'Lsl'].flatMap((name) =>
    ['r16_rm16', 'r32_r32m16', 'r64_r64m16'].flatMap((form) => row(`${name}_${form}`, (c) => c.leave(name.toLowerCase()))),
  ),
  ...['Verr', 'Verw'].flatMap((name) =>
    ['rm16', 'r32m16', 'r64m16'].flatMap((form) => row(`${name}_${form}`, (c) => c.leave(name.toLowerCase()))),
  ),
];
