// Operations on names, sizes, attributes and advice: each is the system call of its name.

import { ERRNO } from '../../kernel/abi/errno.ts';
import { SQE_FLAG, type Sqe } from '../abi/sqe.ts';
import { type ArgumentsOf, call, FILE } from './call.ts';
import type { Operation, Preparation } from './row.ts';

const XATTR_NAME_MAX = 256;
const XATTR_SIZE_MAX = 65_536;

/** Fields that must be zero; entries about names take no registered file. */
function isClean(sqe: Sqe, { request }: Preparation, ...others: (number | bigint)[]): number {
  if (sqe.bufferIndex !== 0 || others.some((value) => BigInt(value) !== 0n)) return -ERRNO.EINVAL;
  return request.flags & SQE_FLAG.FIXED_FILE ? -ERRNO.EBADF : 0;
}

/** Of calls that go from one name to another. */
const twoNames: ArgumentsOf = (sqe, lent, preparation) =>
  isClean(sqe, preparation, sqe.fileIndex) || [
    sqe.fd,
    lent.string(sqe.address),
    sqe.len,
    lent.string(Number(sqe.offset)),
    sqe.operationFlags,
  ];

export const FILE_SYSTEM_OPERATIONS: readonly Operation[] = [
  call({
    name: 'RENAMEAT',
    number: 316,
    onWorker: true,
    arguments: twoNames,
  }),
  call({
    name: 'UNLINKAT',
    number: 263,
    onWorker: true,
    arguments: (sqe, lent, preparation) =>
      isClean(sqe, preparation, sqe.offset, sqe.len, sqe.fileIndex) || [sqe.fd, lent.string(sqe.address), sqe.operationFlags],
  }),
  call({
    name: 'MKDIRAT',
    number: 258,
    onWorker: true,
    arguments: (sqe, lent, preparation) =>
      isClean(sqe, preparation, sqe.offset, sqe.operationFlags, sqe.fileIndex) || [sqe.fd, lent.string(sqe.address), sqe.len],
  }),
  call({
    name: 'SYMLINKAT',
    number: 266,
    onWorker: true,
    arguments: (sqe, lent, preparation) =>
      isClean(sqe, preparation, sqe.len, sqe.operationFlags, sqe.fileIndex) || [
        lent.string(sqe.address),
        sqe.fd,
        lent.string(Number(sqe.offset)),
      ],
  }),
  call({
    name: 'LINKAT',
    number: 265,
    onWorker: true,
    arguments: twoNames,
  }),
  call({
    name: 'STATX',
    number: 332,
    onWorker: true,
    arguments: (sqe, lent, preparation) =>
      isClean(sqe, preparation, sqe.fileIndex) || [sqe.fd, lent.string(sqe.address), sqe.operationFlags, sqe.len, sqe.offset],
  }),
  call({
    name: 'FALLOCATE',
    number: 285,
    needsFile: true,
    onWorker: true,
    arguments: (sqe) =>
      sqe.bufferIndex !== 0 || sqe.operationFlags !== 0 || sqe.fileIndex !== 0 ? -ERRNO.EINVAL : [FILE, sqe.len, sqe.offset, sqe.addr],
  }),
  call({
    name: 'FTRUNCATE',
    number: 77,
    needsFile: true,
    onWorker: true,
    arguments: (sqe) =>
      sqe.operationFlags !== 0 || sqe.addr !== 0n || sqe.len !== 0 || sqe.bufferIndex !== 0 || sqe.fileIndex !== 0 || sqe.addr3 !== 0n
        ? -ERRNO.EINVAL
        : [FILE, sqe.offset],
  }),
  call({
    name: 'SYNC_FILE_RANGE',
    number: 277,
    needsFile: true,
    onWorker: true,
    arguments: (sqe) =>
      sqe.addr !== 0n || sqe.bufferIndex !== 0 || sqe.fileIndex !== 0 ? -ERRNO.EINVAL : [FILE, sqe.offset, sqe.len, sqe.operationFlags],
  }),
  // The length is where there is room for 64 bits of it, or else where there was first room for 32.
  call({
    name: 'FADVISE',
    number: 221,
    needsFile: true,
    arguments: (sqe) =>
      sqe.bufferIndex !== 0 || sqe.fileIndex !== 0
        ? -ERRNO.EINVAL
        : [FILE, sqe.offset, sqe.addr !== 0n ? sqe.addr : sqe.len, sqe.operationFlags],
  }),
  call({
    name: 'MADVISE',
    number: 28,
    onWorker: true,
    arguments: (sqe) =>
      sqe.bufferIndex !== 0 || sqe.fileIndex !== 0
        ? -ERRNO.EINVAL
        : [sqe.addr, sqe.offset !== 0n ? sqe.offset : sqe.len, sqe.operationFlags],
  }),
  call({
    name: 'FSETXATTR',
    number: 190,
    needsFile: true,
    onWorker: true,
    arguments: (sqe, lent) => [FILE, lent.string(sqe.address, XATTR_NAME_MAX), ...attribute(sqe, lent)],
  }),
  call({
    name: 'SETXATTR',
    number: 188,
    onWorker: true,
    arguments: (sqe, lent, { request }) =>
      request.flags & SQE_FLAG.FIXED_FILE
        ? -ERRNO.EBADF
        : [lent.string(Number(sqe.addr3)), lent.string(sqe.address, XATTR_NAME_MAX), ...attribute(sqe, lent)],
  }),
  call({
    name: 'FGETXATTR',
    number: 193,
    needsFile: true,
    onWorker: true,
    arguments: (sqe, lent) =>
      sqe.operationFlags !== 0 ? -ERRNO.EINVAL : [FILE, lent.string(sqe.address, XATTR_NAME_MAX), sqe.offset, sqe.len],
  }),
  call({
    name: 'GETXATTR',
    number: 191,
    onWorker: true,
    arguments: (sqe, lent, { request }) => {
      if (request.flags & SQE_FLAG.FIXED_FILE) return -ERRNO.EBADF;
      if (sqe.operationFlags !== 0) return -ERRNO.EINVAL;
      return [lent.string(Number(sqe.addr3)), lent.string(sqe.address, XATTR_NAME_MAX), sqe.offset, sqe.len];
    },
  }),
];

/** Value, size and flags of an attribute that is set; a size beyond the limit is the call's to refuse. */
function attribute(sqe: Sqe, lent: { bytes(address: number, length: number): number }): (number | bigint)[] {
  const value = sqe.len > XATTR_SIZE_MAX ? 0 : lent.bytes(Number(sqe.offset), sqe.len);
  return [value, sqe.len, sqe.operationFlags];
}
