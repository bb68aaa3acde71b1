// Every instruction form of x86-64-v1 and v2 that user code in 64-bit mode can run, as iced's opcode table lists them,
// less those whose result is not the processor's alone or that the machine does not have (the reasons are below).

import {
  Code,
  CodeExt,
  CpuidFeature,
  EncodingKind,
  Instruction,
  MemorySizeExt,
  Mnemonic,
  OpCodeOperandKind,
  type OpCodeTableKind,
} from 'iced-x86';

export interface Form {
  readonly code: Code;
  /** iced's name, "Add_rm64_r64". */
  readonly name: string;
  readonly mnemonic: string;
  /** iced's names of the CPUID features it needs. */
  readonly features: readonly string[];
  readonly table: OpCodeTableKind;
  /** 0x66, 0xf3, 0xf2, or 0. */
  readonly mandatoryPrefix: number;
  readonly opcode: number;
  readonly opcodeBytes: number;
  /** /digit of ModRM.reg, or -1. */
  readonly group: number;
  readonly operandSize: number;
  readonly addressSize: number;
  /** REX.W follows from the form, not from operandSize. */
  readonly rexW: boolean;
  readonly operands: readonly OpCodeOperandKind[];
  /** Bytes of the memory operand, 0 if there is none. */
  readonly memoryBytes: number;
  readonly lockable: boolean;
  readonly privileged: boolean;
}

const FEATURES = new Set([
  'INTEL8086',
  'INTEL186',
  'INTEL286',
  'INTEL386',
  'INTEL486',
  'X64',
  'CMOV',
  'PAUSE',
  'MULTIBYTENOP',
  'CX8',
  'CLFSH',
  'SSE',
  'SSE2',
]);
const V2_FEATURES = new Set(['SSE3', 'SSSE3', 'SSE4_1', 'SSE4_2', 'POPCNT', 'CMPXCHG16B']);

/** Mnemonics left out, with the reason. */
export const EXCLUDED: Readonly<Record<string, string>> = {
  Retf: 'far control transfer',
  Iret: 'far control transfer',
  Iretd: 'far control transfer',
  Iretq: 'far control transfer',
  Int: 'software interrupts reach the host kernel',
  Syscall: 'reaches the host kernel',
  Int1: 'reaches the host kernel',
  Lss: 'loads a segment register',
  Lfs: 'loads a segment register',
  Lgs: 'loads a segment register',
  Popw: 'loads a segment register',
  Sldt: 'answered by the host kernel (UMIP)',
  Str: 'answered by the host kernel (UMIP)',
  Sgdt: 'answered by the host kernel (UMIP)',
  Sidt: 'answered by the host kernel (UMIP)',
  Smsw: 'answered by the host kernel (UMIP)',
  Lar: 'depends on the host kernel’s GDT',
  Lsl: 'depends on the host kernel’s GDT',
  Verr: 'depends on the host kernel’s GDT',
  Verw: 'depends on the host kernel’s GDT',
  Sysret: 'differs between makers',
  Sysretq: 'differs between makers',
  Swapgs: 'system state',
};

const K = OpCodeOperandKind;
const FAR = new Set([K.farbr2_2, K.farbr4_2]);
const MMX = new Set([K.mm_reg, K.mm_rm, K.mm_or_mem]);
/** Near branches ignore the operand-size prefix in 64-bit mode, as Intel has it. */
const SHORT_BRANCH = new Set([K.br16_1, K.br16_2, K.br32_1, K.br32_4]);
/** Not what the bytes mean by Intel’s rules: the prefix is ignored, or UD0 has a ModRM byte. */
const UNREACHABLE = new Set(['Retnw', 'Retnw_imm16', 'Call_rm16', 'Jmp_rm16', 'Ud0']);
const PREFIX = [0, 0, 0x66, 0xf3, 0xf2];

/** Any form of 64-bit mode, whether or not there are vectors of it; null if it is none. */
export function describeForm(code: Code, name: string): Form | null {
  const info = CodeExt.opCode(code);
  const instruction = new Instruction();
  try {
    if (!info.isInstruction || !info.mode64 || info.encoding !== EncodingKind.Legacy || info.fwait) return null;
    instruction.code = code;
    const mnemonic = Mnemonic[info.mnemonic]!;
    return {
      code,
      name,
      mnemonic,
      features: [...instruction.cpuidFeatures()].map((feature) => CpuidFeature[feature]!),
      table: info.table,
      mandatoryPrefix: PREFIX[info.mandatoryPrefix]!,
      opcode: info.opCode,
      opcodeBytes: info.opCodeLength,
      group: info.groupIndex,
      operandSize: info.operandSize,
      addressSize: info.addressSize,
      rexW: info.operandSize === 64 && !info.defaultOpSize64,
      operands: [info.op0Kind, info.op1Kind, info.op2Kind].slice(0, info.opCount),
      memoryBytes: MemorySizeExt.size(info.memorySize),
      lockable: info.canUseLockPrefix,
      privileged: info.mustBeCpl0 || ['In', 'Out', 'Insb', 'Insw', 'Insd', 'Outsb', 'Outsw', 'Outsd', 'Cli', 'Sti'].includes(mnemonic),
    };
  } finally {
    info.free();
    instruction.free();
  }
}

function isRecorded({ name, mnemonic, features, operands }: Form): boolean {
  if (!features.every((feature) => FEATURES.has(feature) || V2_FEATURES.has(feature))) return false;
  if (Object.hasOwn(EXCLUDED, mnemonic) || UNREACHABLE.has(name)) return false;
  if (operands.some((kind) => FAR.has(kind) || MMX.has(kind) || SHORT_BRANCH.has(kind))) return false;
  if (operands[0] === K.seg_reg || (mnemonic === 'Pop' && [K.fs, K.gs].includes(operands[0]!))) return false;
  return !(operands[0] === K.mem && /^(Call|Jmp)_m/.test(name));
}

/** First level of x86-64 that has the form. */
export function levelOf(form: Form): 1 | 2 {
  return form.features.some((feature) => V2_FEATURES.has(feature)) ? 2 : 1;
}

export function allForms(): Form[] {
  const forms: Form[] = [];
  for (const [name, code] of Object.entries(Code)) {
    if (typeof code !== 'number') continue;
    const form = describeForm(code, name);
    if (form && isRecorded(form)) forms.push(form);
  }
  return forms;
}
