// IORING_REGISTER_QUERY: what this kernel's rings can do, without trying (include/uapi/linux/io_uring/query.h).

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Task } from '../../kernel/task/task.ts';
import { OP_LAST } from '../abi/opcodes.ts';
import { REGISTER_LAST } from '../abi/register.ts';
import { HEADS } from '../abi/ring-layout.ts';
import { ENTER_KNOWN, FEATURES, SETUP_KNOWN } from '../abi/setup.ts';
import { SQE_FLAGS_KNOWN } from '../abi/sqe.ts';

const HEADER_BYTES = 40;
const MOST = 1000;
const LARGEST = 4096;
const ANSWERS: Readonly<Record<number, () => Uint8Array>> = { 0: operations, 2: rings };
const QUERIES = 3;

/** A chain of struct io_uring_query_hdr. */
export function query(task: Task, address: number, count: number): number {
  if (count !== 0) return -ERRNO.EINVAL;
  let at = address;
  for (let i = 0; at !== 0; i++) {
    if (i === MOST) return -ERRNO.ERANGE;
    const next = answerOne(task, at);
    if (next < 0) return next;
    at = next;
  }
  return 0;
}

/** Where the next header is, 0 at the end. */
function answerOne(task: Task, at: number): number {
  const { user } = task.mm;
  const header = user.copyIn(at, HEADER_BYTES);
  if (!header) return -ERRNO.EFAULT;
  const view = new DataView(header.buffer);
  const data = Number(view.getBigUint64(8, true));
  const size = view.getUint32(20, true);
  const answer = ANSWERS[view.getUint32(16, true)];
  let result = 0;
  if (header.subarray(28).some((byte) => byte !== 0) || view.getInt32(24, true) !== 0 || size === 0) result = -ERRNO.EINVAL;
  else if (!answer) result = -ERRNO.EOPNOTSUPP;
  else {
    const given = user.copyIn(data, Math.min(size, LARGEST));
    if (!given) return -ERRNO.EFAULT;
    const bytes = answer();
    if (!user.copyOut(data, bytes.subarray(0, Math.min(size, bytes.length)))) return -ERRNO.EFAULT;
    view.setUint32(20, Math.min(size, bytes.length), true);
  }
  view.setInt32(24, result, true);
  return user.copyOut(at, header) ? Number(view.getBigUint64(0, true)) : -ERRNO.EFAULT;
}

/** struct io_uring_query_opcode. */
function operations(): Uint8Array {
  const view = new DataView(new ArrayBuffer(48));
  view.setUint32(0, OP_LAST, true);
  view.setUint32(4, REGISTER_LAST, true);
  [FEATURES, SETUP_KNOWN, ENTER_KNOWN, SQE_FLAGS_KNOWN].forEach((mask, i) => view.setBigUint64(8 + i * 8, BigInt(mask), true));
  view.setUint32(40, QUERIES, true);
  return new Uint8Array(view.buffer);
}

/** struct io_uring_query_scq. */
function rings(): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt(HEADS.CQES), 64n).buffer);
}
