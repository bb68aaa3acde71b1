// SPLICE, TEE: the other file is a descriptor, or a slot of the ring (SPLICE_F_FD_IN_FIXED).

import { ERRNO } from '../../kernel/abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { LENT_ADDRESS } from '../../kernel/mm/user-memory.ts';
import { fileOf } from '../../kernel/syscalls/file-arguments.ts';
import { dropReference } from '../../kernel/vfs/fd-table.ts';
import type { OperationName } from '../abi/opcodes.ts';
import type { Sqe } from '../abi/sqe.ts';
import { fixedFile } from '../files.ts';
import type { Request } from '../request.ts';
import type { IssueResult } from '../waiting.ts';
import { callFor, FILE } from './call.ts';
import { operation, type Operation } from './row.ts';

const FD_IN_FIXED = 0x8000_0000;
const FLAGS_KNOWN = 15;
const SPLICE = 275;
const TEE = 276;
const NO_OFFSET = 0xffff_ffff_ffff_ffffn;

interface Move {
  readonly from: number;
  readonly fromFixed: boolean;
  readonly fromOffset: bigint;
  readonly toOffset: bigint;
  readonly length: number;
  readonly flags: number;
}

function prepare(sqe: Sqe): Move | number {
  const fromFixed = (sqe.operationFlags & FD_IN_FIXED) !== 0;
  const flags = sqe.operationFlags & ~FD_IN_FIXED;
  if (flags & ~FLAGS_KNOWN) return -ERRNO.EINVAL;
  return { from: sqe.fileIndex | 0, fromFixed, fromOffset: sqe.addr, toOffset: sqe.offset, length: sqe.len, flags };
}

/** The source has a descriptor for the length of the call: the one thing that a call can be lent is the request's own file. */
function withSource(kernel: Kernel, request: Request, move: Move, body: (fd: number) => IssueResult): IssueResult {
  const { task, ring } = request;
  if (!move.fromFixed) return fileOf(task, move.from) ? body(move.from) : -ERRNO.EBADF;
  const file = fixedFile(ring, move.from);
  if (!file) return -ERRNO.EBADF;
  file.references++;
  const fd = task.files.allocate(file, true);
  if (fd < 0) {
    dropReference(kernel, file);
    return fd;
  }
  const result = body(fd);
  task.files.close(kernel, fd);
  return result;
}

/** Offsets are in memory for the call. */
function lendOffsets(request: Request, { fromOffset, toOffset }: Move): readonly [number | bigint, number | bigint] {
  request.lent = new Uint8Array(BigUint64Array.of(fromOffset, toOffset).buffer);
  return [fromOffset === NO_OFFSET ? 0 : LENT_ADDRESS, toOffset === NO_OFFSET ? 0 : LENT_ADDRESS + 8];
}

function row(
  name: OperationName,
  issue: (kernel: Kernel, request: Request, move: Move, from: number) => IssueResult,
  takes: (move: Move) => boolean,
): Operation {
  return operation<Move>({
    name,
    needsFile: true,
    unbounded: true,
    prepare: (sqe, { request }) => {
      const move = prepare(sqe);
      if (typeof move === 'number') return move;
      if (!takes(move)) return -ERRNO.EINVAL;
      request.onWorker = true;
      return move;
    },
    issue: (kernel, request, move) => {
      const result = withSource(kernel, request, move, (fd) => (move.length === 0 ? 0 : issue(kernel, request, move, fd)));
      if (typeof result === 'number' && result !== move.length) request.failed = true;
      return result;
    },
  });
}

export const SPLICE_OPERATIONS: readonly Operation[] = [
  row(
    'SPLICE',
    (kernel, request, move, from) => {
      const [fromAt, toAt] = lendOffsets(request, move);
      return callFor(kernel, request, SPLICE, [from, fromAt, FILE, toAt, move.length, move.flags]);
    },
    () => true,
  ),
  row(
    'TEE',
    (kernel, request, move, from) => callFor(kernel, request, TEE, [from, FILE, move.length, move.flags]),
    ({ fromOffset, toOffset }) => fromOffset === 0n && toOffset === 0n,
  ),
];
