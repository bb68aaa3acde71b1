// A receiver as it is now, and everything that stands between it and an interrupt, the outermost first.

import type { Machine } from '../machine.ts';
import { registersOf } from '../uintr-report.ts';
import { parseUpidControl, type UpidControl } from '../uintr/upid.ts';
import type { UintrUnit } from '../uintr/uintr-unit.ts';
import type { Task } from '../../kernel/task/task.ts';
import { receiverOf } from '../../kernel/uintr/task-state.ts';
import { readControl, readRequests, type UpidContext } from '../../kernel/uintr/upid-context.ts';
import type { DeliveryVerdict, Obstacle } from './explanation.ts';
import type { ThreadTrail } from './interrupt-trail.ts';
import { placeText } from './place.ts';

export interface Receiver {
  readonly machine: Machine;
  readonly tid: number;
  /** null once it has ended. */
  readonly task: Task | null;
  /** Of a registered handler. */
  readonly upid: UpidContext | null;
  readonly unit: UintrUnit | null;
  readonly control: UpidControl | null;
  /** Vectors in PIR and UIRR. */
  readonly requests: bigint;
  readonly uirr: bigint;
  readonly trail: ThreadTrail | undefined;
  readonly isCurrent: boolean;
}

const ORDER: readonly DeliveryVerdict[] = [
  'UNKNOWN',
  'FAULTED',
  'UITT_INVALID',
  'RECEIVER_GONE',
  'NO_HANDLER',
  'NOTHING_POSTED',
  'BLOCKED',
  'DESCHEDULED',
  'SUPPRESSED',
  'WRONG_VECTOR',
  'COALESCED',
  'IN_KERNEL',
  'MASKED',
];

export function outermostFirst(obstacles: readonly Obstacle[]): Obstacle[] {
  return [...obstacles].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
}

/** Contexts must be whole (board.suspendAll). */
export function receiverAt(machine: Machine, tid: number): Receiver {
  const { board, trail } = machine;
  const task = board.kernel.pids.tasks.get(tid) ?? null;
  const upid = task ? receiverOf(task) : null;
  const unit = task ? registersOf(board, task) : null;
  return {
    machine,
    tid,
    task,
    upid,
    unit,
    control: upid ? parseUpidControl(readControl(board.kernel, upid)) : null,
    requests: upid ? readRequests(board.kernel, upid) : 0n,
    uirr: unit?.rr ?? 0n,
    trail: trail.findThread(tid),
    isCurrent: task !== null && board.kernel.scheduler.isCurrent(task),
  };
}

/** Of a thread, for sentences: "thread 3 (sender)". */
export function threadText(machine: Machine, tid: number): string {
  if (tid === 0) return 'the kernel';
  const task = machine.board.kernel.pids.tasks.get(tid);
  return task ? `thread ${tid} (${task.name})` : `thread ${tid}`;
}

/** All that blocks; nothing of what has been posted is looked at. */
export function receiverObstacles(receiver: Receiver): Obstacle[] {
  const found = CHECKS.map((check) => check(receiver)).filter((obstacle) => obstacle !== null);
  return outermostFirst(found);
}

type Check = (receiver: Receiver) => Obstacle | null;

const CHECKS: readonly Check[] = [faulted, gone, withoutHandler, asleep, withoutProcessor, suppressed, wrongVector, inKernel, masked];

const EXCEPTION_NAMES: Readonly<Record<number, string>> = { 12: '#SS', 13: '#GP', 14: '#PF' };

function faulted({ trail }: Receiver): Obstacle | null {
  const fault = trail?.fault;
  if (!fault) return null;
  const name = EXCEPTION_NAMES[fault.faultVector] ?? `exception ${fault.faultVector}`;
  const address = fault.faultVector === 14 ? ` at 0x${fault.address.toString(16)}` : '';
  return {
    verdict: 'FAULTED',
    text: `the delivery of vector ${fault.vector} raised ${name}${address}: its frame could not be written or the handler's address is not canonical`,
    since: fault.cycle,
    place: fault.place,
    remedy:
      fault.faultVector === 14
        ? 'map the stack that the frame goes to (RSP less the red zone, or what uintr_alt_stack named), and make it writable'
        : 'register a handler whose address is canonical, and a stack that is',
  };
}

function gone({ machine, task, tid, trail }: Receiver): Obstacle | null {
  if (task) return null;
  return {
    verdict: 'RECEIVER_GONE',
    text: `${threadText(machine, tid)} has ended`,
    since: Math.max(0, trail?.exited ?? 0),
    place: '',
    remedy: 'keep the receiver alive until its last sender is done, for example by joining the senders first',
  };
}

function withoutHandler({ machine, task, upid, tid, trail }: Receiver): Obstacle | null {
  if (!task || upid) return null;
  const unregistered = trail && trail.unregistered >= 0;
  return {
    verdict: 'NO_HANDLER',
    text: unregistered
      ? `${threadText(machine, tid)} has unregistered its handler`
      : `${threadText(machine, tid)} has no handler registered`,
    since: unregistered ? trail.unregistered : 0,
    place: '',
    remedy: 'the receiver must call uintr_register_handler before the interrupt is sent, in the thread that is to receive',
  };
}

function asleep({ machine, task, upid }: Receiver): Obstacle | null {
  if (!task || !upid || (task.state !== 'blocked' && task.state !== 'uninterruptible')) return null;
  if (task.state === 'blocked' && (upid.waiting || upid.waitingCost !== 'none')) return null;
  const { kernel } = machine.board;
  const call = task.call ? kernel.table.nameOf(task.call.number) : 'a system call';
  const why =
    task.state === 'uninterruptible'
      ? 'which only a fatal signal can end'
      : kernel.uintr.profile.waitingFlags
        ? 'and its handler was registered without a WAITING flag, so that no interrupt wakes it'
        : 'which no user interrupt ends';
  return {
    verdict: 'BLOCKED',
    text: `${threadText(machine, task.tid)} sleeps in ${call}, waiting for ${task.blocked?.waitingFor || 'something'}, ${why}`,
    since: task.scheduling.since,
    place: placeText(task, task.context.rip),
    remedy: kernel.uintr.profile.waitingFlags
      ? 'register the handler with UINTR_HANDLER_FLAG_WAITING_RECEIVER (or _SENDER), or do not block while you expect interrupts'
      : 'wait in uintr_wait, or do not block while you expect interrupts',
  };
}

function withoutProcessor({ machine, task, upid, isCurrent }: Receiver): Obstacle | null {
  if (!task || !upid || isCurrent) return null;
  const since = task.scheduling.since;
  const place = placeText(task, task.context.rip);
  if (task.state === 'stopped')
    return {
      verdict: 'DESCHEDULED',
      text: `${threadText(machine, task.tid)} is stopped by a signal`,
      since,
      place,
      remedy: 'send it SIGCONT',
    };
  if (task.state !== 'runnable') return null;
  const running = machine.board.kernel.scheduler.currentOn(task.vcpu);
  const instead = running ? `but vCPU ${task.vcpu} runs ${threadText(machine, running.tid)}` : `and vCPU ${task.vcpu} is about to take it`;
  return {
    verdict: 'DESCHEDULED',
    text: `${threadText(machine, task.tid)} is runnable ${instead}`,
    since,
    place,
    remedy: running
      ? 'it is delivered when the thread runs again: give the machine more vCPUs, or the threads affinities that keep them apart'
      : 'nothing: it runs soon',
  };
}

function suppressed({ control, trail, machine }: Receiver): Obstacle | null {
  if (!control?.sn) return null;
  const change = trail?.suppressed;
  const known = change?.value === true;
  return {
    verdict: 'SUPPRESSED',
    text: `SN is set in its UPID${known ? ` (${change.by})` : ''}: a post is noted there, but no notification is sent`,
    since: known ? change.cycle : 0,
    place: '',
    remedy: `the kernel clears SN and fetches what was posted when the thread returns to user mode${standstill(machine)}`,
  };
}

function wrongVector({ machine, task, unit, control, upid, isCurrent }: Receiver): Obstacle | null {
  if (!task || !unit || !control || !upid || !isCurrent || upid.waiting) return null;
  if (machine.board.vcpus[task.vcpu]!.mode !== 'user' || control.nv === unit.uinv) return null;
  return {
    verdict: 'WRONG_VECTOR',
    text: `its UPID names notification vector 0x${control.nv.toString(16)} (NV), but the processor recognizes 0x${unit.uinv.toString(16)} (UINV)`,
    since: 0,
    place: '',
    remedy: 'NV and UINV are the kernel’s: something has overwritten the UPID or IA32_UINTR_MISC',
  };
}

function inKernel({ machine, task, upid, isCurrent }: Receiver): Obstacle | null {
  if (!task || !upid || !isCurrent || task.state !== 'runnable') return null;
  const vcpu = machine.board.vcpus[task.vcpu]!;
  if (vcpu.mode !== 'kernel') return null;
  const call = task.call?.number ?? task.returning;
  const where = call >= 0 ? `in ${machine.board.kernel.table.nameOf(call)}` : 'in the kernel (an interrupt, a fault or a switch)';
  return {
    verdict: 'IN_KERNEL',
    text: `${threadText(machine, task.tid)} is ${where} until cycle ${vcpu.busyUntil}: interrupts are delivered in user mode only`,
    since: task.stretchStart,
    place: placeText(task, task.context.rip),
    remedy: `nothing: it is delivered when the call returns${standstill(machine)}`,
  };
}

function masked(receiver: Receiver): Obstacle | null {
  const { task, upid, unit, trail } = receiver;
  if (!task || !upid || !unit || unit.uif) return null;
  const change = trail?.uif?.value === false ? trail.uif : null;
  const since = change?.cycle ?? Math.max(0, trail?.registered ?? 0);
  if (!change)
    return {
      verdict: 'MASKED',
      text: 'UIF is clear: the thread has not executed STUI since its handler was registered',
      since,
      place: '',
      remedy: 'execute STUI (_stui()) in the receiver after uintr_register_handler',
    };
  const place = placeText(task, change.rip);
  if (change.by === 'delivery')
    return {
      verdict: 'MASKED',
      text: `UIF is clear since the delivery of vector ${change.vector}, which interrupted ${place}: its handler has not returned with UIRET`,
      since,
      place,
      remedy:
        'let the handler return with UIRET, or execute STUI in it if interrupts are to nest; a handler left by longjmp needs STUI too',
    };
  return {
    verdict: 'MASKED',
    text: `UIF is clear by ${change.by.toUpperCase()} at ${place}`,
    since,
    place,
    remedy: `execute STUI (_stui()) where the critical section behind ${place} ends`,
  };
}

/** What else is needed where time does not pass by itself. */
export function standstill({ state, reason, spec }: Machine): string {
  if (state === 'created') return '; the machine has not been started';
  if (state === 'paused') return `; the machine is paused${reason === 'virtual_limit' ? ' at its limit of virtual time' : ''}`;
  return state === 'running' && spec.time_mode === 'LOCKSTEP' ? '; in LOCKSTEP time passes only in calls that wait' : '';
}
