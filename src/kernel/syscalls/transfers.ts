// Bytes from file to file: sendfile, copy_file_range, splice, tee, vmsplice.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { ERRNO } from '../abi/errno.ts';
import { O_APPEND, O_NONBLOCK } from '../abi/fcntl.ts';
import { RegularFile } from '../fs/regular-file.ts';
import { SOCK_STREAM } from '../abi/socket.ts';
import type { Pipe } from '../ipc/pipe.ts';
import { PipeFile } from '../ipc/pipe-file.ts';
import type { Kernel } from '../kernel.ts';
import { Socket } from '../net/socket.ts';
import type { Task } from '../task/task.ts';
import { BufferSink, BufferSource } from '../vfs/byte-streams.ts';
import type { FileDescription } from '../vfs/file.ts';
import { notifyTransfer } from '../vfs/notify.ts';
import { partialDone } from '../vfs/partial.ts';
import { raiseSigpipe } from '../vfs/sigpipe.ts';
import { chargeCached } from '../vfs/transfer-cost.ts';
import { chargeCopy, lengthOf, MAX_RW_COUNT, readSegments, type Segment, UserSink, UserSource } from '../vfs/user-memory.ts';
import { canRead, canWrite, fileOf } from './file-arguments.ts';
import { endsBeyond } from './files.ts';
import { BLOCKED, type SyscallArguments, type SyscallResult, type SyscallRow } from './row.ts';

const SPLICE_F_NONBLOCK = 2;
const SPLICE_FLAGS = 0xf;
/** Moved at a time. */
const CHUNK = 65536;

/** An offset argument by address: null for the file's own position; -EFAULT. */
function readOffset(task: Task, address: number): { offset: bigint } | null | number {
  if (address === 0) return null;
  const value = task.mm.user.read64(address);
  return value === null ? -ERRNO.EFAULT : { offset: BigInt.asIntN(64, value) };
}

/** -EINVAL for a length or offset below 0, or an end beyond the largest offset (rw_verify_area). */
function verifyRange(given: { offset: bigint } | null, length: number): number {
  if (length < 0) return -ERRNO.EINVAL;
  return given && (given.offset < 0n || endsBeyond(given.offset, length)) ? -ERRNO.EINVAL : 0;
}

function numberOf(given: { offset: bigint } | null): number | null {
  return given && Number(given.offset);
}

/** Where an end of a transfer is: an offset that is given and told back, or the file's position. */
class Place {
  private readonly task: Task;
  private readonly address: number;
  offset: number | null;

  constructor(task: Task, address: number, offset: number | null) {
    this.task = task;
    this.address = address;
    this.offset = offset;
  }

  advance(count: number): void {
    if (this.offset !== null) this.offset += count;
  }

  /** Writes the offset back where the caller gave one. */
  store(): boolean {
    return this.offset === null || this.task.mm.user.write64(this.address, this.offset);
  }
}

/** Reads from a file that does not wait and writes until `count`, the end, or a short write. Bytes, -errno, BLOCKED. */
function pump(
  kernel: Kernel,
  task: Task,
  from: FileDescription,
  source: Place,
  to: FileDescription,
  target: Place,
  count: number,
): SyscallResult {
  const waits = from.before(kernel, task, 'read', count, source.offset);
  if (waits !== null) return waits;
  let done = 0;
  while (done < count) {
    const sink = new BufferSink(Math.min(CHUNK, count - done));
    const got = from.read(kernel, task, sink, source.offset ?? from.position);
    if (typeof got !== 'number' || got <= 0) return done > 0 ? done : got;
    const before = task.progress;
    const written = to.write(kernel, task, new BufferSource(sink.bytes), target.offset);
    if (written === BLOCKED) return moved(task, from, source, partialDone(task), done, written);
    if (typeof written !== 'number' || written < 0) return done > 0 ? done : written;
    task.progress = before;
    source.advance(written);
    target.advance(written);
    if (source.offset === null) from.position += written;
    done += written;
    if (written < got) break;
  }
  return done;
}

/** The target waits in the middle: what it has taken is accounted for, and the call goes on from there. */
function moved(task: Task, from: FileDescription, source: Place, taken: number, done: number, result: SyscallResult): SyscallResult {
  const total = Number(task.progress?.['pumped'] ?? 0) + done + taken;
  source.advance(taken);
  if (source.offset === null) from.position += taken;
  task.progress = { pumped: total, ...(source.offset === null ? {} : { sourceOffset: source.offset }) };
  return result;
}

function sendfile(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const given = readOffset(task, args.number(2));
  if (typeof given === 'number') return given;
  const from = fileOf(task, args.i32(1));
  if (!from || !canRead(from)) return -ERRNO.EBADF;
  if (given && !from.takesOffsets) return -ERRNO.ESPIPE;
  const outside = verifyRange(given, args.i64(3));
  if (outside < 0) return outside;
  const to = fileOf(task, args.i32(0));
  if (!to || !canWrite(to)) return -ERRNO.EBADF;
  if (to.flags & O_APPEND) return -ERRNO.EINVAL;
  if (args.number(3) === 0) return 0;
  if (!from.takesOffsets || !from.splices('from') || !to.splices('to')) return -ERRNO.EINVAL;
  const before = Number(task.progress?.['pumped'] ?? 0);
  if (to instanceof PipeFile && before === 0 && from.inode?.isRegular) return sendToPipe(kernel, task, args, from, given, to);
  const count = Math.min(args.number(3), MAX_RW_COUNT) - before;
  const at = task.progress?.['sourceOffset'];
  const source = new Place(task, args.number(2), given === null ? null : at === undefined ? numberOf(given) : Number(at));
  const result = pump(kernel, task, from, source, to, new Place(task, 0, null), count);
  if (result === BLOCKED) return result;
  if (!source.store()) return -ERRNO.EFAULT;
  const sum = typeof result === 'number' && result >= 0 ? result + before : before > 0 ? before : result;
  if (typeof sum === 'number') chargeCopy(kernel, sum);
  return announce(kernel, from, to, sum);
}

/** To a pipe it is a splice: pages into slots, as many as there is room for. */
function sendToPipe(
  kernel: Kernel,
  task: Task,
  args: SyscallArguments,
  from: FileDescription,
  given: { readonly offset: bigint } | null,
  to: PipeFile,
): SyscallResult {
  const source = new Place(task, args.number(2), numberOf(given));
  return announce(kernel, from, to, spliceIn(kernel, task, from, source, to, Math.min(args.number(3), MAX_RW_COUNT), 0));
}

function copyFileRange(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const from = fileOf(task, args.i32(0));
  const to = fileOf(task, args.i32(2));
  if (!from || !to) return -ERRNO.EBADF;
  const [sourceGiven, targetGiven] = [readOffset(task, args.number(1)), readOffset(task, args.number(3))];
  if (typeof sourceGiven === 'number') return sourceGiven;
  if (typeof targetGiven === 'number') return targetGiven;
  if (args.u32(5) !== 0) return -ERRNO.EINVAL;
  if (from.inode?.isDirectory || to.inode?.isDirectory) return -ERRNO.EISDIR;
  if (!from.inode?.isRegular || !to.inode?.isRegular) return -ERRNO.EINVAL;
  if (!canRead(from) || !canWrite(to) || to.flags & O_APPEND) return -ERRNO.EBADF;
  if (from.inode.fileSystem !== to.inode.fileSystem) return -ERRNO.EXDEV;
  if (!(from instanceof RegularFile) || !(to instanceof RegularFile)) return -ERRNO.EINVAL;
  const length = args.u64(4);
  if ([sourceGiven, targetGiven].some((given) => given && wraps(given.offset, length))) return -ERRNO.EOVERFLOW;
  const count = Math.min(args.number(4), MAX_RW_COUNT);
  const outside = verifyRange(sourceGiven, 0) || verifyRange(targetGiven, 0);
  if (outside < 0) return outside;
  const source = new Place(task, args.number(1), numberOf(sourceGiven));
  const target = new Place(task, args.number(3), numberOf(targetGiven));
  const [start, into] = [source.offset ?? from.position, target.offset ?? to.position];
  if (from.inode === to.inode && start < into + count && into < start + count) return -ERRNO.EINVAL;
  const result = pump(kernel, task, from, source, to, target, count);
  if (!source.store() || !target.store()) return -ERRNO.EFAULT;
  if (typeof result === 'number') chargeCopy(kernel, result);
  return announce(kernel, from, to, result);
}

/** Bytes have gone from file to file: pages of the page cache cost what they cost, watches of both hear of it. */
function announce(kernel: Kernel, from: FileDescription, to: FileDescription, result: SyscallResult): SyscallResult {
  if (typeof result !== 'number') return result;
  for (const { inode } of [from, to]) chargeCached(kernel, inode, result);
  notifyTransfer(from, 'read', result);
  notifyTransfer(to, 'write', result);
  return result;
}

/** Does offset + length pass 2^64? */
function wraps(offset: bigint, length: bigint): boolean {
  return BigInt.asUintN(64, offset) + length > 0xffff_ffff_ffff_ffffn;
}

function splice(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const length = args.i64(4);
  if (length === 0) return 0;
  const flags = args.u32(5);
  if (flags & ~SPLICE_FLAGS) return -ERRNO.EINVAL;
  const from = fileOf(task, args.i32(0));
  const to = fileOf(task, args.i32(2));
  if (!from || !to) return -ERRNO.EBADF;
  const fromPipe = from instanceof PipeFile;
  const toPipe = to instanceof PipeFile;
  if ((fromPipe && args.number(1) !== 0) || (toPipe && args.number(3) !== 0)) return -ERRNO.ESPIPE;
  const [sourceGiven, targetGiven] = [readOffset(task, args.number(1)), readOffset(task, args.number(3))];
  if (typeof sourceGiven === 'number') return sourceGiven;
  if (typeof targetGiven === 'number') return targetGiven;
  if (!canRead(from) || !canWrite(to)) return -ERRNO.EBADF;
  const count = Math.min(args.number(4), MAX_RW_COUNT);
  if (fromPipe && toPipe) return from.pipe === to.pipe ? -ERRNO.EINVAL : spliceBetween(kernel, task, from, to, count, flags);
  if ((!fromPipe && sourceGiven && !from.takesOffsets) || (!toPipe && targetGiven && !to.takesOffsets)) return -ERRNO.EINVAL;
  if (fromPipe && to.flags & O_APPEND) return -ERRNO.EINVAL;
  const outside = verifyRange(sourceGiven ?? targetGiven, length);
  if (outside < 0) return outside;
  if (!from.splices('from') || !to.splices('to')) return -ERRNO.EINVAL;
  const source = new Place(task, args.number(1), numberOf(sourceGiven));
  const target = new Place(task, args.number(3), numberOf(targetGiven));
  if (fromPipe) return announce(kernel, from, to, spliceOut(kernel, task, from, to, target, count, flags));
  if (toPipe) return announce(kernel, from, to, spliceIn(kernel, task, from, source, to, count, flags));
  return -ERRNO.EINVAL;
}

/** Waits for data in a pipe: null when there is some or there can be none, else the call's result. */
function awaitData(kernel: Kernel, task: Task, from: PipeFile, flags: number): SyscallResult | null {
  if (!from.pipe.isEmpty || !from.pipe.hasWriters) return null;
  if (flags & SPLICE_F_NONBLOCK) return -ERRNO.EAGAIN;
  return kernel.block(task, { queues: [from.pipe.readable], waitingFor: `data in ${from.describe()}` });
}

/** Waits for room in a pipe: null when there is some, else the call's result. */
function awaitRoom(kernel: Kernel, task: Task, to: PipeFile, flags: number): SyscallResult | null {
  if (!to.pipe.hasReaders) return raiseSigpipe(kernel, task);
  if (!to.pipe.isFull) return null;
  if (flags & SPLICE_F_NONBLOCK) return -ERRNO.EAGAIN;
  return to.waitForRoom(kernel, task);
}

function spliceBetween(kernel: Kernel, task: Task, from: PipeFile, to: PipeFile, count: number, flags: number): SyscallResult {
  const waits = awaitEnds(kernel, task, from, to, flags);
  if (waits !== null) return waits;
  if (from.pipe.isEmpty) return 0;
  kernel.charge(kernel.hardware.costs.pipe_operation);
  return from.pipe.passTo(kernel, to.pipe, count, false);
}

/** Between two pipes O_NONBLOCK of either counts for both. */
function awaitEnds(kernel: Kernel, task: Task, from: PipeFile, to: PipeFile, flags: number): SyscallResult | null {
  const wanted = (from.flags | to.flags) & O_NONBLOCK ? flags | SPLICE_F_NONBLOCK : flags;
  return awaitData(kernel, task, from, wanted) ?? awaitRoom(kernel, task, to, wanted);
}

function spliceOut(
  kernel: Kernel,
  task: Task,
  from: PipeFile,
  to: FileDescription,
  target: Place,
  count: number,
  flags: number,
): SyscallResult {
  const waits = awaitData(kernel, task, from, flags);
  if (waits !== null) return waits;
  if (from.pipe.isEmpty) return 0;
  const data = from.pipe.peek(count);
  const written = to.write(kernel, task, new BufferSource(data), target.offset);
  if (written === BLOCKED) {
    from.pipe.take(kernel, new BufferSink(partialDone(task)));
    return written;
  }
  if (typeof written !== 'number' || written < 0) return written;
  from.pipe.take(kernel, new BufferSink(written));
  target.advance(written);
  chargeCopy(kernel, written);
  return target.store() ? written : -ERRNO.EFAULT;
}

function spliceIn(
  kernel: Kernel,
  task: Task,
  from: FileDescription,
  source: Place,
  to: PipeFile,
  count: number,
  flags: number,
): SyscallResult {
  const waits = awaitRoom(kernel, task, to, to.flags & O_NONBLOCK ? flags | SPLICE_F_NONBLOCK : flags);
  if (waits !== null) return waits;
  const moved = fillSlots(kernel, task, from, source, to.pipe, count, flags);
  if (typeof moved !== 'number' || moved <= 0) return moved;
  chargeCopy(kernel, moved);
  return source.store() ? moved : -ERRNO.EFAULT;
}

/** Pages of a file go into slots of their own, as far as there is room: a slot never crosses a page of the file. */
function fillSlots(
  kernel: Kernel,
  task: Task,
  from: FileDescription,
  source: Place,
  pipe: Pipe,
  count: number,
  flags: number,
): SyscallResult {
  // Only streams of sockets look at the flag: datagrams wait all the same.
  const asks = flags & SPLICE_F_NONBLOCK && from instanceof Socket && from.type === SOCK_STREAM;
  const isRegular = from.inode?.isRegular ?? false;
  const waits = from.before(kernel, task, 'read', Math.min(count, roomOf(pipe)), source.offset);
  if (waits !== null) return waits;
  let done = 0;
  while (done < count && !pipe.isFull) {
    const position = source.offset ?? from.position;
    const wanted = isRegular ? Math.min(count - done, PAGE_SIZE - (position % PAGE_SIZE)) : Math.min(count, roomOf(pipe));
    const sink = new BufferSink(wanted);
    const read = (): SyscallResult => from.read(kernel, task, sink, source.offset);
    const got = asks ? nonBlocking(from, read) : read();
    if (typeof got !== 'number' || got <= 0) {
      if (done === 0) return got;
      break;
    }
    for (let at = 0; at < got; at += PAGE_SIZE) pipe.push(sink.bytes.slice(at, at + PAGE_SIZE));
    source.advance(got);
    done += got;
    if (got < wanted || !isRegular) break;
  }
  if (done > 0) kernel.wake(pipe.readable);
  return done;
}

function roomOf(pipe: Pipe): number {
  return (pipe.capacity - pipe.slots.length) * PAGE_SIZE;
}

function nonBlocking(file: FileDescription, run: () => SyscallResult): SyscallResult {
  const saved = file.flags;
  file.flags |= O_NONBLOCK;
  const result = run();
  file.flags = saved;
  return result;
}

function tee(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(3);
  if (flags & ~SPLICE_FLAGS) return -ERRNO.EINVAL;
  const count = Math.min(args.number(2), MAX_RW_COUNT);
  if (count === 0) return 0;
  const from = fileOf(task, args.i32(0));
  const to = fileOf(task, args.i32(1));
  if (!from || !to || !canRead(from) || !canWrite(to)) return -ERRNO.EBADF;
  if (!(from instanceof PipeFile) || !(to instanceof PipeFile) || from.pipe === to.pipe) return -ERRNO.EINVAL;
  const waits = awaitEnds(kernel, task, from, to, flags);
  if (waits !== null) return waits;
  if (from.pipe.isEmpty) return 0;
  kernel.charge(kernel.hardware.costs.pipe_operation);
  return from.pipe.passTo(kernel, to.pipe, count, true);
}

/** To a pipe's writing end it writes, from a reading end it reads; pages are copied, never given away. */
function vmsplice(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const flags = args.u32(3);
  if (flags & ~SPLICE_FLAGS) return -ERRNO.EINVAL;
  const file = fileOf(task, args.i32(0));
  if (!file) return -ERRNO.EBADF;
  if (!canRead(file) && !canWrite(file)) return -ERRNO.EBADF;
  const segments = readSegments(task, args.number(1), args.i32(2));
  if (typeof segments === 'number') return segments;
  if (lengthOf(segments) === 0) return 0;
  if (!(file instanceof PipeFile)) return -ERRNO.EBADF;
  return file.writes ? vmspliceIn(kernel, task, file, segments, flags) : vmspliceOut(kernel, task, file, segments, flags);
}

/** Each page of memory is a slot; what does not fit stays behind. */
function vmspliceIn(kernel: Kernel, task: Task, file: PipeFile, segments: readonly Segment[], flags: number): SyscallResult {
  const source = new UserSource(task, segments);
  if (source.length === 0) return 0;
  const waits = awaitRoom(kernel, task, file, flags);
  if (waits !== null) return waits;
  const { pipe } = file;
  let done = 0;
  for (const { address, length } of segments)
    for (let at = address; at < address + length && !pipe.isFull; ) {
      const wanted = Math.min(address + length - at, PAGE_SIZE - (at % PAGE_SIZE));
      const data = source.take(wanted);
      if (data.length < wanted) return finishFill(kernel, pipe, done) || -ERRNO.EFAULT;
      pipe.push(data);
      at += wanted;
      done += wanted;
    }
  return finishFill(kernel, pipe, done);
}

function finishFill(kernel: Kernel, pipe: Pipe, done: number): number {
  if (done > 0) kernel.wake(pipe.readable);
  chargeCopy(kernel, done);
  return done;
}

function vmspliceOut(kernel: Kernel, task: Task, file: PipeFile, segments: readonly Segment[], flags: number): SyscallResult {
  const sink = new UserSink(task, segments);
  if (sink.length === 0) return 0;
  const waits = awaitData(kernel, task, file, flags);
  if (waits !== null) return waits;
  if (file.pipe.isEmpty) return 0;
  const done = file.pipe.take(kernel, sink);
  chargeCopy(kernel, done);
  return done;
}

export const transferRows: readonly SyscallRow[] = [
  { number: 40, name: 'sendfile', arguments: ['fd', 'fd', 'pointer', 'size'], handler: sendfile },
  { number: 275, name: 'splice', arguments: ['fd', 'pointer', 'fd', 'pointer', 'size', 'flags'], handler: splice },
  { number: 276, name: 'tee', arguments: ['fd', 'fd', 'size', 'flags'], handler: tee },
  {
    number: 278,
    name: 'vmsplice',
    arguments: ['fd', 'pointer', 'size', 'flags'],
    handler: vmsplice,
    deviation: 'pages are copied, also with SPLICE_F_GIFT',
  },
  { number: 326, name: 'copy_file_range', arguments: ['fd', 'pointer', 'fd', 'pointer', 'size', 'flags'], handler: copyFileRange },
];
