// Every guest program, cut into random slices of virtual time on two and three vCPUs: always the same state and events.

import { expect, test } from 'vitest';
import { guests } from '../../guests/guests.ts';
import type { Abi } from '../../src/machine/machine-spec.ts';
import { RandomGenerator } from '../../src/machine/random-generator.ts';
import { guest, newMachine, spawn } from '../machine/run-guest.ts';

const names = guests.map(({ name }) => name).filter((name) => !/^(bench\/|fault$|fatal)/.test(name));
/** Virtual time, in cycles, at which all are compared; most programs have ended by then. */
const END = 30_000_000;
const random = new RandomGenerator(20_250_101n);

function outcome(name: string, vcpus: number, slices: () => number): { hash: string; events: string; time: number } {
  const abi = (/\.(poc|k518|rfc)$/.exec(name)?.[1] ?? 'none') as Abi;
  const machine = newMachine({ vcpus, abi });
  spawn(machine, guest(name));
  for (let cuts = 0; cuts < 200; cuts++) machine.advanceTo(Math.min(END, machine.time + slices()));
  machine.advanceTo(END);
  return { hash: machine.hash(), events: Buffer.from(machine.events.take()?.bytes ?? []).toString('latin1'), time: machine.time };
}

for (const name of names)
  test(`${name}`, () => {
    for (const vcpus of [2, 3]) {
      const whole = outcome(name, vcpus, () => 10_000_000);
      for (const scale of [50, 3000]) expect(outcome(name, vcpus, () => 1 + (random.next() % scale))).toEqual(whole);
    }
  });
