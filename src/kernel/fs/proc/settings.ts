// Settings of /proc/sys that root may change, as texts of numbers (Documentation/admin-guide/sysctl/).

import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel.ts';

/** A text that can be written. `write` takes what was written and returns 0 or a negated errno. */
export interface Setting {
  read(kernel: Kernel): string;
  write(kernel: Kernel, text: string): number;
}

/** The first `count` numbers of `text` (decimal, 0x, 0 for octal), fewer if there are fewer; null if it says anything else. */
export function parseNumbers(text: string, count: number): bigint[] | null {
  const numbers: bigint[] = [];
  for (const word of text.split(/[\s\0]+/).filter((part) => part !== '')) {
    if (numbers.length === count) break;
    const match = /^(-?)(0x[0-9a-f]+|[0-9]+)$/i.exec(word);
    const digits = match?.[2];
    if (!digits || (/^0[0-9]/.test(digits) && !/^[0-7]+$/.test(digits))) return null;
    const value = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
    numbers.push(match[1] ? -value : value);
  }
  return numbers.length > 0 ? numbers : null;
}

/** One whole number from `least` to `most`. */
export function numberSetting(
  get: (kernel: Kernel) => number | bigint,
  set: (kernel: Kernel, value: bigint) => void,
  least: number | bigint,
  most: number | bigint,
): Setting {
  return {
    read: (kernel) => `${get(kernel)}\n`,
    write: (kernel, text) => {
      const [value] = parseNumbers(text, 1) ?? [];
      if (value === undefined || value < least || value > most) return -ERRNO.EINVAL;
      set(kernel, value);
      return 0;
    },
  };
}

/** A name of up to 64 bytes, without the newline that may end it. */
export function nameSetting(get: (kernel: Kernel) => string, set: (kernel: Kernel, name: string) => void): Setting {
  return {
    read: (kernel) => `${get(kernel)}\n`,
    write: (kernel, text) => {
      set(kernel, text.replace(/[\0\n].*/s, '').slice(0, 64));
      return 0;
    },
  };
}
