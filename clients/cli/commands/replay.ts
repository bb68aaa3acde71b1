// uintrctl record MACHINE FILE | replay FILE|MACHINE: what led a machine to where it is, as one file, and run again.

import { existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { machineName } from '../names.ts';
import { lastPart, printObject } from '../output.ts';
import { parseCount } from '../quantity.ts';
import { importSnapshot } from '../snapshot-file.ts';
import { UsageError } from '../usage-error.ts';
import { writePieces } from '../write-pieces.ts';
import type { Command } from 'commander';
import type { Snapshot } from '../../../src/gen/api.ts';
import type { UintrClient } from '../../ts/client.ts';
import type { WithSession } from '../program.ts';

interface ReplayOptions {
  readonly to?: string;
  readonly toEvent?: string;
  readonly as?: string;
}

/** A recording that is there for as long as `work` takes. */
async function withRecording<T>(
  client: UintrClient,
  make: (id: string) => Promise<Snapshot>,
  work: (recording: Snapshot) => Promise<T>,
): Promise<T> {
  const recording = await make(`replay-${randomBytes(4).toString('hex')}`);
  try {
    if (recording.end_hash === '')
      throw new UsageError(`${lastPart(recording.name)} is a snapshot, not a recording: "uintrctl snapshot restore" uses it`);
    return await work(recording);
  } finally {
    await client.snapshots.DeleteSnapshot({ name: recording.name });
  }
}

async function record(client: UintrClient, machine: string, id: string): Promise<Snapshot> {
  return (await client.snapshots.CreateSnapshot({ machine: machineName(machine), snapshot_id: id, recording: true })).snapshot!;
}

/** Where to stop; undefined for the end. */
async function goal(client: UintrClient, what: string, { to, toEvent }: ReplayOptions): Promise<number | undefined> {
  if (to !== undefined && toEvent !== undefined) throw new UsageError('--to and --to-event: one of them');
  if (to !== undefined) return parseCount('--to', to, 0);
  if (toEvent === undefined) return undefined;
  if (existsSync(what)) throw new UsageError('--to-event: a file has no events; give --to a cycle');
  const start_sequence = parseCount('--to-event', toEvent, 1);
  const { events } = await client.events.ListEvents({ parent: machineName(what), start_sequence, page_size: 1 });
  if (!events[0]) throw new UsageError(`--to-event ${toEvent}: there is no such event yet`);
  return Number(events[0].cycle) + 1;
}

export function addReplayCommands(program: Command, withSession: WithSession): void {
  program
    .command('record <machine> <file>')
    .description('write what led a machine to where it is as one file, for replay on any host with the same version')
    .action((machine: string, file: string) =>
      withSession(({ client }) =>
        withRecording(
          client,
          (id) => record(client, machine, id),
          ({ name }) => writePieces('record', client.snapshots.ExportSnapshot({ name }), ({ chunk }) => chunk, file),
        ),
      ),
    );

  program
    .command('replay <file-or-machine>')
    .description('run a recording again in a new machine, which stays to be looked at, and compare the hashes at its end')
    .option('--to <cycle>', 'stop at this virtual time')
    .option('--to-event <sequence>', 'stop behind this event of the machine')
    .option('--as <id>', 'name of the new machine')
    .action((what: string, options: ReplayOptions) =>
      withSession(async ({ client, format }) => {
        const to_cycle = await goal(client, what, options);
        const make = (id: string): Promise<Snapshot> => (existsSync(what) ? importSnapshot(client, what, id) : record(client, what, id));
        await withRecording(client, make, async ({ name, end_hash, end_cycle }) => {
          const answer = await client.snapshots.RestoreSnapshot({
            name,
            new_machine: { machine_id: options.as ?? '' },
            ...(to_cycle === undefined ? {} : { to_cycle }),
          });
          const { machine, state_hash } = answer;
          if (format !== 'table') printObject(format, 'uintr.v1.RestoreSnapshotResponse', answer);
          else if (state_hash === '') console.log(`${lastPart(machine!.name)} stands at cycle ${machine!.cycle} of ${end_cycle}`);
          else if (state_hash === end_hash)
            console.log(`${lastPart(machine!.name)} is at the end, cycle ${machine!.cycle}: equal hash ${state_hash}`);
          else {
            console.error(
              `uintrctl: ${lastPart(machine!.name)} has the hash ${state_hash} at cycle ${machine!.cycle}, the recording ${end_hash}`,
            );
            process.exitCode = 1;
          }
        });
      }),
    );
}
