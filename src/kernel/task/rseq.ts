// Restartable sequences (rseq(2)): the vCPU number in the thread's area, and critical sections that preemption or a signal cuts short.

import type { Task } from './task.ts';

/** Offsets in struct rseq: cpu_id_start, cpu_id, rseq_cs. */
const CPU_ID_START = 0;
const CPU_ID = 4;
const SECTION = 8;

/** The task was switched in, or is about to run a signal handler. */
export function refreshRseq(task: Task): void {
  const { rseq: area, vcpu, context } = task;
  if (area === 0) return;
  const { user } = task.mm;
  user.write32(area + CPU_ID_START, vcpu);
  user.write32(area + CPU_ID, vcpu);
  const section = user.readNumber(area + SECTION);
  if (section === null || section === 0) return;
  const start = user.read64(section + 8);
  const length = user.read64(section + 16);
  const abort = user.read64(section + 24);
  if (start === null || length === null || abort === null) return;
  const offset = BigInt.asUintN(64, context.rip - start);
  if (offset < length) {
    context.rip = abort;
    user.write64(area + SECTION, 0);
  } else if (context.rip !== start) user.write64(area + SECTION, 0);
}
