// Recognises SENDUIPI r64 in instruction bytes (SDM vol. 2: F3 0F C7 /6, register form), for the kernel's fix-ups.

export const LONGEST_INSTRUCTION = 15;

export interface DecodedSenduipi {
  /** Encoding number of the operand. */
  readonly register: number;
  readonly length: number;
}

const IGNORED_PREFIXES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67];
const REX_B = 1;

/** null if the bytes are another instruction, or too few. */
export function decodeSenduipi(bytes: Uint8Array): DecodedSenduipi | null {
  let at = 0;
  let repeat = 0;
  for (; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === 0xf3 || byte === 0xf2) repeat = byte;
    else if (!IGNORED_PREFIXES.includes(byte)) break;
  }
  const rex = (bytes[at]! & 0xf0) === 0x40 ? bytes[at++]! : 0;
  const [first, second, modrm] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (repeat !== 0xf3 || first !== 0x0f || second !== 0xc7 || modrm === undefined) return null;
  if (modrm >> 6 !== 3 || ((modrm >> 3) & 7) !== 6) return null;
  return { register: (modrm & 7) | (rex & REX_B ? 8 : 0), length: at + 3 };
}
