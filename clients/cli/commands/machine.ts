// uintrctl machine create | ls | inspect | stats | rm | start | pause | reset | park | move

import { uploadArtifact } from '../../ts/upload.ts';
import { ownLabels } from '../owner.ts';
import { progressOn } from '../progress.ts';
import { parseCount, parsePair, parseSize } from '../quantity.ts';
import { addRootOptions, packPrograms, rootArchive, type RootOptions } from '../root-options.ts';
import { findProgram } from '../run.ts';
import { UsageError } from '../usage-error.ts';
import { everyPage, machineName } from '../names.ts';
import { lastPart, printList, printObject, word } from '../output.ts';
import { addSpecOptions, collect, specFrom } from '../spec-options.ts';
import type { Command } from 'commander';
import type { Machine, MachineState } from '../../../src/gen/api.ts';
import type { UintrClient } from '../../ts/client.ts';
import type { WithSession } from '../program.ts';
import type { SpecOptions } from '../spec-options.ts';

interface UploadedRoot {
  readonly spec: { readonly root?: { readonly artifact: string } };
  drop(): Promise<void>;
}

/** The root file system that is asked for, as an artifact. */
async function uploadRoot(client: UintrClient, options: CreateOptions): Promise<UploadedRoot> {
  const { libsFromHost } = options;
  let archive = await rootArchive(Promise.resolve(client), options, parseSize('--ram', options.ram), 2);
  if (archive && libsFromHost.length > 0)
    throw new UsageError('--libs-from-host: with --root or --sysroot, the programs and their libraries are those of the root file system');
  if (libsFromHost.length > 0) ({ archive } = await packPrograms(await Promise.all(libsFromHost.map(findProgram)), [], '', 2));
  if (!archive) return { spec: {}, drop: async () => {} };
  const progress = progressOn();
  const size = (archive.length / 2 ** 20).toFixed(1);
  const artifact = await uploadArtifact(client, archive, ownLabels('uintrctl-create'), (sent) =>
    progress.show(`uploading: ${(sent / 2 ** 20).toFixed(1)} of ${size} MiB`),
  ).finally(() => progress.clear());
  return {
    spec: { root: { artifact } },
    drop: async () => void (await client.artifacts.DeleteArtifact({ name: artifact }).catch(() => {})),
  };
}

const state = (value: MachineState): string => word(value, 'MACHINE_STATE_');

function remark({ state: its, parked_state: parked, awaiting_input: awaits }: Machine): string {
  if (its === 'MACHINE_STATE_PARKED') return ` (${state(parked)})`;
  return awaits ? ' (awaits input)' : '';
}

interface CreateOptions extends SpecOptions, RootOptions {
  readonly libsFromHost: readonly string[];
  readonly label: readonly string[];
  readonly lockstep?: boolean;
  readonly start?: boolean;
}

export function addMachineCommands(program: Command, withSession: WithSession): void {
  const machine = program.command('machine').description('make, list and remove machines');

  addRootOptions(addSpecOptions(machine.command('create [id]').description('make a machine and print its name')))
    .option('--libs-from-host <program>', 'bring this dynamic program of this host, and what it needs; may be repeated', collect, [])
    .option('--label <name=value>', 'may be repeated', collect, [])
    .option('--lockstep', 'time passes only inside calls that wait')
    .option('--start', 'start it too')
    .action((id: string | undefined, options: CreateOptions) =>
      withSession(async ({ client, format }) => {
        const spec = { ...(await specFrom(client, options)), ...(options.lockstep ? { time_mode: 'TIME_MODE_LOCKSTEP' as const } : {}) };
        const labels = Object.fromEntries(options.label.map((text) => parsePair('--label', text)));
        const root = await uploadRoot(client, options);
        // The machine keeps what it needs of it.
        let { machine: made } = await client.machines
          .CreateMachine({ parent: client.project, machine_id: id ?? '', machine: { labels, spec: { ...spec, ...root.spec } } })
          .finally(() => root.drop());
        if (options.start) ({ machine: made } = await client.machines.StartMachine({ name: made!.name }));
        if (format === 'table') console.log(lastPart(made!.name));
        else printObject(format, 'uintr.v1.Machine', made!);
      }),
    );

  machine
    .command('ls')
    .description('list machines')
    .action(() =>
      withSession(async ({ client, format }) => {
        const machines = await everyPage(
          (page_token) => client.machines.ListMachines({ parent: client.project, page_token }),
          (page) => page.machines,
        );
        printList<Machine>(format, 'uintr.v1.Machine', machines, [
          ['NAME', (row) => lastPart(row.name)],
          ['STATE', (row) => state(row.state) + remark(row)],
          ['VCPUS', (row) => row.spec!.vcpus],
          ['RAM', (row) => `${row.spec!.ram_bytes >> 20n}M`],
          ['ABI', (row) => word(row.spec!.abi, 'ABI_')],
          ['CYCLE', (row) => row.cycle],
          ['WORKER', (row) => row.worker ?? ''],
        ]);
      }),
    );

  machine
    .command('inspect <machine>')
    .description('show a machine with its statistics')
    .option('--hash', 'compute the hash of its state too')
    .action((id: string, options: { readonly hash?: boolean }) =>
      withSession(async ({ client, format }) => {
        const name = machineName(id);
        const { machine: found } = await client.machines.GetMachine({ name });
        printObject(format, 'uintr.v1.Machine', found!);
        if (found!.state === 'MACHINE_STATE_CRASHED' || found!.state === 'MACHINE_STATE_PARKED') return;
        const stats = await client.machines.GetMachineStats({ name, include_state_hash: options.hash ?? false });
        printObject(format, 'uintr.v1.GetMachineStatsResponse', stats);
      }),
    );

  machine
    .command('stats <machine>')
    .description('show how far a machine has come, and how its user code is executed: by steps, by regions, and what ended them')
    .option('--hash', 'compute the hash of its state too')
    .action((id: string, options: { readonly hash?: boolean }) =>
      withSession(async ({ client, format }) => {
        const stats = await client.machines.GetMachineStats({ name: machineName(id), include_state_hash: options.hash ?? false });
        printObject(format, 'uintr.v1.GetMachineStatsResponse', stats);
      }),
    );

  machine
    .command('rm <machines...>')
    .description('remove machines')
    .action((ids: string[]) =>
      withSession(async ({ client }) => {
        for (const id of ids) await client.machines.DeleteMachine({ name: machineName(id) });
      }),
    );

  machine
    .command('move <machine>')
    .description('have another thread of the daemon run a machine; calls and streams go on (administrators)')
    .requiredOption('--worker <n>', 'which: machine ls shows where machines are')
    .action((id: string, options: { readonly worker: string }) =>
      withSession(async ({ client, format }) => {
        const { machine: after } = await client.machines.MoveMachine({
          name: machineName(id),
          worker: parseCount('--worker', options.worker, 0),
        });
        if (format === 'table') console.log(`${lastPart(after!.name)} on worker ${after!.worker}`);
        else printObject(format, 'uintr.v1.Machine', after!);
      }),
    );

  const verbs = { start: 'StartMachine', pause: 'PauseMachine', reset: 'ResetMachine', park: 'ParkMachine' } as const;
  for (const [verb, method] of Object.entries(verbs) as [keyof typeof verbs, (typeof verbs)[keyof typeof verbs]][])
    machine
      .command(`${verb} <machines...>`)
      .description(`${verb} machines`)
      .action((ids: string[]) =>
        withSession(async ({ client, format }) => {
          for (const id of ids) {
            const { machine: after } = await client.machines[method]({ name: machineName(id) });
            if (format === 'table') console.log(`${lastPart(after!.name)} ${state(after!.state)}`);
            else printObject(format, 'uintr.v1.Machine', after!);
          }
        }),
      );
}
