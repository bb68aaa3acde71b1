// Descriptors and slots: FSYNC, OPENAT, OPENAT2, CLOSE, PIPE, FIXED_FD_INSTALL, FILES_UPDATE.

import { ERRNO } from '../../kernel/abi/errno.ts';
import { O_CLOEXEC, O_CREAT, O_DIRECT, O_NONBLOCK, O_TMPFILE, O_TRUNC, O_VALID } from '../../kernel/abi/fcntl.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { LENT_ADDRESS } from '../../kernel/mm/user-memory.ts';
import { syncFile } from '../../kernel/syscalls/file-space.ts';
import type { Task } from '../../kernel/task/task.ts';
import { SQE_FLAG, type Sqe } from '../abi/sqe.ts';
import { ANY_SLOT, clearFile, installFixed, moveToSlot } from '../files.ts';
import { LentArguments } from '../lent-arguments.ts';
import { updateFiles } from '../register/resources.ts';
import type { Request } from '../request.ts';
import { RingFile } from '../ring-file.ts';
import type { Ring } from '../ring.ts';
import { attempt, type IssueResult } from '../waiting.ts';
import { callFor } from './call.ts';
import { operation, type Operation } from './row.ts';

/** A pipe of notifications: refused by pipe2 itself. */
const O_NOTIFICATION_PIPE = 0x80;
const FSYNC_DATASYNC = 1;

/** Linux hands every fsync to a worker, which may sleep in it. */
const FSYNC = operation<object>({
  name: 'FSYNC',
  needsFile: true,
  prepare: (sqe, { request }) => {
    if (sqe.addr !== 0n || sqe.bufferIndex !== 0 || sqe.fileIndex !== 0 || sqe.operationFlags & ~FSYNC_DATASYNC) return -ERRNO.EINVAL;
    request.onWorker = true;
    return {};
  },
  issue: (kernel, request) => attempt(kernel, request, (task) => syncFile(kernel, task, request.file!)),
});

interface Open {
  readonly arguments: readonly (number | bigint)[];
  /** As in the entry: 0 for an ordinary descriptor. */
  readonly fileIndex: number;
}

const CALL = { openat: 257, openat2: 437, pipe2: 293 } as const;
const OPEN_HOW_BYTES = 24;
const LARGEST_HOW = 4096;
/** What may have to sleep for the disk is a worker's. */
const SLEEPS = O_TRUNC | O_CREAT;

function checkOpen(sqe: Sqe, request: Request, flags: number): number {
  if (sqe.bufferIndex !== 0) return -ERRNO.EINVAL;
  if (request.flags & SQE_FLAG.FIXED_FILE) return -ERRNO.EBADF;
  if (sqe.fileIndex !== 0 && flags & O_CLOEXEC) return -ERRNO.EINVAL;
  if (flags & SLEEPS || (flags & O_TMPFILE) === O_TMPFILE) request.onWorker = true;
  return 0;
}

const OPENAT = operation<Open>({
  name: 'OPENAT',
  prepare: (sqe, { request }) => {
    const flags = sqe.operationFlags & O_VALID;
    const lent = new LentArguments(request);
    const path = lent.string(sqe.address);
    const wrong = checkOpen(sqe, request, flags) || lent.error;
    if (wrong < 0) return wrong;
    lent.store();
    return { arguments: [sqe.fd, path, flags, sqe.len], fileIndex: sqe.fileIndex };
  },
  issue: (kernel, request, data) => moveToSlot(kernel, request, callFor(kernel, request, CALL.openat, data.arguments), data.fileIndex),
});

const OPENAT2 = operation<Open>({
  name: 'OPENAT2',
  prepare: (sqe, { request }) => {
    if (sqe.len < OPEN_HOW_BYTES || sqe.len > LARGEST_HOW) return -ERRNO.EINVAL;
    const lent = new LentArguments(request);
    const how = lent.bytes(Number(sqe.offset), sqe.len);
    const path = lent.string(sqe.address);
    if (lent.error < 0) return lent.error;
    lent.store();
    const flags = new DataView(request.lent!.buffer).getUint32(0, true);
    const wrong = checkOpen(sqe, request, flags);
    return wrong < 0 ? wrong : { arguments: [sqe.fd, path, how, sqe.len], fileIndex: sqe.fileIndex };
  },
  issue: (kernel, request, data) => moveToSlot(kernel, request, callFor(kernel, request, CALL.openat2, data.arguments), data.fileIndex),
});

interface PipeEnds {
  readonly address: number;
  readonly flags: number;
  readonly fileIndex: number;
}

const PIPE = operation<PipeEnds>({
  name: 'PIPE',
  prepare: (sqe) => {
    if (sqe.fd !== 0 || sqe.offset !== 0n || sqe.addr3 !== 0n || sqe.len !== 0 || sqe.bufferIndex !== 0) return -ERRNO.EINVAL;
    const flags = sqe.operationFlags;
    if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT | O_NOTIFICATION_PIPE)) return -ERRNO.EINVAL;
    return { address: sqe.address, flags, fileIndex: sqe.fileIndex };
  },
  issue: makePipe,
});

/** In slots, the two are beside each other or, where the ring chooses, anywhere; the program gets their numbers. */
function makePipe(kernel: Kernel, request: Request, { address, flags, fileIndex }: PipeEnds): IssueResult {
  const { task, ring } = request;
  if (fileIndex === 0) return callFor(kernel, request, CALL.pipe2, [address, flags]);
  if (flags & O_CLOEXEC) return -ERRNO.EINVAL;
  request.lent = new Uint8Array(8);
  const made = callFor(kernel, request, CALL.pipe2, [LENT_ADDRESS, flags]);
  if (typeof made !== 'number' || made < 0) return made;
  const fds = new Int32Array(request.lent.buffer.slice(0));
  const slots = [0, 1].map((end) => {
    const wanted = fileIndex === ANY_SLOT ? fileIndex : fileIndex + end;
    const slot = moveToSlot(kernel, request, fds[end]!, wanted) as number;
    return slot < 0 || fileIndex === ANY_SLOT ? slot : wanted - 1;
  });
  const failed = slots.find((slot) => slot < 0);
  const answered = failed === undefined && task.mm.user.copyOut(address, new Uint8Array(Int32Array.from(slots).buffer));
  if (answered) return 0;
  for (const slot of slots) if (slot >= 0) clearFile(kernel, ring, slot);
  return failed ?? -ERRNO.EFAULT;
}

interface Install {
  readonly closeOnExec: boolean;
}

const NO_CLOEXEC = 1;

const FIXED_FD_INSTALL = operation<Install>({
  name: 'FIXED_FD_INSTALL',
  needsFile: true,
  prepare: (sqe, { request }) => {
    if (sqe.offset !== 0n || sqe.addr !== 0n || sqe.len !== 0 || sqe.bufferIndex !== 0 || sqe.fileIndex !== 0 || sqe.addr3 !== 0n)
      return -ERRNO.EINVAL;
    if (!(request.flags & SQE_FLAG.FIXED_FILE)) return -ERRNO.EBADF;
    if (sqe.operationFlags & ~NO_CLOEXEC) return -ERRNO.EINVAL;
    // Descriptors belong to the task, and nobody else's identity counts.
    if (request.credentials) return -ERRNO.EPERM;
    return { closeOnExec: (sqe.operationFlags & NO_CLOEXEC) === 0 };
  },
  issue: (_kernel, request, { closeOnExec }) => {
    const file = request.file!;
    const fd = request.task.files.allocate(file, closeOnExec);
    if (fd >= 0) file.references++;
    return fd;
  },
});

interface Update {
  readonly address: number;
  readonly count: number;
  readonly offset: number;
}

const FILES_UPDATE = operation<Update>({
  name: 'FILES_UPDATE',
  iopoll: true,
  prepare: (sqe, { request }) => {
    if (request.flags & (SQE_FLAG.FIXED_FILE | SQE_FLAG.BUFFER_SELECT)) return -ERRNO.EINVAL;
    if (sqe.operationFlags !== 0 || sqe.fileIndex !== 0 || sqe.len === 0) return -ERRNO.EINVAL;
    return { address: sqe.address, count: sqe.len, offset: Number(sqe.offset & 0xffff_ffffn) };
  },
  issue: (kernel, { ring, task }, { address, count, offset }) =>
    offset === ANY_SLOT
      ? fillAnySlots(kernel, ring, task, address, count)
      : updateFiles(kernel, ring, task, { data: address, tags: 0 }, offset, count),
});

/** Each descriptor goes to a free slot, whose number takes its place in memory. How many, or the error of the first. */
function fillAnySlots(kernel: Kernel, ring: Ring, task: Task, address: number, count: number): number {
  if (!ring.files) return -ERRNO.ENXIO;
  for (let i = 0; i < count; i++) {
    const at = address + i * 4;
    const fd = task.mm.user.readInt32(at);
    const file = fd === null ? null : task.files.get(fd);
    let slot = fd === null ? -ERRNO.EFAULT : -ERRNO.EBADF;
    if (file) {
      file.references++;
      slot = installFixed(kernel, ring, file, ANY_SLOT);
    }
    if (slot >= 0 && !task.mm.user.write32(at, slot)) {
      clearFile(kernel, ring, slot);
      slot = -ERRNO.EFAULT;
    }
    if (slot < 0) return i > 0 ? i : slot;
  }
  return count;
}

interface Close {
  readonly fd: number;
  readonly fileIndex: number;
}

const CLOSE = operation<Close>({
  name: 'CLOSE',
  prepare: (sqe, { request }) => {
    if (sqe.offset !== 0n || sqe.addr !== 0n || sqe.len !== 0 || sqe.operationFlags !== 0 || sqe.bufferIndex !== 0) return -ERRNO.EINVAL;
    if (request.flags & SQE_FLAG.FIXED_FILE) return -ERRNO.EBADF;
    if (sqe.fileIndex !== 0 && sqe.fd !== 0) return -ERRNO.EINVAL;
    return { fd: sqe.fd, fileIndex: sqe.fileIndex };
  },
  issue: (kernel, request, { fd, fileIndex }) => {
    const { ring, task } = request;
    if (fileIndex !== 0) {
      if (!ring.files) return -ERRNO.ENXIO;
      if (fileIndex - 1 >= ring.files.length) return -ERRNO.EINVAL;
      return clearFile(kernel, ring, fileIndex - 1) ? 0 : -ERRNO.EBADF;
    }
    // A ring must not take its own ground away.
    if (task.files.get(fd) instanceof RingFile) return -ERRNO.EBADF;
    return task.files.close(kernel, fd);
  },
});

export const FILE_OPERATIONS: readonly Operation[] = [FSYNC, OPENAT, OPENAT2, CLOSE, PIPE, FIXED_FD_INSTALL, FILES_UPDATE];
