// What people write on a command line: sizes, durations, NAME=value.

import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** "256M" -> bytes. */
export function parseSize(flag: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)([KMG]?)(?:i?B)?$/i.exec(text);
  const bytes = match ? Number(match[1]) * UNITS[match[2]!.toUpperCase()]! : Number.NaN;
  if (!Number.isSafeInteger(bytes)) throw new UsageError(`${flag}: "${text}" is not a size such as 64M or 1G`);
  return bytes;
}

const SECONDS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 };

/** "10s", "1.5ms" -> seconds. */
export function parseDuration(flag: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ns|us|ms|s|m|h|d)$/.exec(text);
  if (!match || Number(match[1]) === 0) throw new UsageError(`${flag}: "${text}" is not a duration such as 10s, 250ms or 5m`);
  return Number(match[1]) * SECONDS[match[2]!]!;
}

export function parseCount(flag: string, text: string, minimum = 0): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < minimum) throw new UsageError(`${flag}: "${text}" is not an integer of at least ${minimum}`);
  return value;
}

/** "instruction=2": the name of a cost and its value, a whole number of its unit. */
export function parseCost(text: string): [name: string, value: number] {
  const [name, value] = parsePair('--cost', text);
  if (/^\d+$/.test(value) && Number.isSafeInteger(Number(value))) return [name, Number(value)];
  const hint = name === 'instruction' ? '; 0 asks for the estimate, which counts sixteenths of a cycle' : '';
  throw new UsageError(
    `--cost ${name}: "${value}" is not a whole number of at least 0, in the unit that "uintrctl cost show" names${hint}`,
  );
}

export function parsePair(flag: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`${flag}: "${text}" is not NAME=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}

export function parseChoice<T extends string>(flag: string, text: string, choices: readonly T[]): T {
  if (!(choices as readonly string[]).includes(text))
    throw new UsageError(`${flag}: "${text}" is none of ${choices.join(', ')}${didYouMean(text, choices)}`);
  return text as T;
}
