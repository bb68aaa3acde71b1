// Every group's rows, in one list.

import { CAPABILITY_ROWS } from './capabilities.ts';
import { CLONING_ROWS } from './cloning.ts';
import { fileRows } from './file-rows.ts';
import { FUTEX_ROWS } from './futex.ts';
import { FUTEX2_ROWS } from './futex2.ts';
import { IDENTITY_ROWS } from './identity.ts';
import { IO_PRIORITY_ROWS } from './io-priorities.ts';
import { KCMP_ROWS } from './kcmp.ts';
import { MEMORY_ROWS } from './memory.ts';
import { MESSAGE_QUEUE_ROWS } from './message-queues.ts';
import { POSIX_MESSAGE_QUEUE_ROWS } from './posix-message-queues.ts';
import { PIDFD_ROWS } from './pidfd.ts';
import { PROCESS_ROWS } from './process.ts';
import type { SyscallRow } from './row.ts';
import { SCHEDULING_ROWS } from './scheduling.ts';
import { SEMAPHORE_ROWS } from './semaphores.ts';
import { SHARED_MEMORY_ROWS } from './shared-memory.ts';
import { SIGNAL_ROWS } from './signals.ts';
import { SYSTEM_ROWS } from './system.ts';
import { TERMINAL_ROWS } from './terminals.ts';
import { TIME_ROWS } from './time.ts';
import { TIMER_ROWS } from './timers.ts';

export const KERNEL_ROWS: readonly SyscallRow[] = [
  ...fileRows,
  ...CAPABILITY_ROWS,
  ...CLONING_ROWS,
  ...FUTEX_ROWS,
  ...FUTEX2_ROWS,
  ...IDENTITY_ROWS,
  ...IO_PRIORITY_ROWS,
  ...KCMP_ROWS,
  ...MEMORY_ROWS,
  ...MESSAGE_QUEUE_ROWS,
  ...POSIX_MESSAGE_QUEUE_ROWS,
  ...PIDFD_ROWS,
  ...PROCESS_ROWS,
  ...SCHEDULING_ROWS,
  ...SEMAPHORE_ROWS,
  ...SHARED_MEMORY_ROWS,
  ...SIGNAL_ROWS,
  ...SYSTEM_ROWS,
  ...TERMINAL_ROWS,
  ...TIME_ROWS,
  ...TIMER_ROWS,
];
