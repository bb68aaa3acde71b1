// Sequences of instructions that were executed wrongly once, found by `npm run fuzz -- cpu`: what a processor makes of each.

import type { Sequence } from './sequence.ts';

export const sequences: readonly Sequence[] = [
  {
    name: 'EMMS leaves TOP 0',
    code: 'd9ec0f77cc',
    expected: { fsw: 0, ftw: 0, st: { 0: '00000000000000000000', 7: '3ffd9a209a84fbcff799' } },
  },
  // At the end of the code's pages: push %es, data16 daa, rex pusha, and in 0x0f's map.
  ...['06', '6627', '4860', 'd6', '0f04', '660fa6'].map((code) => ({
    name: `an opcode that is undefined whatever follows, where nothing does: ${code}`,
    code,
    at: 0x2000 - code.length / 2,
    expected: { exception: [6, 0, 0n] as const },
  })),
  // fstp, fst and fadd, movq and paddb of MMX; and fnstcw, which does not wait.
  ...(
    [
      ['db3b', 16],
      ['dd13', 16],
      ['d803', 16],
      ['0f6f03', 16],
      ['0f7f03', 16],
      ['0ffc03', 16],
      ['d93b', 17],
    ] as const
  ).map(([code, vector]) => ({
    name: `a pending x87 exception and a misaligned operand: ${code}`,
    code: `${code}cc`,
    gpr: { rbx: 0x3000_0101n },
    rflags: 0x4_0202,
    fcw: 0x37e,
    fsw: 0x8081,
    ftw: 0xff,
    expected: { exception: [vector, 0, 0n] as const },
  })),
  // fist, fistp, fisttp, fst and fbstp of an empty register with #IA not masked, fst of 2^16000 with #O and of 2^-16000 with #U not masked.
  ...(
    [
      ['db1b', 0x37e],
      ['df13', 0x37e],
      ['df3b', 0x37e],
      ['db0b', 0x37e],
      ['d91b', 0x37e],
      ['dd13', 0x37e],
      ['db3b', 0x37e],
      ['df33', 0x37e],
      ['d91b', 0x377, '7e7f8000000000000000'],
      ['dd13', 0x36f, '017f8000000000000000'],
    ] as const
  ).map(([code, fcw, value]) => ({
    name: `a store that an exception forbids, where nothing can be written: ${code}, ${fcw.toString(16)}`,
    code: `${code}cc`,
    gpr: { rbx: 0x3400_0010n },
    fcw,
    ...(value === undefined ? {} : { ftw: 1, st: { 0: value } }),
    expected: { exception: [14, 6, 0x3400_0010n] as const, fsw: 0 },
  })),
  {
    name: 'ENTER whose display is not canonical: #SS, with rBP pushed',
    code: 'c860001f',
    gpr: { rbp: 0x724f3b84e46ff09bn },
    expected: {
      exception: [12, 0, 0n],
      gpr: { rsp: 0x38001400n, rbp: 0x724f3b84e46ff09bn },
      memory: { 0x380013f8: '9bf06fe4843b4f72' },
    },
  },
  ...[
    ['the page that the frame ends in', 'c8480000cc', 0x38000040n, 0x37fffff0n],
    ['it, with nesting', 'c8400001cc', 0x3800004fn, 0x37ffffffn],
    ['it, by 16 bits', '66c8400000cc', 0x38000041n, 0x37ffffffn],
    ['it, far below', 'c8f01f00cc', 0x38000080n, 0x37ffe088n],
  ].map(([where, code, rsp, address]) => ({
    name: `ENTER where nothing could be pushed next: ${where as string}`,
    code: code as string,
    gpr: { rsp: rsp as bigint },
    expected: { exception: [14, 6, address as bigint] as const, gpr: { rsp: rsp as bigint } },
  })),
  {
    name: 'ENTER of a frame that begins a page',
    code: 'c8380000cc',
    gpr: { rsp: 0x38000040n, rbp: 5n },
    expected: { exception: [3, 0, 0n], gpr: { rsp: 0x38000000n, rbp: 0x38000038n } },
  },
  {
    name: 'a fault leaves the flags of the instruction before, whose operands nothing else needs',
    code: '39e96641819c24ccfbffff0004480fbdff660fabc2660fbcfacc',
    gpr: { rbp: 0xan },
    expected: { exception: [14, 6, 0xffff_ffff_ffff_fbccn], flags: { set: 0x95, clear: 0x840 } },
  },
  {
    name: 'a bit index and a 32-bit address make a 32-bit address',
    code: '674c0fa34bb6cc',
    gpr: { r9: 0xc98bbd0b28882906n },
    expected: { exception: [14, 4, 0x651104d6n] },
  },
  {
    name: 'alignment is checked in the half of the kernel, too',
    code: '68020004009d8b836feeffff',
    expected: { exception: [17, 0, 0n] },
  },
  {
    name: 'alignment is checked for PCMPESTRM with 64-bit lengths, too',
    code: '68020004009d664c0f3a606be6aaccc3',
    expected: { exception: [17, 0, 0n] },
  },
  {
    name: 'a return into the half of the kernel, from hot code',
    // mov ecx,4000; loop: lea rax,[rip+back]; test ecx,ecx; cmove rax,rdx; dec ecx; push rax; ret; back: jmp loop
    code: 'b9a00f0000488d050c00000085c9480f44c2ffc9506690c3ebeb',
    gpr: { rdx: 0xffff_ffc0_3f80_0000n },
    expected: { exception: [14, 0x14, 0xffff_ffc0_3f80_0000n] },
  },
  {
    name: 'DPPS: a denormal sum is an exception with the flags of the product, which are not masked by it',
    code: '660f3a40c111cc',
    xmm: { 0: '3909c9c145096c3eba1b7f5a2e0c833c', 1: '3f7fffff4f0000003be6a9550f0cbd8e' },
    mxcsr: 0x1e00,
    expected: { exception: [19, 0, 0n], mxcsr: 0x1e32 },
  },
  {
    name: 'DPPS: underflow of a product is an exception without the flags of the sum',
    code: '660f3a40c168cc',
    xmm: { 0: '600000007f0000000c0000001ffe9c09', 1: '7f000000b8957ee5a81f1de011274608' },
    mxcsr: 0xd00,
    expected: { exception: [19, 0, 0n], mxcsr: 0xd30 },
  },
];
