// Every form that the engine executes, sorted by what a generator must know of it.

import { Code, OpCodeOperandKind as K } from 'iced-x86';
import { instructionTable } from '../../../src/machine/cpu/semantics/table.ts';
import { EXCLUDED, type Form, describeForm } from '../../../test/vectors/generate/forms.ts';

/** own: what it does depends on maker, model or kernel, so that only executors are compared. structure: made by items (program.ts). */
export type Group =
  | 'integer'
  | 'divide'
  | 'stack'
  | 'string'
  | 'float'
  | 'vector'
  | 'mmx'
  | 'x87'
  | 'privileged'
  | 'own'
  | 'structure'
  | 'special';

/** Sorted by the first pattern that a name matches. */
const GROUPS: readonly (readonly [Group, RegExp])[] = [
  // Made as composite items, which give them what they need.
  [
    'special',
    /^(Ldmxcsr|Fldcw|Fldenv|Frstor|Fnstenv|Fnsave|Fxsave|Fxrstor|Popf|Enter|Leave|Xlat|Maskmov|Cmpxchg16b|Cmpxchg8b|Bt[src]?_rm\d+_r\d|Int3|Int_imm8|Ud[012])/,
  ],
  ['structure', /^(J\w+_rel|Jmp|Call|Ret|Loop|Jr?e?cxz)/],
  ['own', /^(Tzcnt|Lzcnt|Cpuid|Rdtsc|Xgetbv|Xsave|Xrstor|Uiret|Testui|Clui|Stui|Senduipi|Mov_Sreg|Pop[qw]_[FG]S)/],
  // Approximations: each model has its own tables.
  ['own', /^(Rcp|Rsqrt)[ps]s/],
  // Within one unit in the last place of the processor's, not equal to them.
  ['own', /^(F2xm1|Fyl2x|Fyl2xp1|Fsin|Fcos|Fsincos|Fptan|Fpatan)$/],
  ['string', /^(Movs|Cmps|Stos|Lods|Scas)[bwdq]_(m|AL|AX|EAX|RAX)/],
  ['divide', /^(Div|Idiv)_rm/],
  ['stack', /^(Push|Pop(?!cnt))/],
  ['mmx', /(^|_)mmm?\d*(_|$)|^Emms/],
  ['x87', /^(F|Wait)/],
  ['float', /^(Add|Sub|Mul|Div|Min|Max|Sqrt|Cmp|Rcp|Rsqrt|Ucomi|Comi|Hadd|Hsub|Addsub|Round|Dp)(ps|ss|pd|sd)_xmm|^Cvt|^Addsubp/],
  ['vector', /xmm/],
  ['integer', /./],
];

/** Left out everywhere: reaches the host's kernel or hypervisor (which may answer INT1 itself), or changes what a case stands on. */
const NEVER = new Set(['Syscall', 'Int1', 'Xsetbv', 'Sldt', 'Str', 'Sgdt', 'Sidt', 'Smsw']);
/** Prefixes in front of which another processor executes something else, and encodings that the mode cannot express. */
const UNREACHABLE =
  /^(Retnw|Call_rm16|Jmp_rm16|Call_m16|Jmp_m16|Reservednop.*0F0D|Nop[dq]$|Bnd|Prefetchit|J\w+_rel(8_)?(16|32)|Jmp_rel(8_)?(16|32)|Call_rel(16|32)$|Loop\w*_(16|32)_|Jr?e?cxz_rel8_(16|32)|Ud0|Nopw)/;

export interface FuzzForm extends Form {
  readonly set: Group;
  /** Position of the operand that is or may be memory, -1 if none; whether it must be memory. */
  readonly memory: number;
  readonly memoryOnly: boolean;
  /** Registers written without being named, by number. */
  readonly implicit: readonly number[];
  /** The memory operand must be aligned to 16 bytes. */
  readonly aligned: boolean;
}

const MEMORY = new Set([K.mem, K.r8_or_mem, K.r16_or_mem, K.r32_or_mem, K.r64_or_mem, K.xmm_or_mem, K.mm_or_mem]);
const RAX = 0,
  RCX = 1,
  RDX = 2,
  RBX = 3,
  RSP = 4,
  RBP = 5,
  RSI = 6,
  RDI = 7;
const IMPLICIT: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^(Mul|Div|Idiv)_|^Imul_rm\d+$|^Cmpxchg8b|^Cmpxchg16b|^(Cwd|Cdq|Cqo)$/, [RAX, RDX]],
  [/^Cpuid/, [RAX, RBX, RCX, RDX]],
  [/^Rdtscp/, [RAX, RCX, RDX]],
  [/^(Rdtsc|Xgetbv)/, [RAX, RDX]],
  [/^(Cmpxchg|Lahf|Cbw|Cwde|Cdqe|Xlat|Fnstsw_AX|Lods)/, [RAX]],
  [/_(AL|AX|EAX|RAX)_|_(AL|AX|EAX|RAX)$|^Xchg_r\d+_R?E?AX/, [RAX]],
  [/^Pcmp[ei]str/, [RCX]],
  [/^(Movs|Cmps)[bwdq]_m/, [RSI, RDI, RCX]],
  [/^Stos|^Scas/, [RDI, RCX]],
  [/^Lods/, [RAX, RSI, RCX]],
  [/^(Push|Pop|Enter|Leave)/, [RSP]],
  [/^(Enter|Leave)/, [RSP, RBP]],
  [/^Uiret/, [RSP]],
];
const UNALIGNED = /^(Movups|Movupd|Movdqu|Lddqu|Pcmp[ei]str)/;

function sort(form: Form): FuzzForm {
  const set: Group =
    form.privileged || form.mnemonic === 'Rdpmc' ? 'privileged' : GROUPS.find(([, pattern]) => pattern.test(form.name))![0];
  const memory = form.operands.findIndex((kind) => MEMORY.has(kind));
  return {
    ...form,
    set,
    memory,
    memoryOnly: memory >= 0 && form.operands[memory] === K.mem,
    implicit: [...new Set(IMPLICIT.filter(([pattern]) => pattern.test(form.name)).flatMap(([, registers]) => registers))],
    aligned:
      form.memoryBytes === 16 && form.operands.some((kind) => kind === K.xmm_reg || kind === K.xmm_or_mem) && !UNALIGNED.test(form.name),
  };
}

function supported(): FuzzForm[] {
  const forms: FuzzForm[] = [];
  for (const code of instructionTable.keys()) {
    const form = describeForm(code, Code[code]!);
    if (!form || NEVER.has(form.mnemonic) || UNREACHABLE.test(form.name)) continue;
    if (Object.hasOwn(EXCLUDED, form.mnemonic) && !['Int'].includes(form.mnemonic)) continue;
    forms.push(sort(form));
  }
  return forms;
}

export const FORMS: readonly FuzzForm[] = supported();

const bySet = new Map<Group, readonly FuzzForm[]>();
const byName = new Map(FORMS.map((form) => [form.name, form]));

export function formsOf(set: Group): readonly FuzzForm[] {
  let forms = bySet.get(set);
  if (!forms) bySet.set(set, (forms = FORMS.filter((form) => form.set === set)));
  return forms;
}

export function formNamed(name: string): FuzzForm {
  const form = byName.get(name);
  if (!form) throw new Error(`no form is named ${name}`);
  return form;
}
