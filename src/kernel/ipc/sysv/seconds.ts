// The times that System V objects tell: seconds of CLOCK_REALTIME.

import type { Kernel } from '../../kernel.ts';

export function secondsNow(kernel: Kernel): number {
  return Number(kernel.realtime() / 1_000_000_000n);
}
