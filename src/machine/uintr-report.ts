// The user-interrupt state of a thread as an observer sees it, and in words why no interrupt reaches the thread now.

import type { Board } from './board.ts';
import { MachineError } from './errors.ts';
import type { UintrState, UittEntryState, UpidState } from './protocol.ts';
import {
  UINTR_MSRS,
  IA32_UINTR_HANDLER,
  IA32_UINTR_MISC,
  IA32_UINTR_PD,
  IA32_UINTR_RR,
  IA32_UINTR_STACKADJUST,
  IA32_UINTR_TT,
} from './uintr/msr.ts';
import { UintrUnit } from './uintr/uintr-unit.ts';
import { parseUitte, UITTE_BYTES } from './uintr/uitt.ts';
import { parseUpidControl } from './uintr/upid.ts';
import { COMPONENT_LAYOUT } from './uintr/xsave-component.ts';
import type { Task } from '../kernel/task/task.ts';
import { receiverOf } from '../kernel/uintr/task-state.ts';
import type { UittContext } from '../kernel/uintr/uitt-context.ts';
import { readControl, readRequests, type UpidContext } from '../kernel/uintr/upid-context.ts';

/** Threads that have anything to do with user interrupts; tid 0 = all of them. */
export function uintrStates(board: Board, tid: number): UintrState[] {
  board.suspendAll();
  const { tasks } = board.kernel.pids;
  if (tid !== 0) {
    const task = tasks.get(tid);
    if (!task) throw new MachineError('THREAD_NOT_FOUND', `there is no thread ${tid}`, { tid: `${tid}` });
    return [describe(board, task)];
  }
  const concerned = [...tasks.values()].filter((task) => task.uintr !== null || task.mm.uitt !== null);
  return concerned.sort((a, b) => a.tid - b.tid).map((task) => describe(board, task));
}

/** Why no user interrupt reaches the thread now; '' for one that takes none. */
export function interruptNote(board: Board, tid: number): string {
  const task = board.kernel.pids.tasks.get(tid);
  const upid = task ? receiverOf(task) : null;
  return task && upid ? note(board, task, upid, registersOf(board, task)) : '';
}

function describe(board: Board, task: Task): UintrState {
  const unit = registersOf(board, task);
  const read = (register: number): bigint => UINTR_MSRS[register]!.read(unit);
  const upid = task.uintr?.upid ?? null;
  const table = task.uintr?.table ?? task.mm.uitt;
  const handler = read(IA32_UINTR_HANDLER);
  return {
    tid: task.tid,
    pid: task.process.pid,
    name: task.name,
    liveOn: board.kernel.scheduler.isCurrent(task) ? task.vcpu : -1,
    uif: unit.uif,
    uirr: read(IA32_UINTR_RR),
    handler,
    handlerSymbol: task.process.symbols?.describe(handler) ?? '',
    stackAdjust: read(IA32_UINTR_STACKADJUST),
    misc: read(IA32_UINTR_MISC),
    pd: read(IA32_UINTR_PD),
    tt: read(IA32_UINTR_TT),
    upid: upid ? upidState(board, upid) : null,
    uitt: table ? uittEntries(board, table) : [],
    note: receiverOf(task) ? note(board, task, upid!, unit) : '',
  };
}

/** The thread's registers: those of its vCPU while it is current, else a unit filled from its saved image. */
export function registersOf(board: Board, task: Task): UintrUnit {
  const live = board.vcpus[task.vcpu]!.uintr;
  if (board.kernel.scheduler.isCurrent(task)) return live;
  const saved = new UintrUnit(live);
  const image = task.uintr?.image;
  if (!image) return saved;
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  saved.uif = view.getUint8(23) >> 7 === 1;
  for (const { offset, register } of COMPONENT_LAYOUT) {
    const value = view.getBigUint64(offset, true);
    UINTR_MSRS[register]!.write(saved, register === IA32_UINTR_MISC ? value & 0xff_ffff_ffffn : value);
  }
  return saved;
}

function upidState(board: Board, upid: UpidContext): UpidState {
  const control = parseUpidControl(readControl(board.kernel, upid));
  return {
    address: upid.address,
    outstanding: control.on,
    suppressed: control.sn,
    notificationVector: control.nv,
    notificationDestination: control.ndst,
    postedRequests: readRequests(board.kernel, upid),
  };
}

function uittEntries(board: Board, table: UittContext): UittEntryState[] {
  const { view } = board.physical;
  return table.receivers.flatMap((receiver, index): UittEntryState[] => {
    if (!receiver) return [];
    const at = table.physical + index * UITTE_BYTES;
    const entry = parseUitte(view.getBigUint64(at, true), view.getBigUint64(at + 8, true));
    return typeof entry === 'string' ? [{ index, valid: false, vector: 0, upid: receiver.address }] : [{ index, valid: true, ...entry }];
  });
}

function note(board: Board, task: Task, upid: UpidContext, unit: UintrUnit): string {
  const { outstanding, suppressed, postedRequests } = upidState(board, upid);
  const bits = (vectors: bigint): string =>
    [...vectors.toString(2)]
      .reverse()
      .flatMap((bit, n) => (bit === '1' ? [n] : []))
      .join(', ');
  if (postedRequests === 0n && unit.rr === 0n) return 'no interrupt has been posted to it';
  const where = unit.rr !== 0n ? `UIRR holds vector ${bits(unit.rr)}` : `PIR holds vector ${bits(postedRequests)}`;
  if (!unit.uif) return `${where}, but UIF is clear: nothing is delivered before STUI or UIRET`;
  if (task.state === 'blocked') return `${where}, but the thread is blocked and did not ask to be woken (no WAITING flag)`;
  if (suppressed) return `${where}, but the thread is descheduled (SN is set): it is delivered when the thread runs again`;
  return `${where}, ${outstanding ? 'and its notification is under way' : 'and it is delivered at the next return to user mode'}`;
}
