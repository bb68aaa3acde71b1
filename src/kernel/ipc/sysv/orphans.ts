// kernel.shm_rmid_forced: a segment whose creator has ended does not outlive its last attachment.

import type { Kernel } from '../../kernel.ts';
import type { Process } from '../../task/process.ts';

/** The creator of segments has ended. */
export function disown(kernel: Kernel, process: Process): void {
  if (kernel.ipc.segments.size === 0) return;
  for (const segment of kernel.ipc.segments.list()) if (segment.creatorPid === process.pid) segment.isOrphan = true;
  destroyOrphans(kernel);
}

/** Takes away what nobody is attached to any more, if that is how it is set. */
export function destroyOrphans(kernel: Kernel): void {
  if (kernel.ipc.limits.shmRmidForced === 0) return;
  for (const segment of kernel.ipc.segments.list()) segment.destroyIfUnwanted();
}
