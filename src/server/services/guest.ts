// GuestService: processes, threads, consoles and files of a machine.

import { invalidField, MachineError } from '../../machine/errors.ts';
import { pageOf } from '../page.ts';
import { parseProcess, parseWithin, processName } from '../resource-name.ts';
import { threadToMessage } from '../thread-message.ts';
import { attachConsole } from './console.ts';
import { owned } from './remote-fields.ts';
import { remoteThreadMethods, spawnDescriptors } from './remote-thread.ts';
import type { GuestService, Process, SpawnFile, SpawnProcessRequest, WaitProcessResponseReason } from '../../gen/api.ts';
import type { CommandReply, GuestFile, ProcessInfo, SpawnFields } from '../../machine/protocol.ts';
import type { Input } from '../../wire/encode.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { Implementation } from '../call.ts';
import type { MachineRegistry } from '../machine-registry.ts';

const READ_LIMIT = 1 << 20;
const DEFAULT_MODE = 0o644;
const WAIT_REASONS: Readonly<Record<CommandReply<'wait_process'>['reason'], WaitProcessResponseReason>> = {
  exited: 'REASON_EXITED',
  quiescent: 'REASON_QUIESCENT',
  virtual_limit: 'REASON_VIRTUAL_LIMIT',
};

function processToMessage(machine: string, info: ProcessInfo): Input<Process> {
  return {
    name: processName(machine, info.pid),
    pid: info.pid,
    parent_pid: info.parentPid,
    path: info.path,
    arguments: info.arguments,
    state: info.state === 'exited' ? 'STATE_EXITED' : 'STATE_RUNNING',
    exit_code: info.exitCode,
    signal: info.signal,
    core_dumped: info.coreDumped,
    threads: info.threads,
    spawned: info.spawned,
    resident_bytes: info.residentBytes,
  };
}

export function guestService(machines: MachineRegistry, artifacts: ArtifactStore): Implementation<GuestService> {
  const artifactBytes = async (name: string): Promise<Uint8Array> => owned(await artifacts.load(artifacts.get(name)));

  const guestFile = async (file: SpawnFile): Promise<GuestFile> => ({
    path: file.path,
    bytes: file.artifact === undefined ? owned(file.data ?? new Uint8Array(0)) : await artifactBytes(file.artifact),
    mode: file.mode || DEFAULT_MODE,
    ...(file.symlink === undefined ? {} : { symlink: file.symlink }),
  });

  const stdin = async (request: SpawnProcessRequest): Promise<SpawnFields['stdin']> => {
    if (request.stdin_stream || request.terminal) return 'stream';
    if (request.stdin_artifact !== undefined) return artifactBytes(request.stdin_artifact);
    return owned(request.stdin_data ?? new Uint8Array(0));
  };

  return {
    async SpawnProcess(request) {
      const handle = machines.get(request.parent);
      const { path } = request;
      const { vcpus } = handle.identity.spec;
      if (request.affinity !== 0 && vcpus < 32 && request.affinity >= 2 ** vcpus)
        throw invalidField('affinity', `names a vCPU that is not there: the machine has ${vcpus}`);
      const image = request.artifact === undefined ? (request.image ? owned(request.image) : null) : await artifactBytes(request.artifact);
      const { pid } = await handle.send('spawn_process', {
        program: { path, image },
        arguments: request.arguments.length > 0 ? request.arguments : [path],
        environment: request.environment,
        workingDirectory: request.working_directory || '/',
        stdin: await stdin(request),
        ...(request.terminal ? { terminal: { rows: request.terminal.rows, columns: request.terminal.columns } } : {}),
        files: await Promise.all(request.files.map(guestFile)),
        affinity: request.affinity,
        descriptors: spawnDescriptors(request),
      });
      handle.console(pid);
      const { processes } = await handle.send('list_processes', { pid });
      return { process: processes[0] && processToMessage(handle.identity.name, processes[0]) };
    },

    async GetProcess({ name }) {
      const { machine, pid } = parseProcess('name', name);
      const { processes } = await machines.get(machine).send('list_processes', { pid });
      if (!processes[0]) throw new MachineError('PROCESS_NOT_FOUND', `there is no process ${pid} in ${machine}`, { name });
      return { process: processToMessage(machine, processes[0]) };
    },

    async ListProcesses(request) {
      const machine = request.parent;
      const { processes } = await machines.get(machine).send('list_processes', { pid: 0 });
      const { items, next_page_token } = pageOf(`${machine}/processes`, processes, (info) => info.pid, request);
      return { processes: items.map((info) => processToMessage(machine, info)), next_page_token };
    },

    async ListThreads(request) {
      const { machine, id } = parseWithin('parent', request.parent, 'processes');
      const { threads } = await machines.get(machine).send('list_threads', { pid: id });
      const { items, next_page_token } = pageOf(`${request.parent}/threads`, threads, (info) => info.tid, request);
      return { threads: items.map((info) => threadToMessage(machine, info)), next_page_token };
    },

    async SignalProcess({ name, signal }) {
      const { machine, kind, id } = parseWithin('name', name, 'processes|threads');
      await machines.get(machine).send('signal_process', kind === 'threads' ? { pid: 0, tid: id, signal } : { pid: id, tid: 0, signal });
      return {};
    },

    async WaitProcess({ name, until_quiescent }, { signal }) {
      const { machine, pid } = parseProcess('name', name);
      const handle = machines.get(machine);
      const { process, reason, cycle } = await handle.send('wait_process', { pid, untilQuiescent: until_quiescent }, signal);
      // Output is pushed before the answer to the wait, so it is all counted here.
      const written = handle.hasConsole(pid)
        ? { stdout_bytes: handle.console(pid).written[1], stderr_bytes: handle.console(pid).written[2] }
        : {};
      const threads = reason === 'quiescent' ? (await handle.send('quiescent_report', {})).threads : [];
      return {
        reason: WAIT_REASONS[reason],
        process: processToMessage(machine, process),
        cycle,
        threads: threads.map((info) => threadToMessage(machine, info)),
        ...written,
      };
    },

    ...remoteThreadMethods(machines),

    AttachConsole: (requests, send, context) => attachConsole(machines, requests, send, context),

    async ReadFile({ parent, path, offset, length }) {
      const fields = { path, offset: Number(offset), length: length || READ_LIMIT };
      const { bytes, size, mode } = await machines.get(parent).send('read_file', fields);
      return { data: bytes, size_bytes: size, mode };
    },

    async WriteFile({ parent, file }) {
      const { size } = await machines.get(parent).send('write_file', await guestFile(file!));
      return { size_bytes: size };
    },
  };
}
