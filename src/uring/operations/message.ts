// MSG_RING: a completion, or a registered file, for another ring.

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Task } from '../../kernel/task/task.ts';
import { OP } from '../abi/opcodes.ts';
import { Sqe } from '../abi/sqe.ts';
import { postCompletion } from '../completions.ts';
import { fixedFile, installFixed } from '../files.ts';
import { RingFile } from '../ring-file.ts';
import type { Ring } from '../ring.ts';
import type { Uring } from '../uring.ts';
import { operation } from './row.ts';

const COMMAND = { DATA: 0n, SEND_FD: 1n } as const;
const FLAG = { CQE_SKIP: 1, FLAGS_PASS: 2 } as const;
const SQE_BYTES = 64;

interface Message {
  readonly command: bigint;
  readonly userData: bigint;
  readonly result: number;
  readonly flags: number;
  readonly sourceSlot: number;
  /** Slot of the target plus one, or the completion's flags. */
  readonly target: number;
}

function prepare(sqe: Sqe): Message | number {
  if (sqe.bufferIndex !== 0 || sqe.personality !== 0) return -ERRNO.EINVAL;
  const flags = sqe.operationFlags;
  if (flags & ~(FLAG.CQE_SKIP | FLAG.FLAGS_PASS)) return -ERRNO.EINVAL;
  return {
    command: sqe.addr,
    userData: sqe.offset,
    result: sqe.len | 0,
    flags,
    sourceSlot: Number(sqe.addr3 & 0xffff_ffffn),
    target: sqe.fileIndex,
  };
}

export const MSG_RING = operation<Message>({
  name: 'MSG_RING',
  needsFile: true,
  iopoll: true,
  prepare,
  issue: (kernel, request, message) => {
    const { file, ring } = request;
    if (!(file instanceof RingFile)) return -ERRNO.EBADFD;
    if (message.command === COMMAND.DATA) return sendData(kernel, file.ring, message);
    return message.command === COMMAND.SEND_FD ? sendFile(kernel, ring, file.ring, message) : -ERRNO.EINVAL;
  },
});

function sendData(kernel: Kernel, to: Ring, { userData, result, flags, sourceSlot, target }: Message): number {
  const passes = (flags & FLAG.FLAGS_PASS) !== 0;
  if (sourceSlot !== 0 || flags & ~FLAG.FLAGS_PASS || (!passes && target !== 0)) return -ERRNO.EINVAL;
  if (to.disabled) return -ERRNO.EBADFD;
  postCompletion(kernel, to, 0, { userData, result, cqeFlags: passes ? target : 0, cqeExtra: null });
  return 0;
}

function sendFile(kernel: Kernel, from: Ring, to: Ring, { userData, result, flags, sourceSlot, target }: Message): number {
  if (result !== 0 || to === from) return -ERRNO.EINVAL;
  if (to.disabled) return -ERRNO.EBADFD;
  const file = fixedFile(from, sourceSlot);
  if (!file) return -ERRNO.EBADF;
  file.references++;
  const slot = installFixed(kernel, to, file, target);
  if (slot >= 0 && !(flags & FLAG.CQE_SKIP)) postCompletion(kernel, to, 0, { userData, result: slot, cqeFlags: 0, cqeExtra: null });
  return slot;
}

/** IORING_REGISTER_SEND_MSG_RING: by an entry in memory, without a ring of one's own. */
export function sendMessageBlindly(kernel: Kernel, _uring: Uring, task: Task, address: number, count: number): number {
  if (address === 0 || count !== 1) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(address, SQE_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const sqe = new Sqe(new DataView(raw.buffer));
  if (sqe.flags !== 0 || sqe.opcode !== OP.MSG_RING) return -ERRNO.EINVAL;
  const message = prepare(sqe);
  if (typeof message === 'number') return message;
  if (message.command !== COMMAND.DATA) return -ERRNO.EINVAL;
  const file = task.files.get(sqe.fd);
  if (!file) return -ERRNO.EBADF;
  return file instanceof RingFile ? sendData(kernel, file.ring, message) : -ERRNO.EBADFD;
}
