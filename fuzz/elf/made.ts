// Programs made from nothing: headers that a loader may accept, segments anywhere, aligned or not, over one another, larger in memory than
// in the file; an interpreter, a #! line; code that replaces itself by a damaged program, grows, faults, or is noise.

import type { Choices } from '../random.ts';

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const PAGE = 4096;
const SPREAD = 64 * PAGE;
const TYPE = { load: 1, interp: 3, tls: 7, phdr: 6, stack: 0x6474_e551, relro: 0x6474_e552, property: 0x6474_e553 };
const BASES = [
  0n,
  0x1000n,
  0x1_0000n,
  0x40_0000n,
  0x40_0000n,
  0x40_0000n,
  0x5555_5555_4000n,
  0x7fff_f7ff_0000n,
  0x7fff_ff00_0000n,
  0x7fff_ffff_e000n,
  0xffff_f000n,
];
const SIZES = [0, 1, 100, PAGE - 1, PAGE, PAGE + 1, 5 * PAGE, 64 * PAGE];
const ALIGNMENTS = [0n, 1n, 0x1000n, 0x1000n, 0x1000n, 0x20_0000n];

/** Where the loader and the interpreter line find what else there is; guest-made files are there in their turn. */
export const PLACES = ['/bin/damaged', '/bin/other', '/lib/ld.so', '/nothing', '/proc/self/exe', '/'];

const text = (path: string): number[] => [...path].map((letter) => letter.charCodeAt(0));
const little = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff];

/** exit_group(7): mov edi, 7; mov eax, 231; syscall. */
const EXIT = [0xbf, 7, 0, 0, 0, 0xb8, 231, 0, 0, 0, 0x0f, 0x05];
/** execve(path, {path, NULL}, NULL): the path lies behind the code. */
function execute(path: string): number[] {
  // lea rdi, [rip + path]; push 0; push rdi; mov rsi, rsp; xor edx, edx; mov eax, 59; syscall
  const behind = [0x6a, 0, 0x57, 0x48, 0x89, 0xe6, 0x31, 0xd2, 0xb8, 59, 0, 0, 0, 0x0f, 0x05, ...EXIT];
  return [0x48, 0x8d, 0x3d, ...little(behind.length), ...behind, ...text(path), 0];
}
/** brk, mmap and munmap with whatever registers hold; then a write to what came of it. */
const GROW = [
  0x31,
  0xff,
  0xb8,
  12,
  0,
  0,
  0,
  0x0f,
  0x05,
  0x48,
  0x8d,
  0xb8,
  0,
  0,
  0x10,
  0,
  0xb8,
  12,
  0,
  0,
  0,
  0x0f,
  0x05,
  0xc6,
  0x40,
  0xff,
  1,
  ...EXIT,
]; // prettier-ignore

function code(choices: Choices): number[] {
  switch (choices.below(6)) {
    case 0:
      return EXIT;
    case 1:
      return execute(choices.of(PLACES));
    case 2:
      return GROW;
    // fork(), and both go on.
    case 3:
      return [0xb8, 57, 0, 0, 0, 0x0f, 0x05, ...execute(choices.of(PLACES))];
    case 4:
      return [...choices.bytes(1 + choices.below(64))];
    default:
      return [...choices.bytes(choices.below(8)), ...EXIT];
  }
}

interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: bigint;
  readonly fileSize: bigint;
  readonly memorySize: bigint;
  readonly alignment: bigint;
}

/** `at`: they are apart, mostly, and the greater ones of those before reach into it at times. */
function loadSegment(choices: Choices, length: number, at: number): Segment {
  const tame = choices.chance(0.8);
  const offset = tame ? 0 : choices.below(length);
  const low = tame ? 0 : choices.below(PAGE);
  const fileSize = BigInt(tame ? length : choices.chance(0.8) ? choices.below(length - offset) : choices.of(SIZES));
  const more = choices.chance(0.5) ? choices.of(SIZES) : choices.chance(0.05) ? 2 ** 40 : 0;
  return {
    type: TYPE.load,
    flags: tame ? 5 + choices.below(3) : choices.below(8),
    offset,
    address: choices.of(BASES) + BigInt(at * SPREAD + choices.below(4) * PAGE + (choices.chance(0.8) ? offset % PAGE : low)),
    fileSize,
    memorySize: fileSize + BigInt(more),
    alignment: choices.chance(0.02) ? 3n : choices.of(ALIGNMENTS),
  };
}

function otherSegment(choices: Choices, type: number, offset: number, length: number): Segment {
  const size = BigInt(choices.chance(0.8) ? length : choices.of(SIZES));
  return {
    type,
    flags: choices.below(8),
    offset,
    address: choices.of(BASES),
    fileSize: size,
    memorySize: size,
    alignment: choices.of(ALIGNMENTS),
  };
}

function script(choices: Choices): Uint8Array {
  const line = choices.chance(0.2) ? 'x'.repeat(300) : `${choices.of(PLACES)}${choices.chance(0.5) ? ' -argument ' : ''}`;
  return Uint8Array.from(text(`#!${choices.chance(0.3) ? '  ' : ''}${line}${choices.chance(0.9) ? '\n' : ''}exit\n`));
}

export function madeProgram(choices: Choices): Uint8Array {
  if (choices.chance(0.1)) return script(choices);
  const body = code(choices);
  const interpreter = choices.chance(0.25) ? [...text(choices.of(PLACES)), 0] : [];
  const loads = 1 + choices.below(4);
  const others = [TYPE.stack, TYPE.tls, TYPE.phdr, TYPE.relro, TYPE.property].filter(() => choices.chance(0.15));
  const count = loads + others.length + (interpreter.length > 0 ? 1 : 0);
  const codeAt = HEADER_BYTES + count * PROGRAM_HEADER_BYTES;
  const length = codeAt + body.length + interpreter.length;
  const segments = [
    ...(interpreter.length > 0 ? [otherSegment(choices, TYPE.interp, codeAt + body.length, interpreter.length)] : []),
    ...others.map((type) => otherSegment(choices, type, choices.below(length), choices.below(PAGE))),
    ...Array.from({ length: loads }, (_unused, at) => loadSegment(choices, length, at)).sort((a, b) => (a.address < b.address ? -1 : 1)),
  ];
  const image = new Uint8Array(length + (choices.chance(0.3) ? choices.below(3 * PAGE) : 0));
  const view = new DataView(image.buffer);
  // ELFCLASS64, little-endian, version 1; ET_EXEC or ET_DYN, x86-64.
  image.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, choices.chance(0.5) ? 2 : 3, true);
  view.setUint16(18, 62, true);
  view.setUint32(20, 1, true);
  const home = choices.of(segments.filter(({ type }) => type === TYPE.load));
  view.setBigUint64(24, choices.chance(0.9) ? home.address - BigInt(home.offset) + BigInt(codeAt) : choices.bits64(), true);
  view.setBigUint64(32, BigInt(HEADER_BYTES), true);
  view.setUint16(52, HEADER_BYTES, true);
  view.setUint16(54, PROGRAM_HEADER_BYTES, true);
  view.setUint16(56, count, true);
  for (const [at, segment] of segments.entries()) {
    const place = HEADER_BYTES + at * PROGRAM_HEADER_BYTES;
    view.setUint32(place, segment.type, true);
    view.setUint32(place + 4, segment.flags, true);
    const wide = [BigInt(segment.offset), segment.address, segment.address, segment.fileSize, segment.memorySize, segment.alignment];
    for (const [field, value] of wide.entries()) view.setBigUint64(place + 8 + 8 * field, value, true);
  }
  image.set(body, codeAt);
  image.set(interpreter, codeAt + body.length);
  return image;
}
