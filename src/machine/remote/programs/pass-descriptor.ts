// RegisterSender with a descriptor of another process: it is passed first, which is an input of its own.

import type { Machine } from '../../machine.ts';
import type { RemotePrograms } from './commands.ts';
import { remoteTask } from './thread.ts';

type Fields = RemotePrograms['register_sender']['fields'];

/** `fd` in the sender's own process; `pid` stays where it was passed. A busy thread is passed nothing: its call is refused. */
export function passToSender(machine: Machine, fields: Fields): Fields {
  const task = remoteTask(machine, fields.tid);
  const toPid = task.process.pid;
  if (fields.pid === 0 || fields.pid === toPid) return { ...fields, pid: 0 };
  if (task.remote.call) return fields;
  const { fd } = machine.apply('pass_descriptor', { fromPid: fields.pid, fd: fields.fd, toPid });
  return { ...fields, fd };
}
