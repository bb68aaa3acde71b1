// Opcodes that are undefined in 64-bit mode whatever follows them. A processor raises #UD without the bytes behind, which a decoder of whole
// instructions asks for: that tells where an opcode is the last thing on a page.

/** Legacy prefixes, and REX from 0x40 to 0x4f. */
const PREFIXES: ReadonlySet<number> = new Set([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3]);
const isRex = (byte: number): boolean => byte >= 0x40 && byte <= 0x4f;
const ESCAPE = 0x0f;

/** What pushed, popped and adjusted in 32-bit mode. */
const ONE_BYTE: ReadonlySet<number> = new Set([0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0x60, 0x61, 0xce, 0xd6]);
/** Behind 0x0f. UD0 and UD1 are none: they have operands. */
const TWO_BYTES: ReadonlySet<number> = new Set([
  ...[0x04, 0x0a, 0x0c, 0x24, 0x25, 0x26, 0x27, 0x36, 0x39, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x7a, 0x7b, 0xa6, 0xa7],
]);

/** Whether the instruction that begins at `bytes[at]` is undefined by what is there. */
export function isUndefinedAlone(bytes: Uint8Array, at: number): boolean {
  let opcode = at;
  while (opcode < bytes.length && (PREFIXES.has(bytes[opcode]!) || isRex(bytes[opcode]!))) opcode++;
  if (bytes[opcode] === ESCAPE) return TWO_BYTES.has(bytes[opcode + 1]!);
  return ONE_BYTE.has(bytes[opcode]!);
}
