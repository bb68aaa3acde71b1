// The uintr system calls, with the numbers and errors of each profile (kernel/uintr/profile.ts).

import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import { IA32_UINTR_STACKADJUST, LOAD_RSP } from '../../machine/uintr/msr.ts';
import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { IpiFile } from '../uintr/ipi-file.ts';
import {
  numberedCalls,
  RED_ZONE,
  UINTR_PROFILES,
  UITT_ENTRIES,
  WAITING_RECEIVER,
  WAITING_SENDER,
  type UintrCall,
} from '../uintr/profile.ts';
import { registerHandler, registerVector, unregisterHandler } from '../uintr/receiver.ts';
import { ensureTable, registerSender, tableOf } from '../uintr/sender.ts';
import { receiverOf } from '../uintr/task-state.ts';
import { writeUncheckedMsr } from '../uintr/unchecked-msr.ts';
import { freeEntry, invalidateEntry } from '../uintr/uitt-context.ts';
import { disconnect, VectorFile } from '../uintr/vector-file.ts';
import { endWaiting, listenByVector } from '../uintr/waiting.ts';
import type { FileDescription } from '../vfs/file.ts';
import { BLOCKED, type ArgumentKind, type SyscallArguments, type SyscallHandler, type SyscallResult, type SyscallRow } from './row.ts';

const MAXIMUM_WAIT_MICROSECONDS = 1_000_000_000n;

interface Call {
  readonly arguments: readonly ArgumentKind[];
  readonly handler: SyscallHandler;
}

/** The vCPU on which `task` makes its system call: its UINTR registers are the live ones. */
function vcpuOf(kernel: Kernel, task: Task): Vcpu {
  return kernel.hardware.vcpus[task.vcpu]!;
}

function registerHandlerCall(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(1);
  const known = kernel.uintr.profile.waitingFlags ? WAITING_RECEIVER | WAITING_SENDER : 0;
  if (flags & ~known) return -ERRNO.EINVAL;
  const handler = args.u64(0);
  return handler === 0n ? -ERRNO.EFAULT : registerHandler(kernel, task, vcpuOf(kernel, task), handler, flags);
}

function unregisterHandlerCall(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  return args.u32(0) !== 0 ? -ERRNO.EINVAL : unregisterHandler(kernel, task, vcpuOf(kernel, task));
}

function vectorFd(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.u32(1) !== 0) return -ERRNO.EINVAL;
  const upid = registerVector(kernel, task, args.u64(0));
  if (typeof upid === 'number') return upid;
  const vector = args.number(0);
  const fd = installFile(kernel, task, new VectorFile(kernel, upid, vector));
  if (fd >= 0) kernel.emit('uintr_vector_created', task, { fd, vector, upid: upid.address });
  return fd;
}

/** anon_inode_getfd with O_CLOEXEC; a file that finds no number is released. */
function installFile(kernel: Kernel, task: Task, file: FileDescription): number {
  const fd = task.files.allocate(file, true);
  if (fd < 0) file.release(kernel);
  return fd;
}

/** A vector descriptor of the caller, or -errno. */
function vectorFile(task: Task, fd: number): VectorFile | number {
  const file = task.files.get(fd);
  if (!file) return -ERRNO.EBADF;
  return file instanceof VectorFile ? file : -ERRNO.EOPNOTSUPP;
}

function registerSenderCall(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.u32(1) !== 0) return -ERRNO.EINVAL;
  const file = vectorFile(task, args.i32(0));
  if (typeof file === 'number') return file;
  const { profile } = kernel.uintr;
  if (profile.refuseSecondConnection && file.connections.some((connection) => connection.task === task)) return -ERRNO.EISCONN;
  const index = registerSender(kernel, task, vcpuOf(kernel, task), file.vector, file.upid);
  const table = tableOf(kernel, task);
  if (index >= 0 && profile.connectionsDieWithFd && table) {
    table.references++;
    file.connections.push({ task, table, index });
  }
  return index;
}

function unregisterSender(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.u32(1) !== 0) return -ERRNO.EINVAL;
  return kernel.uintr.profile.unregisterByFd ? unregisterByFd(kernel, task, args.i32(0)) : unregisterByIndex(kernel, task, args.i32(0));
}

function unregisterByFd(kernel: Kernel, task: Task, fd: number): number {
  const file = vectorFile(task, fd);
  if (typeof file === 'number') return file;
  const at = file.connections.findIndex((connection) => connection.task === task);
  if (at < 0) return -ERRNO.EINVAL;
  const [connection] = file.connections.splice(at, 1);
  disconnect(kernel, connection!);
  kernel.emit('uintr_sender_unregistered', task, { uitt_index: connection!.index });
  return 0;
}

function unregisterByIndex(kernel: Kernel, task: Task, index: number): number {
  const table = tableOf(kernel, task);
  if (!table || index < 0 || index >= UITT_ENTRIES || !table.receivers[index]) return -ERRNO.EINVAL;
  invalidateEntry(kernel, table, index);
  freeEntry(kernel, table, index);
  kernel.emit('uintr_sender_unregistered', task, { uitt_index: index });
  return 0;
}

/**
 * uintr_wait(flags): the kernel is notified from now on, the result is always EINTR. Nothing looks at what has been posted or is in
 * UIRR: what came right before the call does not end it.
 */
function waitForNotification(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.u32(0) !== 0) return -ERRNO.EINVAL;
  const upid = receiverOf(task);
  if (!upid) return -ERRNO.EOPNOTSUPP;
  if (!task.progress) {
    task.progress = { waiting: true };
    if (!upid.waiting) listenByVector(kernel, upid);
    const result = kernel.block(task, { queues: [], waitingFor: 'a user interrupt', interrupted: -ERRNO.EINTR });
    if (result === BLOCKED) return BLOCKED;
  }
  if (upid.waiting && !kernel.uintr.profile.signalLeavesWaiting) endWaiting(kernel, upid);
  return -ERRNO.EINTR;
}

/** uintr_wait(usec, flags): a sleep that, with a WAITING flag of register_handler, a user interrupt ends. */
function waitForTime(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const microseconds = args.u64(0);
  if (args.u32(1) !== 0 || microseconds > MAXIMUM_WAIT_MICROSECONDS) return -ERRNO.EINVAL;
  if (microseconds === 0n) return 0;
  if (!receiverOf(task)) return -ERRNO.EOPNOTSUPP;
  if (task.progress) return task.timedOut ? 0 : -ERRNO.EINTR;
  task.progress = { waiting: true };
  const deadline = kernel.now + kernel.clock.cycles(Number(microseconds) * 1000);
  return kernel.block(task, { queues: [], deadline, waitingFor: 'a user interrupt', interrupted: -ERRNO.EINTR });
}

function registerSelf(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.u32(1) !== 0) return -ERRNO.EINVAL;
  const upid = registerVector(kernel, task, args.u64(0));
  return typeof upid === 'number' ? upid : registerSender(kernel, task, vcpuOf(kernel, task), args.number(0), upid);
}

function altStack(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.u32(2) !== 0) return -ERRNO.EINVAL;
  if (!receiverOf(task)) return -ERRNO.EOPNOTSUPP;
  const [sp, size] = [args.u64(0), args.u64(1)];
  const top = kernel.uintr.profile.altStackBase === 'lowest' ? BigInt.asUintN(64, sp + size) : sp;
  writeUncheckedMsr(kernel, task, vcpuOf(kernel, task), IA32_UINTR_STACKADJUST, sp === 0n ? BigInt(RED_ZONE) : top | LOAD_RSP);
  return 0;
}

function ipiFd(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  if (args.u32(0) !== 0) return -ERRNO.EINVAL;
  const table = ensureTable(kernel, task);
  return table ? installFile(kernel, task, new IpiFile(table)) : -ERRNO.ENOMEM;
}

const CALLS: Readonly<Record<UintrCall, Call>> = {
  uintr_register_handler: { arguments: ['pointer', 'flags'], handler: registerHandlerCall },
  uintr_unregister_handler: { arguments: ['flags'], handler: unregisterHandlerCall },
  uintr_vector_fd: { arguments: ['u64', 'flags'], handler: vectorFd },
  uintr_register_sender: { arguments: ['fd', 'flags'], handler: registerSenderCall },
  uintr_unregister_sender: { arguments: ['i32', 'flags'], handler: unregisterSender },
  uintr_wait: { arguments: ['flags'], handler: waitForNotification },
  uintr_register_self: { arguments: ['u64', 'flags'], handler: registerSelf },
  uintr_alt_stack: { arguments: ['pointer', 'size', 'flags'], handler: altStack },
  uintr_ipi_fd: { arguments: ['flags'], handler: ipiFd },
};

const TIMED_WAIT: Call = { arguments: ['u64', 'flags'], handler: waitForTime };

/** Every call fails alike where the processor has no UINTR. */
function needingHardware(handler: SyscallHandler): SyscallHandler {
  return (kernel, task, args) => (kernel.uintr.hasHardware ? handler(kernel, task, args) : -kernel.uintr.profile.noHardware);
}

/** The rows that a profile adds to the table, or puts in the place of mainline's. */
export function uintrSyscallRows(profileName: string): readonly SyscallRow[] {
  const profile = UINTR_PROFILES[profileName]!;
  return numberedCalls(profile).map(({ number, call }) => {
    const row = call === 'uintr_wait' && profile.timedWait ? TIMED_WAIT : CALLS[call];
    const name = call === 'uintr_vector_fd' && profile.name === 'rfc' ? 'uintr_create_fd' : call;
    return { number, name, arguments: row.arguments, handler: needingHardware(row.handler) };
  });
}
