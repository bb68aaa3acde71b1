// Any system call, with arguments that are copied into the thread's scratch memory for as long as the call takes.

import { errorName } from '../../../kernel/abi/errno.ts';
import { invalidField } from '../../errors.ts';
import type { Machine } from '../../machine.ts';
import type { RemoteStep } from '../remote-call.ts';
import type { RemoteProgram } from '../remote-program.ts';
import type { RemotePrograms } from './commands.ts';
import { Scratch } from './scratch.ts';
import { bytesOf, Session, valueOf } from './session.ts';
import { isError } from './syscall-failure.ts';
import { remoteTask } from './thread.ts';

type Fields = RemotePrograms['execute_syscall']['fields'];
type Reply = RemotePrograms['execute_syscall']['reply'];

export function* executeSyscall(machine: Machine, fields: Fields): RemoteProgram<Reply> {
  const { tid, call } = fields;
  const task = remoteTask(machine, tid);
  const number = typeof call === 'number' ? call : numberOf(machine, call);
  const scratch = new Scratch(task.remote);
  const loads: RemoteStep[] = [];
  const operands = fields.arguments.map((argument): bigint => {
    if (argument.kind === 'value') return BigInt.asUintN(64, argument.value);
    const bytes = argument.kind === 'bytes' ? argument.bytes : new Uint8Array(argument.length);
    const address = scratch.store(bytes);
    if (argument.kind === 'space' || argument.output) loads.push({ kind: 'load', address, length: bytes.length });
    return BigInt(address);
  });
  const session = new Session(tid, `ExecuteSyscall ${machine.board.kernel.table.nameOf(number)}`);
  const results = yield* session.run([...scratch.steps, { kind: 'syscall', number, arguments: operands }, ...loads]);
  const at = scratch.steps.length;
  const result = valueOf(results, at);
  return {
    result,
    error: isError(result) ? errorName(Number(-result)) : '',
    outputs: loads.map((_, index) => bytesOf(results, at + 1 + index)),
    times: session.times,
  };
}

function numberOf(machine: Machine, name: string): number {
  const row = machine.board.kernel.table.list().find((candidate) => candidate.name === name);
  if (!row) throw invalidField('name', `the machine's kernel has no system call ${name}; by number any can be called`);
  return row.number;
}
