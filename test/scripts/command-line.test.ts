import { parseArgs } from 'node:util';
import { expect, test, vi } from 'vitest';
import { UsageError, exitCodeOf, numberOption } from '../../scripts/command-line.ts';

test('numbers are taken within their bounds, fractions where they make sense', () => {
  expect(numberOption('rounds', '3', { least: 1 })).toBe(3);
  expect(numberOption('active', '10', { least: 1, most: 10 })).toBe(10);
  expect(numberOption('minutes', '0.5', { least: 0.1, fraction: true })).toBe(0.5);
});

test.each([
  ['nope', { least: 1 }, '--machines: "nope" is not a whole number of at least 1'],
  ['', { least: 0 }, '--machines: "" is not a whole number of at least 0'],
  ['1.5', { least: 1 }, '--machines: "1.5" is not a whole number of at least 1'],
  ['0', { least: 1, most: 9 }, '--machines: "0" is not a whole number from 1 to 9'],
  ['10', { least: 1, most: 9 }, '--machines: "10" is not a whole number from 1 to 9'],
  ['Infinity', { least: 0.1, fraction: true }, '--machines: "Infinity" is not a number of at least 0.1'],
  ['9007199254740993', { least: 1 }, '--machines: "9007199254740993" is not a whole number of at least 1'],
])('%j is refused by name, value and remedy', (text, bounds, message) => {
  expect(() => numberOption('machines', text, bounds)).toThrow(new UsageError(message));
});

test('wrong arguments end a command with exit code 2 and its usage, other errors are no business of the usage', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  expect(await exitCodeOf(() => Promise.resolve(1), 'it')).toBe(1);
  expect(said).not.toHaveBeenCalled();
  expect(await exitCodeOf(() => Promise.reject(new UsageError('"x" is no suite')), 'it [--a N]')).toBe(2);
  expect(said).toHaveBeenLastCalledWith('"x" is no suite\nusage: it [--a N]');
  const strange = (): Promise<number> => Promise.resolve(parseArgs({ args: ['--strange'], options: {} })).then(() => 0);
  expect(await exitCodeOf(async () => await strange(), 'it')).toBe(2);
  expect(said).toHaveBeenLastCalledWith(expect.stringMatching(/--strange.*\nusage: it/s));
  await expect(exitCodeOf(() => Promise.reject(new TypeError('a bug')), 'it')).rejects.toThrow('a bug');
  said.mockRestore();
});
