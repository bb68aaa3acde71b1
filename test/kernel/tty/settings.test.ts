// Settings of terminals in memory: three layouts, and what each keeps of the others.

import { expect, test } from 'vitest';
import { decodeSettings, encodeSettings, SETTINGS_BYTES, standardSettings } from '../../../src/kernel/tty/settings.ts';

const standard = standardSettings();

/** What tcgetattr says of a new pseudoterminal of Linux, by struct termios of the kernel. */
test('a new terminal, as Linux lays it out', () => {
  const bytes = encodeSettings(standard, 'termios');
  expect([0, 4, 8, 12].map((at) => new DataView(bytes.buffer).getUint32(at, true).toString(8))).toEqual(['2400', '5', '277', '105073']);
  expect([...bytes.subarray(16)]).toEqual([0, 3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0]);
});

test.each(['termios', 'termios2', 'termio'] as const)('%s comes back as it went', (layout) => {
  const bytes = encodeSettings(standard, layout);
  expect(bytes.length).toBe(SETTINGS_BYTES[layout]);
  expect(decodeSettings(bytes, layout, standard)).toEqual(standard);
});

test('termio leaves the upper halves and later characters alone', () => {
  const old = { ...standard, local: standard.local | 0o200000, characters: standard.characters.map((byte, i) => (i >= 8 ? 7 : byte)) };
  const bytes = encodeSettings(standard, 'termio');
  bytes[9] = 99;
  const { local, characters } = decodeSettings(bytes, 'termio', old);
  expect([local & 0o200000, characters[0], characters[8]]).toEqual([0o200000, 99, 7]);
});

test.each([
  ['B9600', 0o15, 9600, 9600],
  ['B115200', 0o10002, 115200, 115200],
  ['BOTHER', 0o10000, 1234, 5678],
  ['an input speed of its own', 0o17 | (0o13 << 16), 2400, 38400],
])('%s', (_, speeds, input, output) => {
  const bytes = encodeSettings({ ...standard, control: 0o260 | speeds, inputSpeed: 1234, outputSpeed: 5678 }, 'termios2');
  const view = new DataView(bytes.buffer);
  if (speeds === 0o10000) view.setUint32(8, 0o260 | speeds | (0o10000 << 16), true);
  const decoded = decodeSettings(bytes, 'termios2', standard);
  expect([decoded.inputSpeed, decoded.outputSpeed]).toEqual([input, output]);
});
