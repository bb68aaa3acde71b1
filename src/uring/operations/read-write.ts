// READ, WRITE and their vectored and fixed forms.

import { ERRNO } from '../../kernel/abi/errno.ts';
import { O_APPEND, O_NONBLOCK } from '../../kernel/abi/fcntl.ts';
import { PipeFile } from '../../kernel/ipc/pipe-file.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { canRead, canWrite } from '../../kernel/syscalls/file-arguments.ts';
import { transfer } from '../../kernel/syscalls/files.ts';
import type { SyscallResult } from '../../kernel/syscalls/row.ts';
import type { Task } from '../../kernel/task/task.ts';
import { type FileDescription, POLL } from '../../kernel/vfs/file.ts';
import { notifyTransfer } from '../../kernel/vfs/notify.ts';
import { partialDone } from '../../kernel/vfs/partial.ts';
import { chargeCopy, readSegments, type Segment, singleSegment } from '../../kernel/vfs/user-memory.ts';
import type { OperationName } from '../abi/opcodes.ts';
import type { Sqe } from '../abi/sqe.ts';
import { FixedSink, FixedSource } from '../fixed-buffer.ts';
import type { Request } from '../request.ts';
import { attempt, type IssueResult, WAITS, waitFor } from '../waiting.ts';
import { operation, type Operation, type Preparation } from './row.ts';

const RWF = { NOWAIT: 8, APPEND: 16 } as const;
const RWF_KNOWN = 0x1f;
const AT_POSITION = 0xffff_ffff_ffff_ffffn;

type Direction = 'read' | 'write';

interface Transfer {
  /** Pieces of user memory, or why they could not be read: said when the file is known to be right. */
  readonly segments: readonly Segment[] | number;
  /** Index of the registered buffer, -1 without. */
  readonly buffer: number;
  /** As given. */
  readonly offset: bigint;
  readonly flags: number;
}

function prepareSingle(sqe: Sqe, { request }: Preparation): Transfer {
  return { segments: singleSegment(request.task, sqe.address, sqe.len), buffer: -1, offset: sqe.offset, flags: sqe.operationFlags };
}

function prepareVector(sqe: Sqe, { request }: Preparation): Transfer {
  return { segments: readSegments(request.task, sqe.address, sqe.len | 0), buffer: -1, offset: sqe.offset, flags: sqe.operationFlags };
}

function prepareFixed(sqe: Sqe, { request }: Preparation): Transfer | number {
  const buffers = request.ring.buffers;
  if (!buffers || sqe.bufferIndex >= buffers.length) return -ERRNO.EFAULT;
  const segments = [{ address: sqe.address, length: sqe.len }];
  return { segments, buffer: sqe.bufferIndex, offset: sqe.offset, flags: sqe.operationFlags };
}

function issue(kernel: Kernel, request: Request, data: Transfer, direction: Direction): IssueResult {
  const file = request.file!;
  if (!(direction === 'read' ? canRead(file) : canWrite(file))) return -ERRNO.EBADF;
  if (data.flags & ~RWF_KNOWN) return -ERRNO.EOPNOTSUPP;
  if (typeof data.segments === 'number') return data.segments;
  const offset = position(file, data.offset);
  if (offset !== null && offset < 0) return offset;
  const saved = file.flags;
  if (data.flags & RWF.NOWAIT) file.flags |= O_NONBLOCK;
  if (data.flags & RWF.APPEND) file.flags |= O_APPEND;
  const result = attempt(kernel, request, (task) => move(kernel, task, request, data, direction, offset));
  file.flags = (file.flags & ~(O_NONBLOCK | O_APPEND)) | (saved & (O_NONBLOCK | O_APPEND));
  if (result === WAITS) return result;
  if (result === -ERRNO.EAGAIN && file.canPoll && !(data.flags & RWF.NOWAIT)) {
    const queues = file.pollQueues(direction === 'read' ? POLL.IN : POLL.OUT, request.task);
    return waitFor(kernel, request, queues, `${file.describe()} to be ${direction === 'read' ? 'readable' : 'writable'}`);
  }
  const wanted = data.segments.reduce((sum, segment) => sum + segment.length, 0);
  if (result >= 0 && result < wanted) request.failed = true;
  return result;
}

/** Where in the file: null for its own position, which is all that pipes and sockets have. -EINVAL for a negative offset. */
function position(file: FileDescription, offset: bigint): number | null {
  if (offset === AT_POSITION || !file.entry || file instanceof PipeFile) return null;
  const signed = BigInt.asIntN(64, offset);
  return signed < 0n ? -ERRNO.EINVAL : Math.min(Number(signed), 2 ** 53);
}

function move(kernel: Kernel, task: Task, request: Request, data: Transfer, direction: Direction, offset: number | null): SyscallResult {
  const file = request.file!;
  const segments = data.segments as readonly Segment[];
  if (data.buffer < 0) return transfer(kernel, task, file, direction, segments, offset);
  const buffer = request.ring.buffers?.[data.buffer]?.resource;
  const { address, length } = segments[0]!;
  if (!buffer?.contains(address, length)) return -ERRNO.EFAULT;
  const result =
    direction === 'read'
      ? file.read(kernel, task, new FixedSink(buffer, address, length), offset)
      : file.write(kernel, task, new FixedSource(buffer, address, length, partialDone(task)), offset);
  if (typeof result === 'number') {
    chargeCopy(kernel, result);
    notifyTransfer(file, direction, result);
  }
  return result;
}

/** What Linux takes from a privileged task: class 0 without a level, real time and best effort with one of eight, idle. */
function isPriority(ioprio: number): boolean {
  const [kind, level] = [ioprio >> 13, ioprio & 0x1fff];
  return kind === 0 ? level === 0 : kind === 3 || (kind < 3 && level < 8);
}

function row(name: OperationName, direction: Direction, prepare: (sqe: Sqe, preparation: Preparation) => Transfer | number): Operation {
  return operation<Transfer>({
    name,
    needsFile: true,
    ioprio: true,
    prepare: (sqe, preparation) => (isPriority(sqe.ioprio) ? prepare(sqe, preparation) : -ERRNO.EINVAL),
    issue: (kernel, request, data) => issue(kernel, request, data, direction),
  });
}

export const READ_WRITE: readonly Operation[] = [
  row('READ', 'read', prepareSingle),
  row('WRITE', 'write', prepareSingle),
  row('READV', 'read', prepareVector),
  row('WRITEV', 'write', prepareVector),
  row('READ_FIXED', 'read', prepareFixed),
  row('WRITE_FIXED', 'write', prepareFixed),
];
