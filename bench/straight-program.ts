// A program without loops, as an ELF file: as many different instructions as asked for, executed once each, then exit(0).

/** Seven instructions; the jump leads to the next one, whether it is taken or not. The constant is filled in. */
const GROUP = [
  [0x48, 0x05, 0, 0, 0, 0], // add rax, CONSTANT
  [0x48, 0x89, 0xc3], // mov rbx, rax
  [0x48, 0xc1, 0xc3, 0x07], // rol rbx, 7
  [0x48, 0x31, 0xd8], // xor rax, rbx
  [0xa8, 0x01], // test al, 1
  [0x74, 0x00], // je +0
  [0x48, 0xff, 0xc1], // inc rcx
];
const GROUP_BYTES = GROUP.flat();
const CONSTANT = 2;
/** mov eax, SYS_exit; xor edi, edi; syscall */
const EXIT = [0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05];
const BASE = 0x40_0000n;
const HEADERS = 64 + 56;

export function straightProgram(instructions: number): Uint8Array {
  const groups = Math.ceil(instructions / GROUP.length);
  const size = HEADERS + groups * GROUP_BYTES.length + EXIT.length;
  const image = new Uint8Array(size);
  const view = new DataView(image.buffer);
  // Elf64_Ehdr: x86-64, an executable, one program header behind it.
  image.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 62, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BASE + BigInt(HEADERS), true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  // Elf64_Phdr: the whole file, to be read and executed.
  view.setUint32(64, 1, true);
  view.setUint32(68, 5, true);
  view.setBigUint64(80, BASE, true);
  view.setBigUint64(88, BASE, true);
  view.setBigUint64(96, BigInt(size), true);
  view.setBigUint64(104, BigInt(size), true);
  view.setBigUint64(112, 0x1000n, true);
  for (let group = 0; group < groups; group++) {
    const at = HEADERS + group * GROUP_BYTES.length;
    image.set(GROUP_BYTES, at);
    view.setUint32(at + CONSTANT, Math.imul(group, 0x9e37_79b1) >>> 1, true);
  }
  image.set(EXIT, size - EXIT.length);
  return image;
}
