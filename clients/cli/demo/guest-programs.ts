// The guest programs of the demonstration, run to their end on machines of their own.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { GuestConsole } from '../guest-io.ts';
import { exitCodeOf } from '../run.ts';
import type { Abi, Event } from '../../../src/gen/api.ts';
import type { UintrClient } from '../../ts/client.ts';

/** From clients/cli/demo/ in a checkout, from dist/clients/cli/demo/ in the package. */
const guests = ['../../../guests/bin/', '../../../../guests/bin/']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url));

/** Runs a guest to its end on a 2-vCPU machine of its own and gives back everything the machine reported. */
export async function runGuest(client: UintrClient, program: string, abi: Abi): Promise<Event[]> {
  if (guests === undefined) throw new Error('the built guest programs are missing: npm run build:guests');
  const image = await readFile(fileURLToPath(new URL(program, guests)));
  const { machine } = await client.machines.CreateMachine({ parent: client.project, machine: { spec: { vcpus: 2, abi } } });
  const { name } = machine!;
  const { process: spawned } = await client.guest.SpawnProcess({ parent: name, image, path: `/bin/${program}`, arguments: [program] });
  const guest = new GuestConsole(client, spawned!.name);
  const following = guest.follow();
  await Promise.race([guest.attached, following]);
  await client.machines.StartMachine({ name });
  const answer = await client.guest.WaitProcess({ name: spawned!.name, until_quiescent: true });
  guest.finish(answer);
  await following;
  if (answer.reason !== 'REASON_EXITED' || exitCodeOf(answer.process!) !== 0)
    throw new Error(`${program} ended with ${answer.reason}, code ${exitCodeOf(answer.process!)}`);

  const { events: count } = await client.machines.GetMachineStats({ name });
  const events: Event[] = [];
  for await (const response of client.events.StreamEvents({ parent: name, max_batch_events: 4096 })) {
    events.push(...response.events);
    if (response.next_sequence > count) break;
  }
  await client.machines.DeleteMachine({ name });
  return events;
}
