// uintrctl lease take | ls | extend | share | release | revoke: who has which machine to themselves, until when.

import { durationOf } from '../../ts/duration.ts';
import { everyPage, machineName, projectName, userName } from '../names.ts';
import { lastPart, printList, printObject } from '../output.ts';
import { parseCount, parseDuration } from '../quantity.ts';
import { collect } from '../spec-options.ts';
import { UsageError } from '../usage-error.ts';
import { timeText } from './access.ts';
import type { Command } from 'commander';
import type { Lease } from '../../../src/gen/api.ts';
import type { UintrClient } from '../../ts/client.ts';
import type { WithSession } from '../program.ts';

interface TakeOptions {
  readonly ttl?: string;
  readonly queue?: string;
  readonly wait?: boolean;
  readonly priority: string;
  readonly share: readonly string[];
  readonly for?: string;
}

const ttlOf = (flag: string, text: string) => durationOf(BigInt(Math.round(parseDuration(flag, text) * 1e9)));

const projectOf = (machine: string): string => machine.split('/').slice(0, 2).join('/');

const leasesIn = (client: UintrClient, parent: string): Promise<Lease[]> =>
  everyPage(
    (page_token) => client.leases.ListLeases({ parent, page_token }),
    (page) => page.leases,
  );

/** The lease of a machine that the caller holds, or by anybody the one that is active. */
async function leaseOf(client: UintrClient, id: string, whose: 'own' | 'active'): Promise<string> {
  if (id.includes('/leases/')) return id;
  const machine = machineName(id);
  const its = (await leasesIn(client, projectOf(machine))).filter((lease) => lease.machine === machine);
  const { user } = await client.lab.WhoAmI({});
  const found = its.find((lease) => (whose === 'own' ? lease.holder === user : lease.state === 'STATE_ACTIVE'));
  if (found) return found.name;
  throw new UsageError(whose === 'own' ? `you have no lease of ${machine}` : `nobody has leased ${machine}`, 1);
}

const stateText = ({ state, position, expire_time, machine }: Lease): string =>
  state === 'STATE_ACTIVE'
    ? `${lastPart(machine)} is yours until ${timeText(expire_time!)}`
    : `${lastPart(machine)}: you are number ${position} in the queue, until ${timeText(expire_time!)}`;

export function addLeaseCommands(program: Command, withSession: WithSession): void {
  const lease = program.command('lease').description('who has which machine to themselves, until when');

  lease
    .command('take <machine>')
    .description('have a machine to yourself; if others have it, stand in the queue')
    .option('--ttl <duration>', 'for so long, such as 30m or 4h (1h)')
    .option('--queue <duration>', 'stand in the queue for so long (1h)')
    .option('--wait', 'until it is yours')
    .option('--priority <number>', 'before those of a lower one; for administrators', '0')
    .option('--share <user>', 'who may change the machine too; may be repeated', collect, [])
    .option('--for <text>', 'what it is for')
    .action((id: string, options: TakeOptions) =>
      withSession(async ({ client, format }) => {
        const machine = machineName(id);
        let { lease: taken } = await client.leases.CreateLease({
          parent: projectOf(machine),
          machine,
          priority: parseCount('--priority', options.priority),
          shared_with: options.share.map(userName),
          display_name: options.for ?? '',
          ...(options.ttl === undefined ? {} : { ttl: ttlOf('--ttl', options.ttl) }),
          ...(options.queue === undefined ? {} : { queue_ttl: ttlOf('--queue', options.queue) }),
        });
        if (options.wait && taken!.state === 'STATE_QUEUED') {
          process.stderr.write(`${stateText(taken!)}\n`);
          ({ lease: taken } = await client.leases.WaitLease({ name: taken!.name }));
        }
        if (format === 'table') console.log(stateText(taken!));
        else printObject(format, 'uintr.v1.Lease', taken!);
      }),
    );

  lease
    .command('ls')
    .description('who uses what until when, and who waits for it')
    .option('--all', 'in all projects')
    .action(({ all }: { readonly all?: boolean }) =>
      withSession(async ({ client, format }) => {
        const leases = await leasesIn(client, all ? projectName('-') : client.project);
        printList<Lease>(format, 'uintr.v1.Lease', leases, [
          ['MACHINE', ({ machine }) => (all ? `${lastPart(projectOf(machine))}/${lastPart(machine)}` : lastPart(machine))],
          ['USER', ({ holder }) => lastPart(holder)],
          ['SHARED WITH', ({ shared_with }) => shared_with.map(lastPart).join(' ')],
          ['STATE', ({ state, position }) => (state === 'STATE_ACTIVE' ? 'active' : `queued, ${position}`)],
          ['UNTIL', ({ expire_time }) => timeText(expire_time!)],
          ['AT MOST', ({ cap_time }) => (cap_time ? timeText(cap_time) : '')],
          ['FOR', ({ display_name }) => display_name],
        ]);
      }),
    );

  lease
    .command('extend <machine>')
    .description('keep a machine of yours for longer; it never ends earlier by this')
    .option('--ttl <duration>', 'from now on (1h)', '1h')
    .action((id: string, { ttl }: { readonly ttl: string }) =>
      withSession(async ({ client }) => {
        const { lease: after } = await client.leases.ExtendLease({ name: await leaseOf(client, id, 'own'), ttl: ttlOf('--ttl', ttl) });
        console.log(stateText(after!));
      }),
    );

  lease
    .command('share <machine> [users...]')
    .description('let these users change a machine of yours too, and no others')
    .action((id: string, users: string[]) =>
      withSession(async ({ client }) => {
        const name = await leaseOf(client, id, 'own');
        const request = { lease: { name, shared_with: users.map(userName) }, update_mask: { paths: ['shared_with'] } };
        await client.leases.UpdateLease(request);
      }),
    );

  lease
    .command('release <machines...>')
    .description('have machines no longer, or wait for them no longer')
    .action((ids: string[]) =>
      withSession(async ({ client }) => {
        for (const id of ids) await client.leases.ReleaseLease({ name: await leaseOf(client, id, 'own') });
      }),
    );

  lease
    .command('revoke <machine>')
    .description('take a machine from whoever has it: their streams on it end')
    .option('--reason <text>', 'told to them', '')
    .action((id: string, { reason }: { readonly reason: string }) =>
      withSession(async ({ client }) => {
        await client.leases.RevokeLease({ name: await leaseOf(client, id, 'active'), reason });
      }),
    );
}
