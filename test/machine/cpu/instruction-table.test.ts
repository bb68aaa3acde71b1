import { Code, CodeExt, CpuidFeature, EncodingKind, Instruction } from 'iced-x86';
import { describe, expect, it } from 'vitest';
import { SPECIAL_COUNT } from '../../../src/machine/cpu/decode/record.ts';
import { helperTable } from '../../../src/machine/cpu/helpers/table.ts';
import { ABSENT } from '../../../src/machine/cpu/semantics/absent.ts';
import { instructionTable } from '../../../src/machine/cpu/semantics/table.ts';
import { BULK_SEARCHES, BULK_STRINGS } from '../../../src/machine/cpu/step/bulk-strings.ts';
import { HOT_FORMS } from '../../../src/machine/cpu/step/hot-forms.ts';
import { BenchMachine, hex, stepModule } from './bench-machine.ts';

/** What CPUID reports at x86-64-v2 with UINTR, in iced's names, and what every 64-bit processor has. */
const REPORTED = [
  'INTEL8086',
  'INTEL186',
  'INTEL286',
  'INTEL386',
  'INTEL486',
  'X64',
  'CPUID',
  'MSR',
  'TSC',
  'CMOV',
  'CX8',
  'FPU',
  'FPU287',
  'FPU387',
  'FXSR',
  'MMX',
  'SSE',
  'SSE2',
  'SSE3',
  'SSSE3',
  'SSE4_1',
  'SSE4_2',
  'POPCNT',
  'CMPXCHG16B',
  'SYSCALL',
  'CLFSH',
  'MULTIBYTENOP',
  'PAUSE',
  'RDTSCP',
  'RDPMC',
  'XSAVE',
  'XSAVEC',
  'XSAVES',
  'XSAVEOPT',
  'UINTR',
];

function reportedCodes(): Code[] {
  const codes: Code[] = [];
  const instruction = new Instruction();
  for (let code: Code = 1; Code[code] !== undefined; code++) {
    const info = CodeExt.opCode(code);
    const exists = info.mode64 && info.isInstruction && info.encoding === EncodingKind.Legacy;
    info.free();
    instruction.code = code;
    if (exists && [...instruction.cpuidFeatures()].every((f) => REPORTED.includes(CpuidFeature[f]!))) codes.push(code);
  }
  instruction.free();
  return codes;
}

describe('instruction table', () => {
  it('has a row, or a reason, for every Code of the reported level', () => {
    const codes = reportedCodes();
    expect(codes.length).toBeGreaterThan(900);
    expect(codes.filter((code) => !instructionTable.has(code) && !ABSENT.has(code)).map((code) => Code[code])).toEqual([]);
  });

  it('gives no reason for a Code that has a row', () => {
    expect([...ABSENT.keys()].filter((code) => instructionTable.has(code)).map((code) => Code[code])).toEqual([]);
  });

  it('knows every form that is named as hot, once', () => {
    const { formNames } = stepModule();
    expect([...BULK_STRINGS.keys(), ...BULK_SEARCHES.keys()].filter((name) => !HOT_FORMS.includes(name))).toEqual([]);
    expect(HOT_FORMS.filter((name, i) => !formNames.includes(name) || HOT_FORMS.indexOf(name) !== i)).toEqual([]);
    expect(formNames.slice(SPECIAL_COUNT, SPECIAL_COUNT + HOT_FORMS.length).sort()).toEqual([...HOT_FORMS].sort());
  });

  it('has every helper that definitions leave with', () => {
    const made = ['cpuid'];
    expect(stepModule().helpers.filter((name) => !helperTable.has(name) && !made.includes(name))).toEqual([]);
  });

  it.each([
    ['c5 fc 58 c1', 'vaddps', 'AVX', '-march=x86-64-v2', 'x86-64-v2'],
    ['c4 e2 79 f7 c1', 'shlx', 'BMI2', '-march=x86-64-v2', 'x86-64-v2'],
    ['f3 48 0f ae d0', 'wrfsbase', 'FSGSBASE', '-march=x86-64-v2', 'x86-64-v2'],
    ['f3 0f b8 c1', 'popcnt', 'POPCNT', '-march=x86-64', 'x86-64-v1'],
    ['66 0f 38 17 c1', 'ptest', 'SSE4_1', '-march=x86-64', 'x86-64-v1'],
    ['f0 48 0f c7 0e', 'cmpxchg16b', 'CMPXCHG16B', '-march=x86-64', 'x86-64-v1'],
    ['cb', 'retf', 'INTEL386', 'a far transfer: user code stays in its one code segment of 64 bits', 'x86-64-v2'],
  ] as const)('%s raises #UD that names %s', (bytes, mnemonic, feature, remedy, level) => {
    const machine = new BenchMachine(4 << 20, stepModule(), level).load(hex(bytes));
    const exit = machine.run();
    expect(exit).toMatchObject({ kind: 'exception', vector: 6, errorCode: 0 });
    expect(exit.kind === 'exception' && exit.unsupported).toEqual({ mnemonic, bytes: Uint8Array.from(hex(bytes)), feature, remedy });
    expect(machine.context.rip).toBe(0x40_0000n);
  });

  it.each([
    ['06', 'no instruction in 64-bit mode'],
    ['f0 89 c8', 'LOCK without a memory destination'],
    ['f0 48 8b 00', 'LOCK with a load'],
    ['0f 0b', 'UD2'],
  ])('%s raises a plain #UD: %s', (bytes) => {
    expect(new BenchMachine().load(hex(bytes)).run()).toMatchObject({ kind: 'exception', vector: 6 });
  });
});
