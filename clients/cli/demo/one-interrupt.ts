// The same program under two kernel profiles, and the way of its interrupt, leg by leg: with a receiver that spins and with one that was descheduled.

import { table } from '../../../src/text/table.ts';
import { timelineOf } from '../timeline.ts';
import { runGuest } from './guest-programs.ts';
import type { Abi, Event } from '../../../src/gen/api.ts';
import type { UintrClient } from '../../ts/client.ts';
import type { Leg, Step } from '../timeline.ts';

const PROFILES: readonly { readonly abi: Abi; readonly suffix: string }[] = [
  { abi: 'ABI_RFC', suffix: 'rfc' },
  { abi: 'ABI_POC', suffix: 'poc' },
];

const PROGRAMS = [
  { name: 'uipi_sample', about: 'the receiver sleeps in small steps', timeline: false },
  { name: 'uipi_spin', about: 'the receiver spins', timeline: true },
  { name: 'uipi_descheduled', about: 'another thread has the receiver’s vCPU when the interrupt is sent', timeline: true },
] as const;

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

export async function showInterrupts(client: UintrClient, hertz: number): Promise<void> {
  for (const { abi, suffix } of PROFILES) {
    for (const { name, about, timeline } of PROGRAMS) {
      const program = `${name}.${suffix}`;
      console.log(`\n== profile ${suffix}: ${program} on 2 vCPUs; ${about}. The guest says:`);
      const events = await runGuest(client, program, abi);
      if (!timeline) continue;
      console.log('\n   The way of its interrupt:');
      printTimeline(program, events, hertz);
    }
  }
}
