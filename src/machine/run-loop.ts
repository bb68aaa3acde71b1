// Advances virtual time: which vCPU runs next, for how long, and what is due before it.
// The choice depends on the machine's state alone, so stopping at any limit and going on later changes nothing:
// time is cut into epochs that end at the next scheduled event or, with several vCPUs active, at the next multiple of the
// interleaving quantum; within an epoch the vCPUs take their turns in order of their ids.

import type { Vcpu } from './cpu/vcpu.ts';

/** What the loop drives. Implemented by the board. */
export interface Steppable {
  readonly vcpus: readonly Vcpu[];
  /** Interleaving quantum in cycles: no longer than the shortest latency between vCPUs. */
  readonly quantum: number;
  /** Virtual time of the earliest scheduled event, Infinity if there is none. */
  nextEventTime(): number;
  /** Fires every event due at `time`. */
  fireEvents(time: number): void;
  /** Runs a vCPU that is in user mode until its clock reaches `deadline` or it leaves user mode. */
  runUser(vcpu: Vcpu, deadline: number): void;
  /** A stretch of kernel work has ended. */
  finishKernelWork(vcpu: Vcpu): void;
  /** True when someone outside must look before time goes on (a breakpoint, a pause). */
  readonly stopRequested: boolean;
}

/** limit: time has reached it. quiescent: nothing will ever happen without an input. stopped: see stopRequested. */
export type AdvanceResult = 'limit' | 'quiescent' | 'stopped';

/** When a vCPU next does something by itself. */
function nextTime(vcpu: Vcpu): number {
  if (vcpu.mode === 'user') return vcpu.clock;
  return vcpu.mode === 'kernel' ? vcpu.busyUntil : Number.POSITIVE_INFINITY;
}

/** Handles everything with a virtual time below `limit`. */
export function advance(machine: Steppable, limit: number): AdvanceResult {
  while (!machine.stopRequested) {
    let earliest = Number.POSITIVE_INFINITY;
    let active = 0;
    for (const vcpu of machine.vcpus) {
      const time = nextTime(vcpu);
      if (time < earliest) earliest = time;
      if (vcpu.mode !== 'idle') active++;
    }
    const eventTime = machine.nextEventTime();
    if (Math.min(earliest, eventTime) >= limit)
      return earliest === Number.POSITIVE_INFINITY && eventTime === earliest ? 'quiescent' : 'limit';
    if (eventTime <= earliest) {
      machine.fireEvents(eventTime);
      continue;
    }
    const gridEnd = active > 1 ? (Math.floor(earliest / machine.quantum) + 1) * machine.quantum : Number.POSITIVE_INFINITY;
    const epochEnd = Math.min(gridEnd, eventTime);
    const vcpu = machine.vcpus.find((v) => nextTime(v) < epochEnd)!;
    if (nextTime(vcpu) >= limit) return 'limit';
    if (vcpu.mode === 'kernel') machine.finishKernelWork(vcpu);
    else machine.runUser(vcpu, Math.min(epochEnd, limit));
  }
  return 'stopped';
}
