// Every operation by opcode. Checked when it is built: each opcode has exactly one row.

import { ERRNO } from '../../kernel/abi/errno.ts';
import { OP, OP_LAST, type OperationName } from '../abi/opcodes.ts';
import { ASYNC_CANCEL } from './cancel.ts';
import { FILE_OPERATIONS } from './files.ts';
import { NOP } from './nop.ts';
import { POLL_OPERATIONS } from './poll.ts';
import { READ_WRITE } from './read-write.ts';
import { absent, type Operation } from './row.ts';
import { TIMEOUT_OPERATIONS } from './timeout.ts';

const ABSENT: readonly { readonly reason: string; readonly names: readonly OperationName[] }[] = [
  { reason: 'sockets by ring: not written yet', names: ['SENDMSG', 'RECVMSG', 'ACCEPT', 'CONNECT', 'SEND', 'RECV', 'SHUTDOWN', 'SOCKET'] },
  { reason: 'zero-copy sends: not written yet', names: ['SEND_ZC', 'SENDMSG_ZC'] },
  {
    reason: 'the file system by ring: not written yet',
    names: ['FALLOCATE', 'STATX', 'OPENAT2', 'RENAMEAT', 'UNLINKAT', 'MKDIRAT', 'SYMLINKAT', 'LINKAT', 'SYNC_FILE_RANGE'],
  },
  { reason: 'advice by ring: not written yet', names: ['FADVISE', 'MADVISE'] },
  { reason: 'splicing by ring: not written yet', names: ['SPLICE', 'TEE'] },
  { reason: 'buffers that the kernel chooses: not written yet', names: ['PROVIDE_BUFFERS', 'REMOVE_BUFFERS'] },
  { reason: 'tables and messages by ring: not written yet', names: ['FILES_UPDATE', 'EPOLL_CTL', 'MSG_RING'] },
  { reason: 'the file systems have no extended attributes', names: ['FSETXATTR', 'SETXATTR', 'FGETXATTR', 'GETXATTR'] },
  { reason: 'no device takes commands', names: ['URING_CMD'] },
];

/** As a kernel that was built without the operation answers. */
const ABSENT_ROWS = ABSENT.flatMap(({ reason, names }) => names.map((name) => absent(name, reason, ERRNO.EOPNOTSUPP)));

export const OPERATIONS: readonly Operation[] = build([
  NOP,
  ASYNC_CANCEL,
  ...READ_WRITE,
  ...FILE_OPERATIONS,
  ...POLL_OPERATIONS,
  ...TIMEOUT_OPERATIONS,
  ...ABSENT_ROWS,
]);

export function operationOf(opcode: number): Operation {
  return OPERATIONS[opcode]!;
}

export function build(rows: readonly Operation[]): Operation[] {
  const table: Operation[] = [];
  for (const row of rows) {
    const opcode = OP[row.name];
    if (table[opcode]) throw new Error(`two rows for IORING_OP_${row.name}`);
    table[opcode] = row;
  }
  for (let opcode = 0; opcode < OP_LAST; opcode++) if (!table[opcode]) throw new Error(`no row for opcode ${opcode}`);
  return table;
}
