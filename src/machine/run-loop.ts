// Advances virtual time: which vCPU runs next, for how long, and what is due before it.
// The choice depends on the machine's state alone, so stopping at any limit and going on later changes nothing:
// time is cut into epochs that end at the next scheduled event or, with several vCPUs active, at the next multiple of the
// interleaving quantum; within an epoch the vCPUs take their turns in order of their ids. Epochs in which one vCPU alone
// has anything to do are one turn.

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
  /** The vCPU is in user mode, and only an event can change what it does: it is no part of the turns. */
  isSpinning?(vcpu: Vcpu): boolean;
  /** Spinning vCPUs get to this time (Infinity: the last at which anything happened); `whole`: only with instructions that are over by then. */
  spinTo?(time: number, whole: boolean): void;
  /** True when someone outside must look before time goes on (a breakpoint, a pause). */
  readonly stopRequested: boolean;
}

/** limit: time has reached it. quiescent: nothing will ever happen without an input. stopped: see stopRequested. */
export type AdvanceResult = 'limit' | 'quiescent' | 'stopped';

/** When a vCPU next does something by itself. */
function nextTime(machine: Steppable, vcpu: Vcpu): number {
  if (vcpu.mode === 'kernel') return vcpu.busyUntil;
  return vcpu.mode === 'idle' || machine.isSpinning?.(vcpu) ? Number.POSITIVE_INFINITY : vcpu.clock;
}

/** There is one. */
function firstBefore(machine: Steppable, time: number): Vcpu {
  for (const vcpu of machine.vcpus) if (nextTime(machine, vcpu) < time) return vcpu;
  throw new Error(`no vCPU has anything to do before cycle ${time}`);
}

/** `vcpu` goes on until `bound` or an event: others change by events alone, so every look at them would choose it again. */
function takeTurn(machine: Steppable, vcpu: Vcpu, bound: number): void {
  let until = Math.min(bound, machine.nextEventTime());
  do {
    if (vcpu.mode === 'kernel') machine.finishKernelWork(vcpu);
    else machine.runUser(vcpu, until);
    until = Math.min(bound, machine.nextEventTime());
  } while (!machine.stopRequested && nextTime(machine, vcpu) < until);
}

/** Handles everything with a virtual time below `limit`. */
export function advance(machine: Steppable, limit: number): AdvanceResult {
  while (!machine.stopRequested) {
    let earliest = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    let first: Vcpu | null = null;
    for (const vcpu of machine.vcpus) {
      const time = nextTime(machine, vcpu);
      if (time >= second) continue;
      second = Math.max(time, earliest);
      if (time >= earliest) continue;
      earliest = time;
      first = vcpu;
    }
    const eventTime = machine.nextEventTime();
    if (Math.min(earliest, eventTime) >= limit) {
      const isQuiescent = earliest === Number.POSITIVE_INFINITY && eventTime === earliest;
      machine.spinTo?.(isQuiescent ? earliest : limit, true);
      return isQuiescent ? 'quiescent' : 'limit';
    }
    if (eventTime <= earliest) {
      machine.fireEvents(eventTime);
      continue;
    }
    const gridEnd = (Math.floor(earliest / machine.quantum) + 1) * machine.quantum;
    const isAlone = second >= gridEnd;
    const vcpu = isAlone ? first! : firstBefore(machine, Math.min(gridEnd, eventTime));
    const bound = Math.min(isAlone ? Math.floor(second / machine.quantum) * machine.quantum : gridEnd, limit);
    if (nextTime(machine, vcpu) >= bound) {
      machine.spinTo?.(limit, true);
      return 'limit';
    }
    takeTurn(machine, vcpu, bound);
  }
  return 'stopped';
}
