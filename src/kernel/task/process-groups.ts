// Orphaned process groups (setpgid(2), POSIX "orphaned process group"): nobody outside the group could continue its members,
// so the terminal must not stop them, and those that are stopped when the group becomes orphaned are hung up.

import { SI_KERNEL, SIGNAL } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import { sendToGroup } from '../signal/generate.ts';
import { signalInformation } from '../signal/state.ts';
import type { Process } from './process.ts';

/** True if no member but `leaving` has a parent in the same session outside the group. */
export function isOrphanedGroup(kernel: Kernel, group: number, leaving: Process | null = null): boolean {
  for (const member of kernel.pids.processes.values()) {
    if (member.group !== group || member === leaving || member.exitStatus !== null) continue;
    const { parent } = member;
    if (parent && parent !== kernel.reaper && parent.group !== group && parent.session === member.session) return false;
  }
  return true;
}

function hasStoppedMembers(kernel: Kernel, group: number): boolean {
  return kernel.pids.group(group).some((member) => member.stoppedBy !== 0);
}

/**
 * `process` loses `parent`: its group, if that was what kept it from being orphaned, gets SIGHUP and SIGCONT where somebody is
 * stopped. `leaving`: because `process` itself ends.
 */
export function hangUpIfOrphaned(kernel: Kernel, process: Process, parent: Process | null, leaving: boolean): void {
  const { group, session } = process;
  if (!parent || parent.group === group || parent.session !== session) return;
  if (!isOrphanedGroup(kernel, group, leaving ? process : null) || !hasStoppedMembers(kernel, group)) return;
  for (const signal of [SIGNAL.SIGHUP, SIGNAL.SIGCONT]) sendToGroup(kernel, group, signalInformation(signal, SI_KERNEL));
}
