// System calls that exist in Linux and not here, each with its reason.

import type { SyscallRow } from './row.ts';

export const UNSUPPORTED_ROWS: readonly SyscallRow[] = [];
