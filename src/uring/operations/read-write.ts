// READ, WRITE, their vectored and fixed forms, and READ_MULTISHOT.

import { ERRNO } from '../../kernel/abi/errno.ts';
import { O_APPEND, O_DIRECT, O_DSYNC, O_NONBLOCK } from '../../kernel/abi/fcntl.ts';
import { PipeFile } from '../../kernel/ipc/pipe-file.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { canRead, canWrite } from '../../kernel/syscalls/file-arguments.ts';
import { readInto, refusesNowait, transfer, writeFrom } from '../../kernel/syscalls/files.ts';
import type { SyscallResult } from '../../kernel/syscalls/row.ts';
import type { Task } from '../../kernel/task/task.ts';
import { type FileDescription, POLL } from '../../kernel/vfs/file.ts';
import { notifyTransfer } from '../../kernel/vfs/notify.ts';
import { partialDone } from '../../kernel/vfs/partial.ts';
import { chargeTransfer } from '../../kernel/vfs/transfer-cost.ts';
import { readSegments, type Segment, singleSegment } from '../../kernel/vfs/user-memory.ts';
import type { OperationName } from '../abi/opcodes.ts';
import { SETUP } from '../abi/setup.ts';
import { SQE_FLAG, type Sqe } from '../abi/sqe.ts';
import { giveBack, selectBuffers, useBuffers } from '../buffers/select.ts';
import { postMore } from '../completions.ts';
import { type FixedBuffer, FixedSink, FixedSource } from '../fixed-buffer.ts';
import type { Request } from '../request.ts';
import { attempt, disarm, type IssueResult, WAITS, waitFor } from '../waiting.ts';
import { operation, type Operation, type Preparation } from './row.ts';

const RWF = { SYNCS: 6, NOWAIT: 8, APPEND: 16 } as const;
const RWF_KNOWN = 0x1f;
/** File flags that a request has of its own. */
const OF_REQUEST = O_NONBLOCK | O_APPEND | O_DSYNC;
const AT_POSITION = 0xffff_ffff_ffff_ffffn;

type Direction = 'read' | 'write';

interface Transfer {
  /** Pieces of user memory, or why they could not be read: said when the file is known to be right. With a chosen buffer the length alone counts. */
  readonly segments: readonly Segment[] | number;
  /** Index of the registered buffer, -1 without. */
  readonly buffer: number;
  /** As given. */
  readonly offset: bigint;
  readonly flags: number;
}

function selects(request: Request): boolean {
  return (request.flags & SQE_FLAG.BUFFER_SELECT) !== 0;
}

function prepareSingle(sqe: Sqe, { request }: Preparation): Transfer {
  const segments = selects(request) ? [{ address: 0, length: sqe.len }] : singleSegment(request.task, sqe.address, sqe.len);
  return { segments, buffer: -1, offset: sqe.offset, flags: sqe.operationFlags };
}

function prepareVector(sqe: Sqe, { request }: Preparation): Transfer | number {
  if (selects(request) && sqe.len > 1) return -ERRNO.EINVAL;
  return { segments: readSegments(request.task, sqe.address, sqe.len | 0), buffer: -1, offset: sqe.offset, flags: sqe.operationFlags };
}

function prepareFixed(sqe: Sqe, { request }: Preparation): Transfer | number {
  const buffers = request.ring.buffers;
  if (!buffers || sqe.bufferIndex >= buffers.length) return -ERRNO.EFAULT;
  const segments = [{ address: sqe.address, length: sqe.len }];
  return { segments, buffer: sqe.bufferIndex, offset: sqe.offset, flags: sqe.operationFlags };
}

function prepareFixedVector(sqe: Sqe, { request }: Preparation): Transfer | number {
  const buffers = request.ring.buffers;
  if (!buffers || sqe.bufferIndex >= buffers.length) return -ERRNO.EFAULT;
  const segments = readSegments(request.task, sqe.address, sqe.len | 0);
  return { segments, buffer: sqe.bufferIndex, offset: sqe.offset, flags: sqe.operationFlags };
}

function prepareMultishot(sqe: Sqe, preparation: Preparation): Transfer | number {
  if (!selects(preparation.request) || sqe.addr !== 0n || sqe.len !== 0) return -ERRNO.EINVAL;
  return prepareSingle(sqe, preparation);
}

function issue(kernel: Kernel, request: Request, data: Transfer, direction: Direction): IssueResult {
  const file = request.file!;
  const wrong = checkTransfer(request, file, data, direction);
  if (wrong < 0) return wrong;
  const segments = segmentsOf(request, data);
  if (typeof segments === 'number') return segments;
  const result = tryTransfer(kernel, request, data, direction, segments);
  if (result === WAITS) return result;
  const wanted = segments.reduce((sum, segment) => sum + segment.length, 0);
  if (result >= 0 && result < wanted) request.failed = true;
  if (result >= 0) request.cqeFlags = useBuffers(request, result);
  else giveBack(request);
  return result;
}

function checkTransfer({ ring }: Request, file: FileDescription, data: Transfer, direction: Direction): number {
  if (!(direction === 'read' ? canRead(file) : canWrite(file))) return -ERRNO.EBADF;
  // No file of this machine can be polled for completions of its device.
  if (data.flags & ~RWF_KNOWN || ring.has(SETUP.IOPOLL)) return -ERRNO.EOPNOTSUPP;
  if (data.flags & RWF.NOWAIT && refusesNowait(file)) return -ERRNO.EOPNOTSUPP;
  return 0;
}

function segmentsOf(request: Request, { segments }: Transfer): readonly Segment[] | number {
  if (typeof segments === 'number' || !selects(request)) return segments;
  const selected = selectBuffers(request, segments[0]?.length ?? 0);
  return typeof selected === 'number' ? selected : selected.segments;
}

/** One try; where the file is not ready the request gives its buffer back and waits. */
function tryTransfer(kernel: Kernel, request: Request, data: Transfer, direction: Direction, segments: readonly Segment[]): IssueResult {
  const file = request.file!;
  const offset = position(file, data.offset);
  if (offset !== null && offset < 0) return offset;
  const saved = file.flags;
  if (data.flags & RWF.NOWAIT || request.selected) file.flags |= O_NONBLOCK;
  if (data.flags & RWF.SYNCS) file.flags |= O_DSYNC;
  if (data.flags & RWF.APPEND) file.flags |= O_APPEND;
  const result = attempt(kernel, request, (task) => move(kernel, task, request, data, direction, segments, offset));
  file.flags = (file.flags & ~OF_REQUEST) | (saved & OF_REQUEST);
  if (result === WAITS) {
    giveBack(request);
    return data.flags & RWF.NOWAIT && !hasBegun(request) ? giveUp(kernel, request) : result;
  }
  if (result !== -ERRNO.EAGAIN || !file.canPoll || data.flags & RWF.NOWAIT) return result;
  giveBack(request);
  const queues = file.pollQueues(direction === 'read' ? POLL.IN : POLL.OUT, request.task);
  return waitFor(kernel, request, queues, `${file.describe()} to be ${direction === 'read' ? 'readable' : 'writable'}`);
}

/** The device has been told of it already: data that has been moved, or a transfer past the page cache. */
function hasBegun({ file, progress }: Request): boolean {
  return (file!.flags & O_DIRECT) !== 0 || progress?.['moved'] !== undefined;
}

/** RWF_NOWAIT: what is not in the page cache is not waited for. */
function giveUp(kernel: Kernel, request: Request): number {
  disarm(kernel, request);
  request.state = 'issued';
  return -ERRNO.EAGAIN;
}

/** Where in the file: null for its own position, which is all that pipes and sockets have. -EINVAL for a negative offset. */
function position(file: FileDescription, offset: bigint): number | null {
  if (offset === AT_POSITION || !file.entry || file instanceof PipeFile) return null;
  const signed = BigInt.asIntN(64, offset);
  return signed < 0n ? -ERRNO.EINVAL : Math.min(Number(signed), 2 ** 53);
}

function move(
  kernel: Kernel,
  task: Task,
  request: Request,
  data: Transfer,
  direction: Direction,
  segments: readonly Segment[],
  offset: number | null,
): SyscallResult {
  const file = request.file!;
  if (data.buffer < 0) return transfer(kernel, task, file, direction, segments, offset);
  const buffer = fixedBuffer(request, data.buffer);
  if (!buffer || !segments.every(({ address, length }) => buffer.contains(address, length))) return -ERRNO.EFAULT;
  const result =
    direction === 'read'
      ? readInto(kernel, task, file, new FixedSink(buffer, segments), offset)
      : writeFrom(kernel, task, file, new FixedSource(buffer, segments, partialDone(task)), offset);
  if (typeof result === 'number') {
    chargeTransfer(kernel, file, result);
    notifyTransfer(file, direction, result);
  }
  return result;
}

/** The registered buffer that it uses, held from its first try on: it may leave its slot meanwhile. */
function fixedBuffer(request: Request, index: number): FixedBuffer | undefined {
  const slot = request.bufferSlot ?? request.ring.buffers?.[index];
  if (slot && !request.bufferSlot) {
    slot.holders++;
    request.bufferSlot = slot;
  }
  return slot?.resource;
}

/** Reads again and again as data comes, each time into a buffer of the kernel's choice, until an end or an error. */
function readOn(kernel: Kernel, request: Request, data: Transfer): IssueResult {
  const file = request.file!;
  if (!file.canPoll) return -ERRNO.EBADFD;
  for (;;) {
    const result = issue(kernel, request, data, 'read');
    if (result === WAITS) return result;
    request.failed = result < 0;
    if (result <= 0) {
      request.cqeFlags = 0;
      return result;
    }
    if (!postMore(kernel, request, result, request.cqeFlags)) return result;
    request.cqeFlags = 0;
  }
}

/** What Linux takes from a privileged task: class 0 without a level, real time and best effort with one of eight, idle. */
function isPriority(ioprio: number): boolean {
  const [kind, level] = [ioprio >> 13, ioprio & 0x1fff];
  return kind === 0 ? level === 0 : kind === 3 || (kind < 3 && level < 8);
}

type Prepare = (sqe: Sqe, preparation: Preparation) => Transfer | number;

function row(name: OperationName, direction: Direction, prepare: Prepare, selectsBuffers = false): Operation {
  return operation<Transfer>({
    name,
    needsFile: true,
    ioprio: true,
    iopoll: true,
    selectsBuffers,
    polls: true,
    serializes: direction === 'write',
    prepare: (sqe, preparation) => (isPriority(sqe.ioprio) ? prepare(sqe, preparation) : -ERRNO.EINVAL),
    issue: (kernel, request, data) => issue(kernel, request, data, direction),
  });
}

export const READ_WRITE: readonly Operation[] = [
  row('READ', 'read', prepareSingle, true),
  row('WRITE', 'write', prepareSingle),
  row('READV', 'read', prepareVector, true),
  row('WRITEV', 'write', prepareVector),
  row('READ_FIXED', 'read', prepareFixed),
  row('WRITE_FIXED', 'write', prepareFixed),
  row('READV_FIXED', 'read', prepareFixedVector),
  row('WRITEV_FIXED', 'write', prepareFixedVector),
  operation<Transfer>({
    name: 'READ_MULTISHOT',
    needsFile: true,
    selectsBuffers: true,
    polls: true,
    prepare: prepareMultishot,
    issue: readOn,
  }),
];
