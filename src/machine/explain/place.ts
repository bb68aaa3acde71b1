// The name of a place in a thread's program.

import { symbolOf } from '../../kernel/task/listing.ts';
import type { Task } from '../../kernel/task/task.ts';

/** "main+0x1c", or the address. */
export function placeText(task: Task | null, rip: bigint): string {
  return (task && symbolOf(task, rip)) || `0x${rip.toString(16)}`;
}
