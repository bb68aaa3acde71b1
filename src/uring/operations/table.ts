// Every operation by opcode. Checked when it is built: each opcode has exactly one row.

import { ERRNO } from '../../kernel/abi/errno.ts';
import { OP, OP_LAST, type OperationName } from '../abi/opcodes.ts';
import { ASYNC_CANCEL } from './cancel.ts';
import { EVENT_OPERATIONS } from './events.ts';
import { FILE_SYSTEM_OPERATIONS } from './file-system.ts';
import { FILE_OPERATIONS } from './files.ts';
import { FUTEX_OPERATIONS } from './futex.ts';
import { MSG_RING } from './message.ts';
import { NOP } from './nop.ts';
import { POLL_OPERATIONS } from './poll.ts';
import { BUFFER_OPERATIONS } from './provided-buffers.ts';
import { READ_WRITE } from './read-write.ts';
import { absent, type Operation } from './row.ts';
import { SOCKET_OPERATIONS } from './sockets.ts';
import { SPLICE_OPERATIONS } from './splice.ts';
import { TIMEOUT_OPERATIONS } from './timeout.ts';
import { TRANSFER_OPERATIONS } from './transfers.ts';

const ABSENT: readonly { readonly reason: string; readonly names: readonly OperationName[] }[] = [
  { reason: 'packets never wait in a device, so there is no queue to receive from without a copy', names: ['RECV_ZC'] },
];

/** As a kernel that was built without the operation answers. */
const ABSENT_ROWS = ABSENT.flatMap(({ reason, names }) => names.map((name) => absent(name, reason, ERRNO.EOPNOTSUPP)));

export const OPERATIONS: readonly Operation[] = build([
  NOP,
  ASYNC_CANCEL,
  MSG_RING,
  ...READ_WRITE,
  ...FILE_OPERATIONS,
  ...FILE_SYSTEM_OPERATIONS,
  ...BUFFER_OPERATIONS,
  ...SOCKET_OPERATIONS,
  ...SPLICE_OPERATIONS,
  ...TRANSFER_OPERATIONS,
  ...EVENT_OPERATIONS,
  ...FUTEX_OPERATIONS,
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
