// Every instruction form with an MMX operand, and a few operands for each. Code loads MM0, MM1, XMM0, XMM1 and RAX from a
// buffer, executes the form, and stores them and the x87 environment.

import { Code, CodeExt, Encoder, Instruction, OpCodeOperandKind as K, OpKind, Register } from 'iced-x86';
import { Random } from '../random.ts';

export interface MmxCase {
  readonly code: Code;
  readonly bytes: readonly number[];
  readonly input: Uint8Array;
}

/** Offsets in the buffer. */
const SOURCE_MM = 0x08,
  SOURCE_XMM = 0x10,
  TARGET = 0x38;
export const ENVIRONMENT = 0x70,
  BUFFER_BYTES = 0x90;
const BEFORE = [
  0x0f,
  0x6f,
  0x07,
  0x0f,
  0x6f,
  0x4f,
  0x08, // movq mm0, [rdi]; movq mm1, [rdi + 8]
  0x0f,
  0x10,
  0x4f,
  0x10,
  0x0f,
  0x10,
  0x47,
  0x20, // movups xmm1, [rdi + 16]; movups xmm0, [rdi + 32]
  0x48,
  0x8b,
  0x47,
  0x30, // mov rax, [rdi + 0x30]
];
const AFTER = [
  0x0f,
  0x7f,
  0x47,
  0x40,
  0x0f,
  0x11,
  0x47,
  0x50,
  0x48,
  0x89,
  0x47,
  0x60, // movq, movups, mov into the buffer
  0x0f,
  0x7f,
  0x4f,
  0x48,
  0xd9,
  0x77,
  ENVIRONMENT, // movq [rdi + 0x48], mm1; fnstenv [rdi + 0x70]
  0x0f,
  0x77,
  0xc3, // emms; ret
];

const REGISTERS = new Map<K, readonly [first: Register, second: Register]>([
  [K.mm_reg, [Register.MM0, Register.MM1]],
  [K.mm_rm, [Register.MM0, Register.MM1]],
  [K.mm_or_mem, [Register.MM0, Register.MM1]],
  [K.xmm_reg, [Register.XMM0, Register.XMM1]],
  [K.xmm_rm, [Register.XMM0, Register.XMM1]],
  [K.xmm_or_mem, [Register.XMM0, Register.XMM1]],
  [K.r32_reg, [Register.EAX, Register.EAX]],
  [K.r32_or_mem, [Register.EAX, Register.EAX]],
  [K.r32_rm, [Register.EAX, Register.EAX]],
  [K.r64_reg, [Register.RAX, Register.RAX]],
  [K.r64_or_mem, [Register.RAX, Register.RAX]],
  [K.r64_rm, [Register.RAX, Register.RAX]],
]);
const MMX = new Set([K.mm_reg, K.mm_rm, K.mm_or_mem]);
const MEMORY = new Set([K.mem, K.mm_or_mem, K.xmm_or_mem, K.r32_or_mem, K.r64_or_mem]);

export function mmxForms(): Code[] {
  return Object.values(Code).filter((code): code is Code => {
    if (typeof code !== 'number') return false;
    const info = CodeExt.opCode(code);
    const kinds = [info.op0Kind, info.op1Kind, info.op2Kind].slice(0, info.opCount);
    const answer = info.mode64 && kinds.some((kind) => MMX.has(kind)) && !/^(Pf|Pi2f|Pswapd|Pavgusb|Pmulhrw_mm|D3NOW)/.test(Code[code]!);
    info.free();
    return answer;
  });
}

/** null if the form has no such operand. */
function encode(code: Code, memory: boolean, immediate: number): number[] | null {
  const info = CodeExt.opCode(code);
  const kinds = [info.op0Kind, info.op1Kind, info.op2Kind].slice(0, info.opCount);
  info.free();
  const at = kinds.findIndex((kind) => MEMORY.has(kind));
  if (memory ? at < 0 : kinds.includes(K.mem)) return null;
  const instruction = new Instruction();
  instruction.code = code;
  kinds.forEach((kind, i) => {
    if (memory && i === at) {
      instruction.setOpKind(i, OpKind.Memory);
      instruction.memoryBase = Register.RDI;
      instruction.memoryDisplSize = 1;
      instruction.memoryDisplacement = BigInt(i === 0 ? TARGET : kind === K.xmm_or_mem ? SOURCE_XMM : SOURCE_MM);
    } else if (kind === K.imm8) {
      instruction.setOpKind(i, OpKind.Immediate8);
      instruction.immediate8 = immediate;
    } else if (kind === K.seg_rDI) instruction.setOpKind(i, OpKind.MemorySegRDI);
    else {
      instruction.setOpKind(i, OpKind.Register);
      instruction.setOpRegister(i, REGISTERS.get(kind)![i === 0 || (kinds[0] === K.seg_rDI && i === 1) ? 0 : 1]);
    }
  });
  const encoder = new Encoder(64);
  encoder.encode(instruction, 0n);
  const bytes = [...encoder.takeBuffer()];
  encoder.free();
  instruction.free();
  return bytes;
}

const EDGES = [0x00, 0x01, 0x7f, 0x80, 0xff];
const COUNTS = [0n, 1n, 7n, 15n, 16n, 31n, 32n, 63n, 64n, 1n << 40n];

export function mmxCases(): MmxCase[] {
  const random = new Random(7);
  const cases: MmxCase[] = [];
  for (const code of mmxForms()) {
    for (const memory of [false, true]) {
      for (let n = 0; n < 12; n++) {
        const bytes = encode(code, memory, n < 4 ? n : random.below(256));
        if (!bytes) continue;
        const input = new Uint8Array(BUFFER_BYTES);
        for (let i = 0; i < 0x40; i++) input[i] = n % 2 ? random.below(256) : random.pick(EDGES);
        const view = new DataView(input.buffer);
        const name = Code[code]!;
        if (/^Ps[rl][la]/.test(name) && n < COUNTS.length) view.setBigUint64(SOURCE_MM, COUNTS[n]!, true);
        // Numbers that fit an integer now and then, for CVT*.
        if (name.startsWith('Cvt') && n % 3 === 0) for (const i of [0x10, 0x14]) view.setFloat32(i, (random.below(4000) - 2000) / 4, true);
        if (name.startsWith('Cvt') && n % 3 === 1) for (const i of [0x10, 0x18]) view.setFloat64(i, (random.below(4000) - 2000) / 4, true);
        cases.push({ code, bytes: [...BEFORE, ...bytes, ...AFTER], input });
      }
    }
  }
  return cases;
}
