// What a SENDUIPI with an operand would meet on its way to a receiver: the UITT, its entry, the UPID.

import type { Machine } from '../machine.ts';
import { registersOf } from '../uintr-report.ts';
import { TT_ENABLE } from '../uintr/msr.ts';
import { parseUitte, UITTE_BYTES } from '../uintr/uitt.ts';
import type { Task } from '../../kernel/task/task.ts';
import { tableOf } from '../../kernel/uintr/sender.ts';
import type { UittContext } from '../../kernel/uintr/uitt-context.ts';
import type { UpidContext } from '../../kernel/uintr/upid-context.ts';
import type { Obstacle } from './explanation.ts';
import type { Send } from './interrupt-trail.ts';
import { threadText } from './receiver.ts';

/** Where a valid entry leads. */
export interface Target {
  readonly vector: number;
  readonly receiver: number;
}

/** Why SENDUIPI would fault (or did, as the last thing this thread did with the operand), or where it leads. */
export function uittObstacle(machine: Machine, tid: number, index: bigint, last: Send | undefined): Obstacle | Target {
  const task = machine.board.kernel.pids.tasks.get(tid) ?? null;
  const invalid = (text: string, remedy: string): Obstacle => ({
    verdict: 'UITT_INVALID',
    text,
    since: last?.fault ? last.cycle : 0,
    place: last?.place ?? '',
    remedy,
  });
  const register = 'call uintr_register_sender in this process and use the index that it returns';
  if (last?.fault) return invalid(last.fault, register);
  if (!task) return invalid(`thread ${tid} has ended`, 'send while the thread lives');
  if (machine.spec.abi === 'none')
    return invalid('the machine has no user interrupts', 'create the machine with an ABI such as poc or rfc');
  const table = tableOf(machine.board.kernel, task);
  if (!table) return invalid('the thread has no UITT: nobody has registered a sender, and SENDUIPI raises #UD', register);
  const limit = machine.board.kernel.uintr.profile.uittsz;
  if (index > BigInt(limit)) return invalid(`index ${index} is above UITTSZ, ${limit}: SENDUIPI raises #GP`, register);
  return entryAt(machine, task, table, Number(index), invalid, register);
}

function entryAt(
  machine: Machine,
  task: Task,
  table: UittContext,
  index: number,
  invalid: (text: string, remedy: string) => Obstacle,
  register: string,
): Obstacle | Target {
  const { view } = machine.board.physical;
  const at = table.physical + index * UITTE_BYTES;
  const entry = parseUitte(view.getBigUint64(at, true), view.getBigUint64(at + 8, true));
  const upid = table.receivers[index] ?? null;
  if (typeof entry === 'string') {
    const closed = upid
      ? ': its connection was cut when the vector’s descriptor was closed'
      : ': the index has not been given out, or was given back';
    return invalid(`UITT[${index}]: ${entry}${closed}; SENDUIPI raises #GP`, register);
  }
  const unit = registersOf(machine.board, task);
  const ownsTable = machine.board.kernel.uintr.profile.tableOwner === 'task';
  if (ownsTable && (unit.tt & TT_ENABLE) === 0n) return invalid('SENDUIPI is not enabled in IA32_UINTR_TT: it raises #UD', register);
  if (!upid) return invalid(`UITT[${index}] leads to a UPID that is not the kernel's`, register);
  return { vector: entry.vector, receiver: upid.task.tid };
}

/** "thread 3 (sender) by UITT[0]" for every table with an entry that leads to a UPID. */
export function sendersTo(machine: Machine, upid: UpidContext): string[] {
  const { kernel } = machine.board;
  const owners = new Map<UittContext, Task>();
  for (const task of [...kernel.pids.tasks.values()].sort((a, b) => a.tid - b.tid)) {
    const table = tableOf(kernel, task);
    if (table && !owners.has(table)) owners.set(table, task);
  }
  return [...owners].flatMap(([table, owner]) => {
    const index = table.receivers.indexOf(upid);
    if (index < 0) return [];
    const name =
      kernel.uintr.profile.tableOwner === 'task' ? threadText(machine, owner.tid) : `every thread of process ${owner.process.pid}`;
    return [`${name} (UITT[${index}])`];
  });
}
