// Code that never comes back, and code that is written to from outside while it runs, under every choice of executors.

import { describe, expect, test } from 'vitest';
import { readRegisters } from '../../../src/machine/control/registers.ts';
import { liveThread } from '../../../src/machine/control/subjects.ts';
import type { Tiers } from '../../../src/machine/cpu/cpu.ts';
import { makeElf } from '../../kernel/elf-maker.ts';
import { newMachine, spawn } from '../run-guest.ts';
import { Rig } from './rig.ts';

const TIERS: readonly Tiers[] = ['step', 'region', 'mixed', 'random'];
const CODE = 0x401000n;

/** 1: inc rbx; mov eax, imm32; add rcx, rax; jmp 1b. The immediate is at +4. */
const LOOP = Uint8Array.of(0x48, 0xff, 0xc3, 0xb8, 1, 0, 0, 0, 0x48, 0x01, 0xc1, 0xeb, 0xf3);
const IMMEDIATE = CODE + 4n;
const INSTRUCTIONS_A_ROUND = 4;

/** Loops of one, two and three instructions: jmp to itself, inc eax; pause; loop on an unchanging condition. */
const SPINS: readonly (readonly [name: string, code: readonly number[]])[] = [
  ['jmp .', [0xeb, 0xfe]],
  ['inc eax; jmp', [0xff, 0xc0, 0xeb, 0xfc]],
  ['pause; jmp', [0xf3, 0x90, 0xeb, 0xfc]],
  ['cmp [rsp], 0 over and over', [0x48, 0x83, 0x3c, 0x24, 0x00, 0x75, 0xf9, 0xeb, 0xf7]],
];

describe.each(TIERS)('%s', (tiers) => {
  test.each(SPINS)('%s is paused, reset and stopped at the next slice', (_name, code) => {
    const rig = new Rig();
    rig.machine.board.cpu.setTiers(tiers);
    spawn(rig.machine, makeElf({ code: Uint8Array.from(code) }));
    rig.do('start_machine', {});
    for (let slice = 0; slice < 5; slice++) rig.hosted.runSlice();
    expect(rig.hosted.isRunnable).toBe(true);
    const pause = rig.send('pause_machine', {});
    expect(rig.answer('pause_machine', pause)).not.toBeNull();
    const { time } = rig.machine;
    expect(time).toBeGreaterThan(1000);
    rig.slices(3);
    expect(rig.machine.time).toBe(time);

    rig.do('start_machine', {});
    rig.hosted.runSlice();
    expect(rig.machine.time).toBeGreaterThan(time);
    const reset = rig.send('reset_machine', {});
    expect(rig.answer('reset_machine', reset)).not.toBeNull();
    expect(rig.machine.time).toBe(0);
  });

  test('what is written to a loop while it runs is what runs from then on', () => {
    const machine = newMachine();
    machine.board.cpu.setTiers(tiers);
    const pid = spawn(machine, makeElf({ code: LOOP }));
    const registers = (): Record<string, bigint> => {
      machine.board.suspendAll();
      return readRegisters(liveThread(machine, pid)).values as Record<string, bigint>;
    };
    machine.advanceTo(100_000);
    let rounds = registers()['rbx']!;
    let sum = registers()['rcx']!;
    let addend = 1n;
    for (let turn = 0; turn < 30; turn++) {
      machine.advanceTo(machine.time + 1000 + turn * 777);
      // At a known place in the loop: the beginning.
      for (let n = 0; registers()['rip'] !== CODE && n < INSTRUCTIONS_A_ROUND; n++) machine.advanceTo(machine.time + 1);
      const now = registers();
      expect(now['rip']).toBe(CODE);
      const done = now['rbx']! - rounds;
      expect(done).toBeGreaterThan(100n);
      expect(now['rcx']).toBe(sum + done * addend);
      rounds = now['rbx']!;
      sum = now['rcx']!;
      addend = BigInt(turn * 3 + 2);
      const data = new Uint8Array(4);
      new DataView(data.buffer).setUint32(0, Number(addend), true);
      machine.apply('write_memory', { place: { pid, tid: 0, address: IMMEDIATE }, data });
    }
  });
});

test('all of them end in the same state', () => {
  const hashes = TIERS.map((tiers) => {
    const machine = newMachine();
    machine.board.cpu.setTiers(tiers);
    const pid = spawn(machine, makeElf({ code: LOOP }));
    for (let turn = 1; turn <= 20; turn++) {
      machine.advanceTo(turn * 9973);
      machine.apply('write_memory', { place: { pid, tid: 0, address: IMMEDIATE }, data: Uint8Array.of(turn) });
    }
    machine.advanceTo(300_000);
    return machine.hash();
  });
  expect(new Set(hashes).size).toBe(1);
});
