// uintrctl snapshot create | ls | inspect | pin | unpin | rm | restore | fork | export | import

import { rm } from 'node:fs/promises';
import { everyPage, machineName, snapshotName } from '../names.ts';
import { lastPart, printList, printObject, word } from '../output.ts';
import { parseCount, parsePair } from '../quantity.ts';
import { collect } from '../spec-options.ts';
import { UsageError } from '../usage-error.ts';
import { importSnapshot } from '../snapshot-file.ts';
import { writePieces } from '../write-pieces.ts';
import type { Command } from 'commander';
import type { EventKind, Machine, Snapshot } from '../../../src/gen/api.ts';
import type { WithSession } from '../program.ts';
import type { Format } from '../output.ts';

interface Labelled {
  readonly label: readonly string[];
}

interface CreateOptions extends Labelled {
  readonly atCycle?: string;
  readonly atEvent?: string;
}

interface RestoreOptions extends Labelled {
  readonly machine?: string;
  readonly as?: string;
}

const labelsOf = ({ label }: Labelled): Record<string, string> => Object.fromEntries(label.map((text) => parsePair('--label', text)));
const mebibytes = (bytes: bigint): string => `${(Number(bytes) / 2 ** 20).toFixed(1)}M`;

function printSnapshot(format: Format, snapshot: Snapshot): void {
  if (format === 'table') console.log(lastPart(snapshot.name));
  else printObject(format, 'uintr.v1.Snapshot', snapshot);
}

function printMachine(format: Format, machine: Machine): void {
  if (format === 'table') console.log(lastPart(machine.name));
  else printObject(format, 'uintr.v1.Machine', machine);
}

function momentOf({ atCycle, atEvent }: CreateOptions): { at_cycle?: number; at_event?: { kind: EventKind } } {
  if (atCycle !== undefined && atEvent !== undefined) throw new UsageError('--at-cycle and --at-event: one of them');
  if (atCycle !== undefined) return { at_cycle: parseCount('--at-cycle', atCycle, 1) };
  if (atEvent !== undefined) return { at_event: { kind: `EVENT_KIND_${atEvent.toUpperCase()}` as EventKind } };
  return {};
}

export function addSnapshotCommands(program: Command, withSession: WithSession): void {
  const snapshot = program.command('snapshot').description('keep the whole state of a machine, go back to it, carry it elsewhere');
  const LABEL = ['--label <name=value>', 'may be repeated', collect, []] as const;

  snapshot
    .command('create <machine> [id]')
    .description('keep the state of a machine and print the name of the snapshot')
    .option('--at-cycle <cycle>', 'let time pass up to this virtual time first')
    .option('--at-event <kind>', 'up to the first event of this kind, such as user_interrupt_delivered')
    .option(...LABEL)
    .action((machine: string, id: string | undefined, options: CreateOptions) =>
      withSession(async ({ client, format }) => {
        const fields = { machine: machineName(machine), snapshot_id: id ?? '', labels: labelsOf(options), ...momentOf(options) };
        printSnapshot(format, (await client.snapshots.CreateSnapshot(fields)).snapshot!);
      }),
    );

  snapshot
    .command('ls')
    .description('list snapshots')
    .action(() =>
      withSession(async ({ client, format }) => {
        const snapshots = await everyPage(
          (page_token) => client.snapshots.ListSnapshots({ parent: client.project, page_token }),
          (page) => page.snapshots,
        );
        printList<Snapshot>(format, 'uintr.v1.Snapshot', snapshots, [
          ['NAME', (row) => lastPart(row.name)],
          ['MACHINE', (row) => lastPart(row.machine)],
          ['STATE', (row) => word(row.state, 'MACHINE_STATE_')],
          ['CYCLE', (row) => row.cycle],
          ['TOUCHED', (row) => mebibytes(row.touched_bytes)],
          ['STORED', (row) => mebibytes(row.stored_bytes)],
          ['PINNED', (row) => (row.pinned ? 'yes' : '')],
        ]);
      }),
    );

  snapshot
    .command('inspect <snapshot>')
    .description('show all that is known of a snapshot')
    .action((id: string) =>
      withSession(async ({ client, format }) => {
        printObject(format, 'uintr.v1.Snapshot', (await client.snapshots.GetSnapshot({ name: snapshotName(id) })).snapshot!);
      }),
    );

  const pin = (command: string, description: string, pinned: boolean): void =>
    void snapshot
      .command(`${command} <snapshots...>`)
      .description(description)
      .action((ids: string[]) =>
        withSession(async ({ client }) => {
          for (const id of ids)
            await client.snapshots.UpdateSnapshot({ snapshot: { name: snapshotName(id), pinned }, update_mask: { paths: ['pinned'] } });
        }),
      );
  pin('pin', 'keep snapshots, however old they are and however much there is', true);
  pin('unpin', 'let retention remove them again', false);

  snapshot
    .command('rm <snapshots...>')
    .description('remove snapshots')
    .action((ids: string[]) =>
      withSession(async ({ client }) => {
        for (const id of ids) await client.snapshots.DeleteSnapshot({ name: snapshotName(id) });
      }),
    );

  snapshot
    .command('restore <snapshot>')
    .description('make a machine from a snapshot and print its name, or put one back')
    .option('--machine <machine>', 'put back this machine, which must have the same spec')
    .option('--as <id>', 'name of the new machine')
    .option(...LABEL)
    .action((id: string, options: RestoreOptions) =>
      withSession(async ({ client, format }) => {
        if (options.machine !== undefined && (options.as !== undefined || options.label.length > 0))
          throw new UsageError('--machine puts a machine back: --as and --label are for a new one');
        const target =
          options.machine === undefined
            ? { new_machine: { machine_id: options.as ?? '', labels: labelsOf(options) } }
            : { machine: machineName(options.machine) };
        printMachine(format, (await client.snapshots.RestoreSnapshot({ name: snapshotName(id), ...target })).machine!);
      }),
    );

  snapshot
    .command('fork <machine> [id]')
    .description('make a second machine that goes on from where this one is, and print its name')
    .option(...LABEL)
    .action((machine: string, id: string | undefined, options: Labelled) =>
      withSession(async ({ client, format }) => {
        const new_machine = { machine_id: id ?? '', labels: labelsOf(options) };
        printMachine(format, (await client.snapshots.ForkMachine({ name: machineName(machine), new_machine })).machine!);
      }),
    );

  snapshot
    .command('export <snapshot> <file>')
    .description('write a snapshot as one file, that import takes on any host; - is standard output')
    .action((id: string, file: string) =>
      withSession(async ({ client }) => {
        const pieces = client.snapshots.ExportSnapshot({ name: snapshotName(id) });
        try {
          await writePieces('snapshot export', pieces, ({ chunk }) => chunk, file);
        } catch (error) {
          // Half a snapshot is none.
          if (file !== '-') await rm(file, { force: true });
          throw error;
        }
      }),
    );

  snapshot
    .command('import <file> [id]')
    .description('take in a snapshot that was exported, and print its name; - is standard input')
    .action((file: string, id: string | undefined) =>
      withSession(async ({ client, format }) => {
        printSnapshot(format, await importSnapshot(client, file, id ?? ''));
      }),
    );
}
