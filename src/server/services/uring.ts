// UringService: io_uring rings of remote threads; the state of any ring.

import { invalidField } from '../../machine/errors.ts';
import { pageOf } from '../page.ts';
import { parseOne, ringName, threadName } from '../resource-name.ts';
import { limitOf, timesToMessage } from './remote-fields.ts';
import { cancelTarget, ringEntry } from './ring-entry.ts';
import type { RegisterResourcesRequest, Ring, UnregisterKind, UringService } from '../../gen/api.ts';
import type { CommandFields, CommandReply } from '../../machine/protocol.ts';
import type { Input } from '../../wire/encode.ts';
import type { Implementation } from '../call.ts';
import type { MachineRegistry } from '../machine-registry.ts';

type RingInfo = CommandReply<'setup_ring'>['ring'];
type Resources = CommandFields<'register_resources'>['resources'];

/** min_completions of a client that does not want to wait. */
const WITHOUT_WAITING = 0xffff_ffff;
const MOST_COMPLETIONS = 1024;
const UNREGISTER: Readonly<Partial<Record<UnregisterKind, Extract<Resources, { kind: 'unregister' }>['what']>>> = {
  UNREGISTER_KIND_FILES: 'files',
  UNREGISTER_KIND_BUFFERS: 'buffers',
  UNREGISTER_KIND_EVENTFD: 'eventfd',
  UNREGISTER_KIND_UINTR: 'uintr',
};

function ringToMessage(machine: string, info: RingInfo): Input<Ring> {
  return {
    name: ringName(machine, info.ring),
    ring: info.ring,
    thread: info.tid === 0 ? '' : threadName(machine, info.tid),
    pid: info.pid,
    fd: info.fd,
    sq_entries: info.sqEntries,
    cq_entries: info.cqEntries,
    setup_flags: info.setupFlags,
    features: info.features,
  };
}

function resourcesOf(request: RegisterResourcesRequest): Resources {
  const { files, buffers, eventfd, uintr_fd, probe, unregister } = request;
  if (files) return { kind: 'files', fds: files.fds };
  if (buffers) return { kind: 'buffers', sizes: buffers.sizes };
  if (eventfd !== undefined) return { kind: 'eventfd', fd: eventfd };
  if (uintr_fd !== undefined) return { kind: 'uintr', fd: uintr_fd };
  if (probe) return { kind: 'probe' };
  const what = unregister && UNREGISTER[unregister];
  if (!what)
    throw invalidField(
      probe === false ? 'probe' : 'resources',
      'say what to register: files, buffers, eventfd, uintr_fd, probe or unregister',
    );
  return { kind: 'unregister', what };
}

export function uringService(machines: MachineRegistry): Implementation<UringService> {
  const find = (field: string, name: string) => {
    const { machine, id } = parseOne(field, name, 'rings');
    return { machine, ring: id, handle: machines.get(machine) };
  };

  return {
    async SetupRing({ thread, entries, cq_entries, setup_flags, uintr_fd }, { signal }) {
      const { machine, id } = parseOne('thread', thread, 'threads');
      const fields = { tid: id, entries, cqEntries: cq_entries, setupFlags: setup_flags, uintrFd: uintr_fd };
      const { ring, times } = await machines.get(machine).send('setup_ring', fields, signal);
      return { ring: ringToMessage(machine, ring), times: timesToMessage(times) };
    },

    async RegisterResources(request, { signal }) {
      const { ring, handle } = find('ring', request.ring);
      const { result, opcodes, times } = await handle.send('register_resources', { ring, resources: resourcesOf(request) }, signal);
      return { result, opcodes, times: timesToMessage(times) };
    },

    async SubmitOps(request, { signal }) {
      const { ring, handle } = find('ring', request.ring);
      const { submitted, times } = await handle.send('submit_ops', { ring, entries: request.entries.map(ringEntry) }, signal);
      return { submitted, times: timesToMessage(times) };
    },

    async WaitCompletions(request, { signal }) {
      const { ring, handle } = find('ring', request.ring);
      const minimum = request.min_completions === WITHOUT_WAITING ? 0 : request.min_completions || 1;
      const maximum = request.max_completions || MOST_COMPLETIONS;
      if (minimum > maximum) throw invalidField('min_completions', `is ${minimum}, but at most ${maximum} are answered`);
      const fields = { ring, minimum, maximum, timeoutNanoseconds: limitOf(request.timeout) };
      const { completions, timedOut, times } = await handle.send('wait_completions', fields, signal);
      return {
        completions: completions.map(({ userData, result, flags, error, data }) => ({ user_data: userData, result, flags, error, data })),
        timed_out: timedOut,
        times: timesToMessage(times),
      };
    },

    async CancelOps(request, { signal }) {
      const { ring, handle } = find('ring', request.ring);
      if (!request.target) throw invalidField('target', 'is missing');
      const { cancelled, error, times } = await handle.send('cancel_ops', { ring, target: cancelTarget('target', request.target) }, signal);
      return { cancelled, error, times: timesToMessage(times) };
    },

    async GetRingState({ name }) {
      const { machine, ring, handle } = find('name', name);
      const state = await handle.send('ring_state', { ring });
      return {
        ring: ringToMessage(machine, state.ring),
        sq_head: state.sqHead,
        sq_tail: state.sqTail,
        cq_head: state.cqHead,
        cq_tail: state.cqTail,
        sq_dropped: state.sqDropped,
        cq_overflow: state.cqOverflow,
        sq_flags: state.sqFlags,
        overflowed: state.overflowed,
        in_flight: state.inFlight.map(({ request, userData, operation, waitingFor }) => ({
          request,
          user_data: userData,
          operation,
          waiting_for: waitingFor,
        })),
        registered_files: state.registeredFiles,
        registered_buffers: state.registeredBuffers,
        eventfd: state.eventfd,
        uintr_vector: state.uintr?.vector,
        uintr_upid: state.uintr?.upid ?? 0n,
        cycle: state.cycle,
      };
    },

    async ListRings(request) {
      const { rings } = await machines.get(request.parent).send('list_rings', {});
      const { items, next_page_token } = pageOf(`${request.parent}/rings`, rings, (info) => info.ring, request);
      return { rings: items.map((info) => ringToMessage(request.parent, info)), next_page_token };
    },

    async CloseRing({ name }, { signal }) {
      const { ring, handle } = find('name', name);
      const { times } = await handle.send('close_ring', { ring }, signal);
      return { times: timesToMessage(times) };
    },
  };
}
