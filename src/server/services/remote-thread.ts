// Part of GuestService: threads whose program is a client.

import { invalidField } from '../../machine/errors.ts';
import { parseDescriptor, parseOne, parseWithin } from '../resource-name.ts';
import { threadToMessage } from '../thread-message.ts';
import { owned, terminated, timesToMessage } from './remote-fields.ts';
import type { GuestService, Park, SpawnProcessRequest, SyscallArgument } from '../../gen/api.ts';
import type { CommandFields, RemoteThreadFields, SpawnFields } from '../../machine/protocol.ts';
import type { Implementation } from '../call.ts';
import type { MachineRegistry } from '../machine-registry.ts';

const LONGEST_COMM = 15;
const LONGEST_ARGUMENT = 1 << 20;
const PARKS: Readonly<Record<Park, RemoteThreadFields['park']>> = { PARK_UNSPECIFIED: 'spin', PARK_SPIN: 'spin', PARK_BLOCK: 'block' };

type SyscallArgumentFields = CommandFields<'execute_syscall'>['arguments'][number];

function argument(given: SyscallArgument, at: number): SyscallArgumentFields {
  const { data, text, space } = given;
  if (data !== undefined) {
    if (data.length > LONGEST_ARGUMENT)
      throw invalidField(`arguments[${at}].data`, `has at most ${LONGEST_ARGUMENT} bytes, got ${data.length}`);
    return { kind: 'bytes', bytes: owned(data), output: true };
  }
  if (text !== undefined) {
    const bytes = terminated(text);
    if (bytes.length > LONGEST_ARGUMENT) throw invalidField(`arguments[${at}].text`, `has at most ${LONGEST_ARGUMENT} bytes with its NUL`);
    return { kind: 'bytes', bytes, output: false };
  }
  return space === undefined ? { kind: 'value', value: given.value ?? 0n } : { kind: 'space', length: space };
}

/** What a new process is given of others. */
export function spawnDescriptors({ parent, descriptors }: SpawnProcessRequest): NonNullable<SpawnFields['descriptors']> {
  const given = new Set<number>();
  return descriptors.map(({ fd, source }, at) => {
    const field = `descriptors[${at}]`;
    const { machine, pid, fd: sourceFd } = parseDescriptor(`${field}.source`, source);
    if (machine !== parent)
      throw invalidField(`${field}.source`, `is of ${machine}: a process of ${parent} can be given files of that machine alone`);
    if (given.has(fd)) throw invalidField(`${field}.fd`, `${fd} is given twice`);
    given.add(fd);
    return { fd, sourcePid: pid, sourceFd };
  });
}

export function remoteThreadMethods(
  machines: MachineRegistry,
): Pick<Implementation<GuestService>, 'CreateRemoteThread' | 'ExecuteSyscall'> {
  return {
    async CreateRemoteThread(request) {
      const { machine, id } = parseWithin('parent', request.parent, 'processes');
      const handle = machines.get(machine);
      const { vcpus } = handle.identity.spec;
      const { comm, affinity } = request;
      if (affinity !== 0 && vcpus < 32 && affinity >= 2 ** vcpus)
        throw invalidField('affinity', `names a vCPU that is not there: the machine has ${vcpus}`);
      if (Buffer.byteLength(comm) > LONGEST_COMM) throw invalidField('comm', `has at most ${LONGEST_COMM} bytes of UTF-8`);
      const fields = { pid: id, name: comm || 'remote', park: PARKS[request.park], affinity };
      const { pid, tid } = await handle.send('create_remote_thread', fields);
      const { threads } = await handle.send('list_threads', { pid });
      const thread = threads.find((info) => info.tid === tid);
      return { thread: thread && threadToMessage(machine, thread) };
    },

    async ExecuteSyscall(request, { signal }) {
      const { machine, id } = parseOne('thread', request.thread, 'threads');
      const call = request.number ?? request.name ?? '';
      const fields = { tid: id, call, arguments: request.arguments.map(argument) };
      const { result, error, outputs, times } = await machines.get(machine).send('execute_syscall', fields, signal);
      return { result, error, outputs, times: timesToMessage(times) };
    },
  };
}
