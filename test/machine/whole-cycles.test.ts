// Clocks count parts of a cycle; what is told to others is whole.

import { expect, it } from 'vitest';
import { guestImage, startRealDaemon } from '../server/remote-harness.ts';
import { newMachine } from '../server/harness.ts';

it('a machine that runs tells whole cycles, whatever it is asked', async () => {
  const daemon = await startRealDaemon();
  const { client } = daemon;
  const name = await newMachine(client, { spec: { vcpus: 1, ram_bytes: 16 << 20 } });
  const { process } = await client.guest.SpawnProcess({
    parent: name,
    path: '/bin/mul',
    image: guestImage('bench/mul'),
    arguments: ['mul', '1000000000000'],
  });
  for (let look = 0; look < 20; look++) expect((await client.machines.GetMachineStats({ name })).cycle).toBeTypeOf('bigint');
  await client.machines.PauseMachine({ name });
  await client.machines.GetMachine({ name });
  await client.guest.SignalProcess({ name: process!.name, signal: 9 });
  await client.machines.RunMachine({ name, cycles: 1_000_001n });
  await client.uintr.GetUintrState({ name });
  await client.events.ListEvents({ parent: name });
  await daemon.stop();
});
