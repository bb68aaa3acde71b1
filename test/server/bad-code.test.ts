// Code that no compiler makes, in machines of a real daemon, where what is hot runs as compiled regions: calls to such machines are
// answered, what is compiled stays bounded, and the machines' states are those that every choice of executors ends in.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tiers } from '../../src/machine/cpu/cpu.ts';
import { makeElf, type Segment } from '../kernel/elf-maker.ts';
import * as inProcess from '../machine/run-guest.ts';
import { failure, newMachine, type TestDaemon } from './harness.ts';
import { startRealDaemon } from './remote-harness.ts';

const CODE = 0x40_1000;
const PAGE = 0x1000;
/** Regions that one machine may have. */
const MOST_REGIONS = 600;

const bytes = (text: string): number[] => text.split(' ').map((two) => Number.parseInt(two, 16));
const little = (value: number): number[] => [...Uint8Array.from({ length: 4 }, (_, i) => value >>> (8 * i))];

/** One page of code at CODE, alone, `at` bytes in; entered there. */
function program(code: readonly number[], { at = 0, flags = 5 } = {}): Uint8Array {
  const page = new Uint8Array(PAGE).fill(0xcc);
  page.set(code, at);
  return makeElf({
    code: page,
    entry: CODE + at,
    segments: [{ type: 1, flags, offset: 0x1000, address: CODE, fileSize: PAGE }],
  });
}

/** Calls to `count` functions of `size` bytes each, in a row, `rounds` times; then exit_group(ebx). */
function calling(count: number, size: number, code: readonly number[], rounds: number): Uint8Array {
  const functions = 0x100_0000;
  const calls = 0x200_0000;
  const text = new Uint8Array(Math.ceil((count * size) / PAGE) * PAGE).fill(0xcc);
  const callers = new Uint8Array(count * 5 + 32);
  const view = new DataView(callers.buffer);
  for (let n = 0; n < count; n++) {
    text.set(code, n * size);
    callers[n * 5] = 0xe8;
    view.setInt32(n * 5 + 1, functions + n * size - (calls + n * 5 + 5), true);
  }
  // dec ebp; jnz to the first call; mov edi, ebx; mov eax, 231; syscall
  const end = count * 5;
  callers.set([0xff, 0xcd, 0x0f, 0x85, ...little(-(end + 8)), ...bytes('89 df b8 e7 00 00 00 0f 05')], end);
  const tail = new Uint8Array(text.length + callers.length);
  tail.set(text);
  tail.set(callers, text.length);
  const segments: Segment[] = [
    { type: 1, flags: 5, offset: 0x1000, address: CODE, fileSize: PAGE },
    { type: 1, flags: 5, offset: 0x3000, address: functions, fileSize: text.length },
    { type: 1, flags: 5, offset: 0x3000 + text.length, address: calls, fileSize: callers.length },
  ];
  // mov ebp, rounds; jmp to the calls
  const entry = [0xbd, ...little(rounds), 0xe9, ...little(calls - (CODE + 10))];
  return makeElf({ code: Uint8Array.from(entry), tail, segments });
}

const SPIN = program(bytes('eb fe'));
/** 1: inc rbx; mov eax, imm32 (at +4); mov [rsp], eax; jmp 1b */
const COUNTING = program(bytes('48 ff c3 b8 01 00 00 00 89 04 24 eb f4'));
const IMMEDIATE = BigInt(CODE + 4);

let daemon: TestDaemon;
beforeAll(async () => (daemon = await startRealDaemon(['--workers', '1'])));
afterAll(() => daemon.stop());

const SPEC = { vcpus: 1, ram_bytes: 64n << 20n };
const spawnIn = async (parent: string, image: Uint8Array): Promise<string> =>
  (
    await daemon.client.guest.SpawnProcess({
      parent,
      path: '/bin/program',
      image,
      arguments: ['program'],
      environment: ['PATH=/bin:/usr/bin'],
    })
  ).process!.name;

const statsOf = async (name: string, hashed = false) => daemon.client.machines.GetMachineStats({ name, include_state_hash: hashed });
const threadOf = (process: string): string => process.replace('/processes/', '/threads/');

/** A machine that runs `image`, most of it compiled by now. */
async function running(image: Uint8Array): Promise<{ name: string; process: string }> {
  const name = await newMachine(daemon.client, { start: false, spec: SPEC });
  const process = await spawnIn(name, image);
  await daemon.client.machines.StartMachine({ name });
  for (;;) {
    const { region_instructions: hot } = (await statsOf(name)).engine!;
    if (hot > 1_000_000n) return { name, process };
  }
}

describe('a machine in an endless loop', () => {
  it.each([
    ['of one instruction', SPIN],
    ['of a few', COUNTING],
  ])('%s answers everything, and is paused, goes on, is reset and deleted in the middle of it', async (_what, image) => {
    const { machines } = daemon.client;
    const { name, process } = await running(image);
    const { registers } = await machines.ReadRegisters({ name: threadOf(process) });
    expect(Number(registers!.values['rip']!)).toBeGreaterThanOrEqual(CODE);
    expect((await machines.ReadMemory({ name: process, address: BigInt(CODE), length: 2 })).data).toHaveLength(2);
    await machines.PauseMachine({ name });
    const { cycle } = await statsOf(name);
    expect((await statsOf(name)).cycle).toBe(cycle);
    await machines.StartMachine({ name });
    while ((await statsOf(name)).cycle <= cycle);
    await machines.ResetMachine({ name });
    expect(await statsOf(name)).toMatchObject({ state: 'MACHINE_STATE_CREATED', cycle: 0n, processes: 0 });
    await spawnIn(name, image);
    await machines.StartMachine({ name });
    while ((await statsOf(name)).engine!.region_instructions === 0n);
    await machines.DeleteMachine({ name });
    expect((await failure(machines.GetMachine({ name }))).reason).toBe('MACHINE_NOT_FOUND');
  });

  it('goes without its neighbours noticing', async () => {
    const { machines, guest } = daemon.client;
    const stays = await running(COUNTING);
    for (let n = 0; n < 3; n++) {
      const goes = await running(SPIN);
      const { cycle } = await statsOf(stays.name);
      await machines.DeleteMachine({ name: goes.name });
      while ((await statsOf(stays.name)).cycle <= cycle);
    }
    const name = await newMachine(daemon.client, { spec: SPEC });
    const process = await spawnIn(name, calling(10, 16, bytes('ff c3 c3'), 3));
    expect((await guest.WaitProcess({ name: process })).process).toMatchObject({ exit_code: 30 });
    await machines.DeleteMachine({ name: stays.name });
    await machines.DeleteMachine({ name });
  });
});

it('what WriteMemory puts into a loop that runs compiled is what runs from then on', async () => {
  const { machines } = daemon.client;
  const { name, process } = await running(COUNTING);
  const { registers } = await machines.ReadRegisters({ name: threadOf(process) });
  const address = registers!.values['rsp']!;
  for (let value = 2; value < 12; value++) {
    await machines.WriteMemory({ name: process, address: IMMEDIATE, data: Uint8Array.of(value) });
    const before = (await machines.ReadRegisters({ name: threadOf(process) })).registers!.values['rbx']!;
    // Two rounds later at most.
    while ((await machines.ReadRegisters({ name: threadOf(process) })).registers!.values['rbx']! < before + 2n);
    expect((await machines.ReadMemory({ name: process, address, length: 4 })).data[0]).toBe(value);
    const { engine } = await statsOf(name);
    while ((await statsOf(name)).engine!.region_instructions === engine!.region_instructions);
  }
  expect((await statsOf(name)).engine!.regions_live).toBeLessThan(10n);
  await machines.DeleteMachine({ name });
});

interface Case {
  readonly image: Uint8Array;
  /** Where the states are compared. */
  readonly until: number;
  /** As WaitProcess tells it; if it ends. */
  readonly ends?: { readonly exit_code?: number; readonly signal?: number };
  /** What is written to the code, and when. */
  readonly writes?: readonly (readonly [cycle: number, address: number, byte: number])[];
  /** It does not stay in any place for so long that it gets hot. */
  readonly isCold?: boolean;
  readonly live?: number;
  /** If not all. */
  readonly tiers?: readonly Tiers[];
}

const CASES: Readonly<Record<string, Case>> = {
  // mov ecx, 300000; 1: inc eax; dec ecx; jnz 1b, and there the page ends
  'a hot loop that falls over the edge of what is mapped': {
    image: program([0xb9, ...little(300_000), ...bytes('ff c0 ff c9 75 fa')], { at: PAGE - 11 }),
    until: 2_000_000,
    ends: { signal: 11 },
  },
  // mov ecx, 300000; 5: mov eax, 0x01ebc3ff; nop; from 6 on: inc ebx; jmp over the nop;
  // b: dec ecx; jz out; test cl, 1; jz 5; jmp 6; out: shr ebx, 12; mov edi, ebx; mov eax, 231; syscall
  'hot code that is entered in the middle of an instruction': {
    image: program([
      0xb9,
      ...little(300_000),
      ...bytes('b8 ff c3 eb 01 90 ff c9 74 07 f6 c1 01 74 f1 eb f0 c1 eb 0c 89 df b8 e7 00 00 00 0f 05'),
    ]),
    until: 10_000_000,
    ends: { exit_code: 150_000 >>> 12 },
  },
  // 1: add rbx, imm8; inc byte [imm8]; jmp 1b
  'a loop that rewrites an instruction of its own for ever': {
    image: program(bytes('48 83 c3 00 fe 05 f9 ff ff ff eb f4'), { flags: 7 }),
    until: 20_000,
    isCold: true,
    tiers: ['step'],
  },
  // 1: mov ecx, 100000; 2: add rbx, imm8; dec ecx; jnz 2b; inc byte [imm8]; jmp 1b
  'a loop that is rewritten for ever once it is hot': {
    image: program([0xb9, ...little(100_000), ...bytes('48 83 c3 00 ff c9 75 f8 fe 05 f5 ff ff ff eb e9')], { flags: 7 }),
    until: 3_000_000,
    live: 10,
  },
  'a hot loop that a client writes to': {
    image: COUNTING,
    until: 2_000_000,
    writes: Array.from({ length: 8 }, (_, turn) => [200_001 * (turn + 1), CODE + 4, turn + 2] as const),
    live: 10,
  },
  // mov ecx, 60000; 1: dec ecx; jnz 1b; inc ebx; ret
  'more hot loops than there may be regions': {
    image: calling(640, 16, [0xb9, ...little(60_000), ...bytes('ff c9 75 fc ff c3 c3')], 1),
    until: 200_000_000,
    ends: { exit_code: 640 % 256 },
    live: MOST_REGIONS,
    tiers: ['step'],
  },
  // inc ebx; ret
  'a hundred thousand tiny functions': {
    image: calling(100_000, 16, bytes('ff c3 c3'), 1),
    until: 20_000_000,
    ends: { exit_code: 100_000 % 256 },
    isCold: true,
    tiers: ['step'],
  },
};

function stateOf(tiers: Tiers, { image, until, writes = [] }: Case): { hash: string; instructions: number } {
  const machine = inProcess.newMachine({ vcpus: 1, ram_bytes: 64 << 20, time_mode: 'LOCKSTEP' });
  machine.board.cpu.setTiers(tiers);
  const pid = inProcess.spawn(machine, image);
  for (const [cycle, address, byte] of writes) {
    machine.advanceTo(cycle);
    machine.apply('write_memory', { place: { pid, tid: 0, address: BigInt(address) }, data: Uint8Array.of(byte) });
  }
  machine.advanceTo(until);
  const outcome = { hash: machine.hash(), instructions: machine.board.cpu.instructions };
  machine.end();
  return outcome;
}

describe.each(Object.entries(CASES))('%s', (_name, one) => {
  const { image, until, ends, writes = [], isCold = false, live = 10, tiers = ['step', 'region'] } = one;

  it('ends in the state of every choice of executors, with little that is compiled', async () => {
    const { machines, guest } = daemon.client;
    const name = await newMachine(daemon.client, { start: false, spec: { ...SPEC, time_mode: 'TIME_MODE_LOCKSTEP' } });
    const process = await spawnIn(name, image);
    for (const [cycle, address, byte] of writes) {
      await machines.RunMachine({ name, until_cycle: BigInt(cycle) });
      await machines.WriteMemory({ name: process, address: BigInt(address), data: Uint8Array.of(byte) });
    }
    await machines.RunMachine({ name, until_cycle: BigInt(until) });
    if (ends) expect((await guest.WaitProcess({ name: process })).process).toMatchObject({ state: 'STATE_EXITED', ...ends });
    const { state_hash: hash, instructions, engine } = await statsOf(name, true);
    expect(engine!.regions_live).toBeLessThanOrEqual(BigInt(live));
    if (!isCold) expect(engine!.region_instructions).toBeGreaterThan(10_000n);
    for (const choice of tiers) expect({ choice, ...stateOf(choice, one) }).toEqual({ choice, hash, instructions: Number(instructions) });
    await machines.DeleteMachine({ name });
  });
});
