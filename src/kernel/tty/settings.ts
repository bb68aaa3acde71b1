// What termios(3) sets, and its three layouts in memory: struct termios (36 bytes), termios2 (44) and the old termio (18).

import {
  B38400,
  BOTHER,
  CBAUD,
  CREAD,
  CS8,
  ECHO,
  ECHOCTL,
  ECHOE,
  ECHOK,
  ECHOKE,
  HIGH_SPEEDS,
  IBSHIFT,
  ICANON,
  ICRNL,
  IEXTEN,
  ISIG,
  IXON,
  NCC,
  NCCS,
  ONLCR,
  OPOST,
  SPEEDS,
} from '../abi/termios.ts';

/** Replaced as a whole, never changed in place. */
export interface Settings {
  readonly input: number;
  readonly output: number;
  readonly control: number;
  readonly local: number;
  readonly discipline: number;
  /** c_cc. */
  readonly characters: Uint8Array;
  readonly inputSpeed: number;
  readonly outputSpeed: number;
}

export type SettingsLayout = 'termios' | 'termios2' | 'termio';

export const SETTINGS_BYTES: Readonly<Record<SettingsLayout, number>> = { termios: 36, termios2: 44, termio: 18 };

/** ^C ^\ DEL ^U ^D, TIME 0, MIN 1, ^Q ^S ^Z, ^R ^O ^W ^V. */
const CHARACTERS = [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0];

/** Of a terminal that nobody has set yet: 38400 baud, lines edited and echoed. */
export function standardSettings(): Settings {
  return {
    input: ICRNL | IXON,
    output: OPOST | ONLCR,
    control: B38400 | CS8 | CREAD,
    local: ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
    discipline: 0,
    characters: Uint8Array.from(CHARACTERS),
    inputSpeed: 38400,
    outputSpeed: 38400,
  };
}

/** Of the master side of a pseudoterminal: bytes pass as they are. */
export function transparentSettings(): Settings {
  return { ...standardSettings(), input: 0, output: 0, local: 0 };
}

export function encodeSettings(settings: Settings, layout: SettingsLayout): Uint8Array {
  const bytes = new Uint8Array(SETTINGS_BYTES[layout]);
  const view = new DataView(bytes.buffer);
  const flags = [settings.input, settings.output, settings.control, settings.local];
  if (layout === 'termio') {
    flags.forEach((value, i) => view.setUint16(i * 2, value & 0xffff, true));
    bytes[8] = settings.discipline;
    bytes.set(settings.characters.subarray(0, NCC), 9);
    return bytes;
  }
  flags.forEach((value, i) => view.setUint32(i * 4, value >>> 0, true));
  bytes[16] = settings.discipline;
  bytes.set(settings.characters, 17);
  if (layout === 'termios2') {
    view.setUint32(36, settings.inputSpeed, true);
    view.setUint32(40, settings.outputSpeed, true);
  }
  return bytes;
}

/** `old` keeps what the layout has no room for. */
export function decodeSettings(bytes: Uint8Array, layout: SettingsLayout, old: Settings): Settings {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (layout === 'termio') {
    const half = (i: number, value: number): number => (value & ~0xffff) | view.getUint16(i * 2, true);
    const characters = old.characters.slice();
    characters.set(bytes.subarray(9, 9 + NCC));
    const [input, output, control, local] = [half(0, old.input), half(1, old.output), half(2, old.control), half(3, old.local)];
    return withSpeeds({ ...old, input, output, control, local, discipline: bytes[8]!, characters }, old.inputSpeed, old.outputSpeed);
  }
  const word = (i: number): number => view.getUint32(i * 4, true);
  const settings = {
    input: word(0),
    output: word(1),
    control: word(2),
    local: word(3),
    discipline: bytes[16]!,
    characters: bytes.slice(17, 17 + NCCS),
    inputSpeed: old.inputSpeed,
    outputSpeed: old.outputSpeed,
  };
  return layout === 'termios2' ? withSpeeds(settings, word(9), word(10)) : withSpeeds(settings, old.inputSpeed, old.outputSpeed);
}

/** Fills in the speeds that c_cflag names by symbol; BOTHER stands for the given numbers. */
function withSpeeds(settings: Settings, inputSpeed: number, outputSpeed: number): Settings {
  const output = symbolSpeed(settings.control & CBAUD) ?? outputSpeed;
  const inputBits = (settings.control >>> IBSHIFT) & CBAUD;
  const input = inputBits === 0 ? output : (symbolSpeed(inputBits) ?? inputSpeed);
  return { ...settings, inputSpeed: input, outputSpeed: output };
}

/** Bits per second; null for BOTHER. */
function symbolSpeed(bits: number): number | null {
  if (bits === BOTHER) return null;
  return bits & BOTHER ? (HIGH_SPEEDS[(bits & ~BOTHER) - 1] ?? 38400) : SPEEDS[bits]!;
}
