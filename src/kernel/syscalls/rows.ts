// Every group's rows, in one list.

import type { SyscallRow } from './row.ts';

export const KERNEL_ROWS: readonly SyscallRow[] = [];
