// SnapshotService: machines at one moment, kept, put back, forked, and carried to other hosts.

import { isDeepStrictEqual } from 'node:util';
import { invalidField, MachineError } from '../../machine/errors.ts';
import { specToMessage, STATES, machineToMessage } from '../machine-message.ts';
import { pageOf } from '../page.ts';
import { maskPaths } from '../update-mask.ts';
import { toTimestamp } from '../timestamp.ts';
import { SnapshotFileReader } from '../snapshots/snapshot-file.ts';
import { recordedSpec } from '../snapshots/snapshot-record.ts';
import { count, eventOf } from './control.ts';
import type { CreateSnapshotRequest, ImportSnapshotRequest, NewMachine, Snapshot, SnapshotHeader, SnapshotService } from '../../gen/api.ts';
import type { Input } from '../../wire/encode.ts';
import type { Implementation } from '../call.ts';
import type { MachineHandle } from '../machine-handle.ts';
import type { MachineRegistry } from '../machine-registry.ts';
import type { Projects } from '../projects.ts';
import type { KeptSnapshot, LoadedSnapshot, SnapshotStore } from '../snapshots/snapshot-store.ts';

/** Of one message of an export. */
const PIECE_BYTES = 1 << 20;

function toMessage(snapshot: KeptSnapshot): Input<Snapshot> {
  const {
    name,
    uid,
    labels,
    createTime,
    machine,
    machineUid,
    spec,
    position,
    touchedBytes,
    storedBytes,
    layout,
    engine,
    recorded,
    pinned = false,
  } = snapshot;
  return {
    name,
    uid,
    labels,
    create_time: toTimestamp(new Date(createTime)),
    machine,
    machine_uid: machineUid,
    spec: specToMessage(spec),
    state: STATES[position.state],
    cycle: Math.floor(position.time),
    next_sequence: position.emitted + 1,
    touched_bytes: touchedBytes,
    stored_bytes: storedBytes,
    layout,
    end_cycle: recorded?.endCycle ?? 0,
    end_hash: recorded?.endHash ?? '',
    engine,
    pinned,
  };
}

export function snapshotService(machines: MachineRegistry, snapshots: SnapshotStore, projects: Projects): Implementation<SnapshotService> {
  const make = (project: string, wanted: NewMachine | undefined, { spec, image, stored }: LoadedSnapshot): Promise<MachineHandle> =>
    machines.create(project, wanted?.machine_id ?? '', wanted?.labels ?? {}, spec, () => {}, { image, stored });

  return {
    async CreateSnapshot(request, { signal }) {
      const handle = machines.get(request.machine);
      const title = { parent: handle.project, id: request.snapshot_id, labels: request.labels };
      snapshots.check(title);
      if (request.recording) {
        if (request.at_cycle !== undefined || request.at_event !== undefined)
          throw invalidField('recording', 'a recording ends where the machine is: run it to the moment first');
        const { image, ...inputs } = await machines.record(handle);
        return { snapshot: toMessage(await snapshots.save(title, handle.identity, image, inputs)) };
      }
      await runToMoment(handle, request, signal);
      const { image } = await handle.send('capture_machine', {});
      return { snapshot: toMessage(await snapshots.save(title, handle.identity, image)) };
    },

    GetSnapshot: ({ name }) => ({ snapshot: toMessage(snapshots.get(name)) }),

    ListSnapshots(request) {
      const { name } = projects.get(request.parent);
      const { items, next_page_token } = pageOf(`${name}/snapshots`, snapshots.in(name), ({ ordinal }) => ordinal, request);
      return { snapshots: items.map(toMessage), next_page_token };
    },

    async UpdateSnapshot({ snapshot, update_mask }) {
      const { name, labels, pinned } = snapshot!;
      const paths = maskPaths(update_mask, ['labels', 'pinned']);
      const changes = { ...(paths.includes('labels') ? { labels } : {}), ...(paths.includes('pinned') ? { pinned } : {}) };
      return { snapshot: toMessage(await snapshots.update(name, changes)) };
    },

    async DeleteSnapshot({ name }) {
      await snapshots.delete(name);
      return {};
    },

    async RestoreSnapshot({ name, machine, new_machine, to_cycle }, { signal }) {
      const snapshot = snapshots.get(name);
      const toCycle = to_cycle === undefined ? Number.POSITIVE_INFINITY : count('to_cycle', to_cycle);
      if (to_cycle !== undefined && (!snapshot.recorded || toCycle < snapshot.position.time))
        throw invalidField(
          'to_cycle',
          snapshot.recorded ? `is before the recording, which begins at ${snapshot.position.time}` : `${name} is no recording`,
        );
      if (snapshot.recorded && machine !== undefined) throw invalidField('machine', `${name} is a recording: it runs in a new machine`);
      const handle = machine === undefined ? null : machines.get(machine);
      if (handle && !isDeepStrictEqual(recordedSpec(handle.identity.spec), snapshot.spec))
        throw invalidField('machine', `${machine} has another spec than ${name}: restore into a new machine`);
      const loaded = await snapshots.load(snapshot);
      const { image, stored, records } = loaded;
      if (!handle) {
        const made = await make(projectOf(snapshot), new_machine, loaded);
        const hash = records ? (await made.send('play_recording', { records, toCycle }, signal)).hash : '';
        return { machine: machineToMessage(made), state_hash: hash };
      }
      await machines.restore(handle, image, stored);
      return { machine: machineToMessage(handle) };
    },

    async ForkMachine({ name, new_machine }) {
      const handle = machines.get(name);
      const fork = await machines.fork(handle, new_machine?.machine_id ?? '', new_machine?.labels ?? {});
      return { machine: machineToMessage(fork) };
    },

    async ExportSnapshot({ name }, send) {
      for await (const bytes of snapshots.export(snapshots.get(name)))
        for (let at = 0; at < bytes.length; at += PIECE_BYTES) await send({ chunk: bytes.subarray(at, at + PIECE_BYTES) });
    },

    async ImportSnapshot(requests) {
      const iterator = requests[Symbol.asyncIterator]();
      const header = await headerOf(iterator);
      const title = { parent: projects.get(header.parent).name, id: header.snapshot_id, labels: header.labels };
      return { snapshot: toMessage(await snapshots.import(title, chunks(iterator), new SnapshotFileReader())) };
    },
  };
}

const projectOf = ({ name }: KeptSnapshot): string => name.split('/', 2).join('/');

/** Lets time pass up to the moment that is asked for, if any. */
async function runToMoment(handle: MachineHandle, request: CreateSnapshotRequest, signal: AbortSignal): Promise<void> {
  const { at_cycle, at_event } = request;
  if (at_cycle === undefined && at_event === undefined) return;
  const untilCycle = at_cycle === undefined ? 0 : count('at_cycle', at_cycle);
  const event = eventOf(at_event);
  const { cycle, reason } = await handle.send('run_machine', { untilCycle, cycles: 0, instructions: 0, nanoseconds: 0n, event }, signal);
  if (reason === 'cycle' && cycle > untilCycle) throw invalidField('at_cycle', `has passed: the machine is at cycle ${cycle}`);
  if (reason !== 'cycle' && reason !== 'event')
    throw new MachineError('WRONG_STATE', `the machine stopped at cycle ${cycle}, before that moment (${reason}): no snapshot was made`, {
      name: handle.identity.name,
      state: handle.state,
    });
}

async function headerOf(requests: AsyncIterator<ImportSnapshotRequest>): Promise<SnapshotHeader> {
  const first = await requests.next();
  const header = first.done ? undefined : first.value.header;
  if (!header) throw invalidField('header', 'the first message must be the header');
  return header;
}

async function* chunks(requests: AsyncIterator<ImportSnapshotRequest>): AsyncGenerator<Uint8Array> {
  for (let next = await requests.next(); !next.done; next = await requests.next()) {
    const { header, chunk } = next.value;
    if (header) throw invalidField('header', 'must be the first message only');
    yield chunk!;
  }
}
