// SEND, RECV, SENDMSG, RECVMSG and the zero-copy forms. Tried without waiting; short streams go on where MSG_WAITALL asks for it;
// several messages for one entry (multishot), several buffers for one message (bundles).

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { LENT_ADDRESS } from '../../kernel/mm/user-memory.ts';
import { AF_UNIX, SOCK_STREAM } from '../../kernel/abi/socket.ts';
import { Socket } from '../../kernel/net/socket.ts';
import { GivenArguments } from '../../kernel/syscalls/arguments.ts';
import { POLL } from '../../kernel/vfs/file.ts';
import type { Segment } from '../../kernel/vfs/user-memory.ts';
import { OP, type OperationName } from '../abi/opcodes.ts';
import { CQE_FLAG, SQE_FLAG, type Sqe } from '../abi/sqe.ts';
import { giveBack, selectBuffers, useBuffers } from '../buffers/select.ts';
import { postCompletion, postMore } from '../completions.ts';
import { LentArguments } from '../lent-arguments.ts';
import type { Request } from '../request.ts';
import { type IssueResult, WAITS, whenReady } from '../waiting.ts';
import { addWork } from '../work-queue.ts';
import { FILE } from './call.ts';
import { operation, type Operation, type Preparation } from './row.ts';

const CALL = { sendmsg: 46, recvmsg: 47 } as const;
const FLAG = { POLL_FIRST: 1, MULTISHOT: 2, FIXED_BUF: 4, REPORT_USAGE: 8, BUNDLE: 16 } as const;
const MSG = { DONTWAIT: 0x40, WAITALL: 0x100, NOSIGNAL: 0x4000, TRUNC: 0x20, ERRQUEUE: 0x2000 } as const;
const NOTIFIED_COPIED = 0x8000_0000 | 0;
const HEADER_BYTES = 56;
const MOST_SEGMENTS = 1024;
const MOST_IN_A_TURN = 32;
/** struct io_uring_recvmsg_out. */
const OUT_BYTES = 16;

/** struct msghdr, taken apart. */
interface Message {
  readonly name: bigint;
  readonly nameLength: number;
  readonly segments: readonly Segment[];
  readonly control: bigint;
  readonly controlLength: bigint;
  /** Where the header itself is, for what recvmsg writes back; 0 without one. */
  readonly header: number;
}

interface Transfer {
  readonly message: Message;
  readonly flags: number;
  readonly ioprio: number;
  /** Of RECV: at most so many bytes of a multishot in one completion; 0: as the buffer is. */
  readonly length: number;
  /** Of a multishot RECV: bytes that end it, 0 without; and those so far. */
  readonly limit: number;
  received: number;
}

type Direction = 'send' | 'receive';

const NOTHING: Omit<Message, 'segments'> = { name: 0n, nameLength: 0, control: 0n, controlLength: 0n, header: 0 };

function prepareSingle(direction: Direction, zeroCopy: boolean) {
  return (sqe: Sqe, { request }: Preparation): Transfer | number => {
    const wrong = checkFlags(sqe, request, direction, zeroCopy);
    if (wrong < 0) return wrong;
    const target = direction === 'send' ? targetOf(sqe, request) : NOTHING;
    if (typeof target === 'number') return target;
    const segments = [{ address: sqe.address, length: sqe.len }];
    return {
      message: { ...target, segments },
      flags: sqe.operationFlags,
      ioprio: sqe.ioprio,
      length: sqe.len,
      limit: direction === 'receive' ? sqe.fileIndex : 0,
      received: 0,
    };
  };
}

/** Of SEND: the address in addr2, its length in the lower half of the word of the file index. */
function targetOf(sqe: Sqe, request: Request): Omit<Message, 'segments'> | number {
  const length = sqe.fileIndex & 0xffff;
  if (sqe.offset === 0n || length === 0) return NOTHING;
  const lent = new LentArguments(request);
  const name = BigInt(lent.bytes(Number(sqe.offset), length));
  if (lent.error < 0) return lent.error;
  lent.store();
  return { ...NOTHING, name, nameLength: length };
}

function checkFlags(sqe: Sqe, request: Request, direction: Direction, zeroCopy: boolean): number {
  const known =
    FLAG.POLL_FIRST |
    FLAG.BUNDLE |
    (direction === 'receive' ? FLAG.MULTISHOT : zeroCopy ? FLAG.FIXED_BUF | FLAG.REPORT_USAGE : FLAG.FIXED_BUF);
  if (sqe.ioprio & ~known) return -ERRNO.EINVAL;
  const selects = (request.flags & SQE_FLAG.BUFFER_SELECT) !== 0;
  if (sqe.ioprio & FLAG.BUNDLE && (zeroCopy || !selects || sqe.opcode === OP.SENDMSG || sqe.opcode === OP.RECVMSG)) return -ERRNO.EINVAL;
  if (direction === 'receive') {
    if (sqe.offset !== 0n || (sqe.fileIndex !== 0 && sqe.opcode === OP.RECVMSG)) return -ERRNO.EINVAL;
    if (sqe.ioprio & FLAG.MULTISHOT && (!selects || sqe.operationFlags & MSG.WAITALL)) return -ERRNO.EINVAL;
  }
  if (zeroCopy && request.flags & SQE_FLAG.CQE_SKIP_SUCCESS) return -ERRNO.EINVAL;
  return 0;
}

function prepareMessage(direction: Direction, zeroCopy: boolean) {
  return (sqe: Sqe, { request }: Preparation): Transfer | number => {
    const wrong = checkFlags(sqe, request, direction, zeroCopy);
    if (wrong < 0) return wrong;
    const { user } = request.task.mm;
    const raw = user.copyIn(sqe.address, HEADER_BYTES);
    if (!raw) return -ERRNO.EFAULT;
    const view = new DataView(raw.buffer);
    const selects = (request.flags & SQE_FLAG.BUFFER_SELECT) !== 0;
    const segments = readVector(request, Number(view.getBigUint64(16, true)), Number(view.getBigUint64(24, true)), selects);
    if (typeof segments === 'number') return segments;
    const nameLength = view.getInt32(8, true);
    if (nameLength < 0) return -ERRNO.EINVAL;
    const [name, control, controlLength] = [0, 32, 40].map((at) => view.getBigUint64(at, true)) as [bigint, bigint, bigint];
    const message = { name, nameLength, segments, control, controlLength, header: sqe.address };
    return {
      message,
      flags: sqe.operationFlags,
      ioprio: sqe.ioprio,
      length: selects ? (segments[0]?.length ?? 0) : 0,
      limit: 0,
      received: 0,
    };
  };
}

/** With a chosen buffer one piece at most counts, and of it the length alone. */
function readVector(request: Request, address: number, count: number, selects: boolean): readonly Segment[] | number {
  if (count > MOST_SEGMENTS) return -ERRNO.EMSGSIZE;
  if (selects && count > 1) return -ERRNO.EINVAL;
  const raw = request.task.mm.user.copyIn(address, count * 16);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  return Array.from({ length: count }, (_, i) => ({
    address: Number(view.getBigUint64(i * 16, true)),
    length: Number(view.getBigUint64(i * 16 + 8, true)),
  }));
}

/** A msghdr and its vector where the call finds them, behind what the request has lent already. */
function lend(request: Request, message: Message, segments: readonly Segment[]): { at: number; view: DataView } {
  const kept =
    message.name >= BigInt(LENT_ADDRESS) ? (request.lent?.subarray(0, message.nameLength) ?? new Uint8Array(0)) : new Uint8Array(0);
  const start = Math.ceil(kept.length / 8) * 8;
  const bytes = new Uint8Array(start + HEADER_BYTES + segments.length * 16);
  bytes.set(kept);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(start, message.name, true);
  view.setUint32(start + 8, message.nameLength, true);
  view.setBigUint64(start + 16, BigInt(LENT_ADDRESS + start + HEADER_BYTES), true);
  view.setBigUint64(start + 24, BigInt(segments.length), true);
  view.setBigUint64(start + 32, message.control, true);
  view.setBigUint64(start + 40, message.controlLength, true);
  segments.forEach(({ address, length }, i) => {
    view.setBigUint64(start + HEADER_BYTES + i * 16, BigInt(address), true);
    view.setBigUint64(start + HEADER_BYTES + i * 16 + 8, BigInt(length), true);
  });
  request.lent = bytes;
  return { at: LENT_ADDRESS + start, view: new DataView(bytes.buffer, start) };
}

const total = (segments: readonly Segment[]): number => segments.reduce((sum, { length }) => sum + length, 0);

/** What is left of `segments` behind `done` bytes. */
function rest(segments: readonly Segment[], done: number): Segment[] {
  let skip = done;
  return segments.flatMap(({ address, length }) => {
    const part = Math.min(skip, length);
    skip -= part;
    return length > part || length === 0 ? [{ address: address + part, length: length - part }] : [];
  });
}

/** One call of sendmsg or recvmsg over `segments`, gone on with where MSG_WAITALL wants all of a stream. */
function transfer(kernel: Kernel, request: Request, data: Transfer, direction: Direction, segments: readonly Segment[]): IssueResult {
  const { message, flags } = data;
  const handler = kernel.table.row(direction === 'send' ? CALL.sendmsg : CALL.recvmsg)!.handler!;
  const events = direction === 'send' ? POLL.OUT : flags & MSG.ERRQUEUE ? POLL.ERR : POLL.IN;
  const once = (flags & MSG.DONTWAIT) !== 0;
  const wantsAll = (flags & MSG.WAITALL) !== 0 && isStream(request);
  for (;;) {
    const left = rest(segments, request.transferred);
    const { at, view } = lend(request, message, left);
    const values = [FILE, at, (flags & ~MSG.WAITALL) | MSG.DONTWAIT | (direction === 'send' ? MSG.NOSIGNAL : 0)];
    const result = whenReady(kernel, request, events, once, (task) => handler(kernel, task, new GivenArguments(...values)));
    if (result === WAITS) return result;
    if (result > 0 && direction === 'receive' && message.header !== 0) writeBack(request, message, view);
    if (result <= 0) return finished(request, result);
    request.transferred += result;
    if (!wantsAll || request.transferred >= total(segments)) return finished(request, 0);
  }
}

function finished(request: Request, result: number): number {
  const { transferred } = request;
  request.transferred = 0;
  return transferred > 0 ? transferred : result;
}

function isStream(request: Request): boolean {
  return request.file instanceof Socket && request.file.type === SOCK_STREAM;
}

/** Lengths and flags that recvmsg answers with. */
function writeBack(request: Request, { header }: Message, view: DataView): void {
  const { user } = request.task.mm;
  user.write32(header + 8, view.getUint32(8, true));
  user.write64(header + 40, view.getBigUint64(40, true));
  user.write32(header + 48, view.getUint32(48, true));
}

function issueOnce(kernel: Kernel, request: Request, data: Transfer, direction: Direction): IssueResult {
  if (!(request.file instanceof Socket)) return -ERRNO.ENOTSOCK;
  const segments = choose(request, data);
  if (typeof segments === 'number') return segments;
  const result = transfer(kernel, request, data, direction, segments);
  if (result === WAITS) {
    if (request.transferred === 0) giveBack(request);
    return result;
  }
  const least = data.flags & MSG.WAITALL ? total(segments) : 0;
  request.failed = result < least || result < 0;
  request.cqeFlags = 0;
  if (result > 0 || (direction === 'send' && result === 0)) request.cqeFlags = useBuffers(request, result);
  else giveBack(request);
  if (direction === 'receive' && result > 0 && hasMore(kernel, request)) request.cqeFlags |= CQE_FLAG.SOCK_NONEMPTY;
  return result;
}

function hasMore(kernel: Kernel, { file }: Request): boolean {
  return (file!.poll(kernel) & POLL.IN) !== 0;
}

function choose(request: Request, data: Transfer): readonly Segment[] | number {
  if (request.selected) return request.selected.segments;
  if (!(request.flags & SQE_FLAG.BUFFER_SELECT)) return data.message.segments;
  const selected = selectBuffers(request, mostOf(data), (data.ioprio & FLAG.BUNDLE) !== 0);
  return typeof selected === 'number' ? selected : selected.segments;
}

/** Bytes that one completion may be about; 0: no limit but that of the buffers. */
function mostOf({ length, limit, received }: Transfer): number {
  if (limit === 0) return length;
  return length === 0 ? limit - received : Math.min(length, limit - received);
}

/** Receives until there is nothing, an end, an error, or no room for another completion; others have their turn in between, after a bundle as long as was asked for as well. */
function receiveOn(kernel: Kernel, request: Request, data: Transfer, one: () => IssueResult): IssueResult {
  if (!(data.ioprio & FLAG.MULTISHOT)) return one();
  for (let turn = 0; turn < MOST_IN_A_TURN; turn++) {
    const result = one();
    if (result === WAITS) return result;
    if (result <= 0) {
      request.failed = result < 0;
      return result;
    }
    data.received += result;
    if (data.limit > 0 && data.received >= data.limit) return result;
    if (!postMore(kernel, request, result, request.cqeFlags)) return result;
    request.failed = false;
    request.cqeFlags = 0;
    if (data.ioprio & FLAG.BUNDLE && data.length > 0 && result >= data.length) break;
  }
  addWork(kernel, request);
  return WAITS;
}

/** RECVMSG multishot: a header, the name, control messages and the payload, all in the chosen buffer. */
function receiveMessage(kernel: Kernel, request: Request, data: Transfer): IssueResult {
  if (!(data.ioprio & FLAG.MULTISHOT)) return issueOnce(kernel, request, data, 'receive');
  if (!(request.file instanceof Socket)) return -ERRNO.ENOTSOCK;
  const selected = selectBuffers(request, data.length);
  if (typeof selected === 'number') return selected;
  const { address, length } = selected.segments[0]!;
  const { nameLength, controlLength } = data.message;
  const head = OUT_BYTES + nameLength + Number(controlLength);
  if (length < head) {
    giveBack(request);
    return -ERRNO.EFAULT;
  }
  const message: Message = {
    ...data.message,
    name: nameLength > 0 ? BigInt(address + OUT_BYTES) : 0n,
    control: controlLength > 0n ? BigInt(address + OUT_BYTES + nameLength) : 0n,
    header: 0,
  };
  const payload = length - head;
  const flags = isStream(request) ? data.flags : data.flags | MSG.TRUNC;
  const result = transfer(kernel, request, { ...data, message, flags }, 'receive', [{ address: address + head, length: payload }]);
  if (result === WAITS || result <= 0) {
    giveBack(request);
    return result;
  }
  const answered = new DataView(request.lent!.buffer);
  const out = Uint32Array.of(answered.getUint32(8, true), Number(answered.getBigUint64(40, true)), result, answered.getUint32(48, true));
  if (!request.task.mm.user.copyOut(address, new Uint8Array(out.buffer))) return -ERRNO.EFAULT;
  const used = head + Math.min(result, payload);
  request.cqeFlags = useBuffers(request, used);
  if (hasMore(kernel, request)) request.cqeFlags |= CQE_FLAG.SOCK_NONEMPTY;
  return used;
}

/** The buffer is copied at once: the notification that it may be used again follows the completion directly. */
function sendCopied(kernel: Kernel, request: Request, data: Transfer): IssueResult {
  const isDomain = request.file instanceof Socket && request.file.domain === AF_UNIX;
  const result = isDomain ? -ERRNO.EOPNOTSUPP : issueOnce(kernel, request, data, 'send');
  if (result === WAITS) return result;
  const { ring, userData, number } = request;
  postCompletion(kernel, ring, number, { userData, result, cqeFlags: request.cqeFlags | CQE_FLAG.MORE, cqeExtra: null });
  request.cqeFlags = CQE_FLAG.NOTIF;
  return data.ioprio & FLAG.REPORT_USAGE ? NOTIFIED_COPIED : 0;
}

function row(
  name: OperationName,
  prepare: (sqe: Sqe, preparation: Preparation) => Transfer | number,
  issue: (kernel: Kernel, request: Request, data: Transfer) => IssueResult,
  selectsBuffers = true,
): Operation {
  return operation<Transfer>({ name, needsFile: true, ioprio: true, selectsBuffers, polls: true, prepare, issue });
}

export const TRANSFER_OPERATIONS: readonly Operation[] = [
  row('SEND', prepareSingle('send', false), (kernel, request, data) => issueOnce(kernel, request, data, 'send')),
  row('RECV', prepareSingle('receive', false), (kernel, request, data) =>
    receiveOn(kernel, request, data, () => issueOnce(kernel, request, data, 'receive')),
  ),
  row('SENDMSG', prepareMessage('send', false), (kernel, request, data) => issueOnce(kernel, request, data, 'send')),
  row('RECVMSG', prepareMessage('receive', false), (kernel, request, data) =>
    receiveOn(kernel, request, data, () => receiveMessage(kernel, request, data)),
  ),
  row('SEND_ZC', prepareSingle('send', true), sendCopied, false),
  row('SENDMSG_ZC', prepareMessage('send', true), sendCopied, false),
];
