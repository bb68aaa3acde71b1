// System V semaphores: semget, semop, semtimedop, semctl.

import { ERRNO } from '../abi/errno.ts';
import {
  GETALL,
  GETNCNT,
  GETPID,
  GETVAL,
  GETZCNT,
  IPC_INFO,
  IPC_NOWAIT,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  SEM_INFO,
  SEM_STAT,
  SEM_STAT_ANY,
  SEM_UNDO,
  SEMMNS,
  SEMOPM,
  SEMVMX,
  SETALL,
  SETVAL,
} from '../abi/ipc.ts';
import { secondsNow } from '../ipc/sysv/seconds.ts';
import { SEMAPHORE_BYTES, SemaphoreSet, WOULD_BLOCK } from '../ipc/sysv/semaphore-set.ts';
import { type SemaphoreOperation, SemaphoreWait } from '../ipc/sysv/semaphore-wait.ts';
import { UndoList } from '../ipc/sysv/semaphore-undo.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { readTimespec } from '../time/timespec.ts';
import { putBytes } from '../vfs/user-memory.ts';
import { controlled, getObject, readStatus, writeStatus, writeStatusAt } from './ipc-objects.ts';
import { BLOCKED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';

const STATUS_BYTES = 104;
const SEMBUF_BYTES = 6;

function semget(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [key, count, flags] = [args.u32(0), args.i32(1), args.i32(2)];
  if (count < 0 || count > kernel.ipc.limits.semmsl) return -ERRNO.EINVAL;
  return getObject(task, kernel.ipc.sets, {
    key,
    flags,
    limit: kernel.ipc.limits.semmni,
    make: () => makeSet(kernel, task, key, count, flags),
    isTooSmall: (found) => found.count < count,
  });
}

function makeSet(kernel: Kernel, task: Task, key: number, count: number, flags: number): SemaphoreSet | number {
  const { ipc } = kernel;
  if (count === 0) return -ERRNO.EINVAL;
  if (ipc.semaphores + count > ipc.limits.semmns) return -ERRNO.ENOSPC;
  if (!kernel.memory.charge(count * SEMAPHORE_BYTES)) return -ERRNO.ENOMEM;
  ipc.semaphores += count;
  return new SemaphoreSet(kernel, task, key, flags, count);
}

function semop(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return operate(kernel, task, args, 0);
}

function semtimedop(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return operate(kernel, task, args, args.number(3));
}

function operate(kernel: Kernel, task: Task, args: SyscallArguments, timeoutAddress: number): SyscallResult {
  const wait = task.ipcWait;
  if (wait instanceof SemaphoreWait) return goOn(kernel, wait);
  const [id, count] = [args.i32(0), args.u32(2)];
  const timeout = timeoutAddress === 0 ? null : readTimespec(task, timeoutAddress);
  if (timeout === -ERRNO.EFAULT) return timeout;
  if (count > kernel.ipc.limits.semopm) return -ERRNO.E2BIG;
  if (count < 1) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(args.number(1), count * SEMBUF_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  if (id < 0 || (timeout !== null && timeout < 0)) return -ERRNO.EINVAL;
  const operations = decode(raw, count);
  const set = kernel.ipc.sets.withId(id);
  if (!set) return -ERRNO.EINVAL;
  const alters = operations.some(({ change }) => change !== 0);
  if (operations.some(({ number }) => number >= set.count)) return -ERRNO.EFBIG;
  if (!(alters ? set.mayWrite(task) : set.mayRead(task))) return -ERRNO.EACCES;
  const undoes = operations.some((operation) => operation.undo);
  const undo = undoes ? set.undoOf(kernel, (task.semaphoreUndo ??= new UndoList())) : null;
  if (undoes && !undo) return -ERRNO.ENOMEM;
  kernel.charge(kernel.hardware.costs.semaphore_operation);
  const request = { operations, alters, undo, pid: task.process.pid, blocking: 0 };
  const outcome = set.attempt(request);
  if (outcome === 0) set.carriedOut(kernel, request);
  if (outcome !== WOULD_BLOCK) return outcome;
  if (timeout !== null) task.progress = { deadline: kernel.now + kernel.clock.cycles(timeout) };
  const sleeper = new SemaphoreWait(task, set, request);
  sleeper.begin();
  return sleep(kernel, sleeper);
}

/** Completed by another, timed out, or interrupted. */
function goOn(kernel: Kernel, wait: SemaphoreWait): SyscallResult {
  const { outcome, task } = wait;
  if (outcome === null && !task.timedOut) return sleep(kernel, wait);
  wait.end();
  return outcome ?? -ERRNO.EAGAIN;
}

/** No signal restarts it. */
function sleep(kernel: Kernel, wait: SemaphoreWait): SyscallResult {
  const { task, set, request } = wait;
  const noted = task.progress?.['deadline'];
  const { number, change } = request.operations[request.blocking]!;
  const waitingFor = `semaphore ${number} of set ${set.id} to ${change === 0 ? 'be zero' : 'rise'}`;
  const deadline = noted === undefined ? null : Number(noted);
  const result = kernel.block(task, { queues: [], deadline, waitingFor, interrupted: -ERRNO.EINTR });
  if (result !== BLOCKED) wait.end();
  return result;
}

/** struct sembuf[]. */
function decode(raw: Uint8Array, count: number): SemaphoreOperation[] {
  const view = new DataView(raw.buffer, raw.byteOffset);
  const operations: SemaphoreOperation[] = [];
  for (let at = 0; at < count * SEMBUF_BYTES; at += SEMBUF_BYTES) {
    const flags = view.getInt16(at + 4, true);
    operations.push({
      number: view.getUint16(at, true),
      change: view.getInt16(at + 2, true),
      noWait: (flags & IPC_NOWAIT) !== 0,
      undo: (flags & SEM_UNDO) !== 0,
    });
  }
  return operations;
}

/** `number`: of the semaphore; `argument`: an address or a value. */
type Command = (kernel: Kernel, task: Task, id: number, number: number, argument: number) => number;

/** struct seminfo, where two fields tell what is in use with SEM_INFO. */
function information(inUse: boolean): Command {
  return (kernel, task, _id, _number, address) => {
    const { sets, semaphores, limits } = kernel.ipc;
    const fields = [SEMMNS, limits.semmni, limits.semmns, SEMMNS, limits.semmsl, limits.semopm, SEMOPM];
    fields.push(inUse ? sets.size : 20, SEMVMX, inUse ? semaphores : SEMVMX);
    const put = putBytes(task, address, new Uint8Array(Int32Array.from(fields).buffer));
    return put < 0 ? put : sets.highest;
  };
}

/** A command that reads one semaphore. */
function get(read: (set: SemaphoreSet, number: number) => number): Command {
  return (kernel, task, id, number) => {
    const set = kernel.ipc.sets.withId(id);
    if (!set) return -ERRNO.EINVAL;
    if (!set.mayRead(task)) return -ERRNO.EACCES;
    return number < 0 || number >= set.count ? -ERRNO.EINVAL : read(set, number);
  };
}

function getAll(kernel: Kernel, task: Task, id: number, _number: number, address: number): number {
  const set = kernel.ipc.sets.withId(id);
  if (!set) return -ERRNO.EINVAL;
  if (!set.mayRead(task)) return -ERRNO.EACCES;
  kernel.chargeCopy(set.values.byteLength);
  return putBytes(task, address, new Uint8Array(set.values.buffer));
}

function setValue(kernel: Kernel, task: Task, id: number, number: number, argument: number): number {
  const value = argument | 0;
  if (value < 0 || value > SEMVMX) return -ERRNO.ERANGE;
  const set = kernel.ipc.sets.withId(id);
  if (!set || number < 0 || number >= set.count) return -ERRNO.EINVAL;
  if (!set.mayWrite(task)) return -ERRNO.EACCES;
  set.assign(kernel, task, number, [value]);
  return 0;
}

function setAll(kernel: Kernel, task: Task, id: number, _number: number, address: number): number {
  const set = kernel.ipc.sets.withId(id);
  if (!set) return -ERRNO.EINVAL;
  if (!set.mayWrite(task)) return -ERRNO.EACCES;
  const raw = task.mm.user.copyIn(address, set.count * 2);
  if (!raw) return -ERRNO.EFAULT;
  const values = [...new Uint16Array(raw.buffer)];
  if (values.some((value) => value > SEMVMX)) return -ERRNO.ERANGE;
  kernel.chargeCopy(raw.length);
  set.assign(kernel, task, 0, values);
  return 0;
}

function setOwner(kernel: Kernel, task: Task, id: number, _number: number, address: number): number {
  const view = readStatus(task, address, STATUS_BYTES);
  if (!view) return -ERRNO.EFAULT;
  const set = controlled(task, kernel.ipc.sets, id);
  if (typeof set === 'number') return set;
  return set.setPermission(view, secondsNow(kernel)) ? 0 : -ERRNO.EINVAL;
}

function remove(kernel: Kernel, task: Task, id: number): number {
  const set = controlled(task, kernel.ipc.sets, id);
  if (typeof set === 'number') return set;
  set.destroy(kernel);
  return 0;
}

const COMMANDS: Readonly<Record<number, Command>> = {
  [IPC_INFO]: information(false),
  [SEM_INFO]: information(true),
  [IPC_STAT]: (kernel, task, id, _number, address) => writeStatus(task, kernel.ipc.sets, kernel.ipc.sets.withId(id), address),
  [SEM_STAT]: (kernel, task, id, _number, address) => writeStatusAt(task, kernel.ipc.sets, id, address, false),
  [SEM_STAT_ANY]: (kernel, task, id, _number, address) => writeStatusAt(task, kernel.ipc.sets, id, address, true),
  [GETALL]: getAll,
  [GETVAL]: get((set, number) => set.values[number]!),
  [GETPID]: get((set, number) => set.pids[number]!),
  [GETNCNT]: get((set, number) => set.waitersAt(number, false)),
  [GETZCNT]: get((set, number) => set.waitersAt(number, true)),
  [SETVAL]: setValue,
  [SETALL]: setAll,
  [IPC_SET]: setOwner,
  [IPC_RMID]: remove,
};

function semctl(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const [id, command] = [args.i32(0), COMMANDS[args.i32(2)]];
  if (id < 0 || !command) return -ERRNO.EINVAL;
  const argument = command === setValue ? args.i32(3) : args.number(3);
  return command(kernel, task, id, args.i32(1), argument);
}

export const SEMAPHORE_ROWS: readonly SyscallRow[] = [
  { number: 64, name: 'semget', arguments: ['u32', 'i32', 'flags'], handler: semget },
  { number: 65, name: 'semop', arguments: ['i32', 'pointer', 'size'], handler: semop },
  { number: 66, name: 'semctl', arguments: ['i32', 'i32', 'i32', 'pointer'], handler: semctl },
  { number: 220, name: 'semtimedop', arguments: ['i32', 'pointer', 'size', 'pointer'], handler: semtimedop },
];
