// The demonstration: a real user-interrupt program under two kernel profiles, on a private daemon, through the public API alone;
// then the way of its interrupt, leg by leg, with a receiver that spins and with one that was descheduled.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { connect } from '../ts/client.ts';
import { startLocalDaemon } from '../ts/local-daemon.ts';
import { GuestConsole } from './guest-io.ts';
import { PROJECT } from './names.ts';
import { table } from './output.ts';
import { exitCodeOf } from './run.ts';
import { timelineOf } from './timeline.ts';
import type { Abi, Event } from '../../src/gen/api.ts';
import type { UintrClient } from '../ts/client.ts';
import type { Leg, Step } from './timeline.ts';

/** From clients/cli/ in a checkout, from dist/clients/cli/ in the package. */
const guests = ['../../guests/bin/', '../../../guests/bin/'].map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));

const PROFILES: readonly { readonly abi: Abi; readonly suffix: string }[] = [
  { abi: 'ABI_RFC', suffix: 'rfc' },
  { abi: 'ABI_POC', suffix: 'poc' },
];

const PROGRAMS = [
  { name: 'uipi_sample', about: 'the receiver sleeps in small steps', timeline: false },
  { name: 'uipi_spin', about: 'the receiver spins', timeline: true },
  { name: 'uipi_descheduled', about: 'another thread has the receiver’s vCPU when the interrupt is sent', timeline: true },
] as const;

/** Runs a guest to its end on a 2-vCPU machine of its own and gives back everything the machine reported. */
async function runGuest(client: UintrClient, program: string, abi: Abi): Promise<Event[]> {
  const image = await readFile(fileURLToPath(new URL(program, guests)));
  const { machine } = await client.machines.CreateMachine({ parent: PROJECT, machine: { spec: { vcpus: 2, abi } } });
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

function printTimeline(program: string, events: readonly Event[], hertz: number): void {
  const timeline = timelineOf(events);
  if (!timeline) throw new Error(`${program}: no interrupt was delivered`);
  const nanoseconds = (cycles: number): string => `${((cycles / hertz) * 1e9).toFixed(1)} ns`;
  const sent = timeline.steps.find((step) => step.what === 'SENDUIPI')!.cycle;
  console.log(
    table<Step>(timeline.steps, [
      ['  CYCLE', (row) => `  ${row.cycle}`],
      ['SINCE SENDUIPI', (row) => `${row.cycle >= sent ? '+' : ''}${row.cycle - sent}`],
      ['VCPU', (row) => row.vcpu],
      ['THREAD', (row) => row.tid],
      ['STEP', (row) => row.what],
      ['', (row) => row.detail],
    ]),
  );
  console.log();
  console.log(
    table<Leg>(timeline.legs, [
      ['  LEG', (row) => `  ${row.name}`],
      ['CYCLES', (row) => row.cycles],
      ['TIME', (row) => nanoseconds(row.cycles)],
    ]),
  );
}

async function demonstrate(client: UintrClient): Promise<void> {
  const { version } = await client.lab.GetServerInfo({});
  const { hertz, preset } = await client.machines.GetCostTable({ preset: 'spr-2.0ghz' });
  console.log(`uintrd ${version}; virtual time by the cost table ${preset}, ${Number(hertz) / 1e9} GHz`);
  for (const { abi, suffix } of PROFILES) {
    for (const { name, about, timeline } of PROGRAMS) {
      const program = `${name}.${suffix}`;
      console.log(`\n== profile ${suffix}: ${program} on 2 vCPUs; ${about}. The guest says:`);
      const events = await runGuest(client, program, abi);
      if (!timeline) continue;
      console.log('\n   The way of its interrupt:');
      printTimeline(program, events, Number(hertz));
    }
  }
}

if (guests === undefined) throw new Error('the built guest programs are missing: npm run build:guests');
const daemon = await startLocalDaemon();
const client = connect(daemon.endpoint);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void daemon.stop().then(() => process.exit(signal === 'SIGINT' ? 130 : 143)));
try {
  await demonstrate(client);
} catch (error) {
  console.error(`demo: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  client.close();
  await daemon.stop();
}
