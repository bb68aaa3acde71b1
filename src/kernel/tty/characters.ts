// Bytes as a terminal sees them: control characters, words and cases in Latin-1, as the kernel's ctype table has them.

export const BACKSPACE = 8;
export const TAB = 9;
export const NEWLINE = 10;
export const RETURN = 13;
export const SPACE = 32;
export const SLASH = 47;
export const BACKSLASH = 92;
export const CARET = 94;

export function isControl(byte: number): boolean {
  return byte < 32 || byte === 127;
}

function isLower(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || (byte >= 0xdf && byte !== 0xf7);
}

function isUpper(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || (byte >= 0xc0 && byte <= 0xde && byte !== 0xd7);
}

export function toUpper(byte: number): number {
  return isLower(byte) ? byte - 32 : byte;
}

export function toLower(byte: number): number {
  return isUpper(byte) ? byte + 32 : byte;
}

/** Letters, digits and the underscore. */
export function isWordByte(byte: number): boolean {
  return isLower(byte) || isUpper(byte) || (byte >= 48 && byte <= 57) || byte === 95;
}
