// Control of machines over gRPC, with real machines.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, newMachine } from './harness.ts';
import { makeElf } from '../kernel/elf-maker.ts';
import { guestImage, startRealDaemon } from './remote-harness.ts';
import type { TestDaemon } from './harness.ts';
import type { UintrClient } from '../../clients/ts/client.ts';

let daemon: TestDaemon;
let client: UintrClient;
beforeAll(async () => {
  daemon = await startRealDaemon();
  ({ client } = daemon);
});
afterAll(() => daemon.stop());

const MODES = ['TIME_MODE_FREE_RUNNING', 'TIME_MODE_LOCKSTEP'] as const;

async function machineWith(program: string, spec: object): Promise<{ name: string; process: string; thread: string }> {
  const name = await newMachine(client, { start: false, spec });
  const { process } = await client.guest.SpawnProcess({ parent: name, path: '/bin/p', image: guestImage(program) });
  return { name, process: process!.name, thread: `${name}/threads/${process!.pid}` };
}

const state = async (name: string) => (await client.machines.GetMachine({ name })).machine!;

describe.each(MODES)('%s', (time_mode) => {
  it('runs to each of its ends', async () => {
    const { name, process } = await machineWith('uipi_sample.poc', { time_mode });
    const { machines } = client;
    expect(await machines.RunMachine({ name, cycles: 5000 })).toMatchObject({ stop_reason: 'STOP_REASON_CYCLE', cycle: 5000n });
    expect(await machines.RunMachine({ name, until_cycle: 6000 })).toMatchObject({ cycle: 6000n });
    expect(await machines.RunMachine({ name, virtual_time: { seconds: 0, nanos: 500 } })).toMatchObject({ cycle: 7000n });
    expect(await machines.RunMachine({ name, instructions: 123 })).toMatchObject({
      stop_reason: 'STOP_REASON_INSTRUCTIONS',
      instructions: 123n,
    });
    expect((await state(name)).state).toBe('MACHINE_STATE_PAUSED');
    const met = await machines.RunMachine({ name, event: { kind: 'EVENT_KIND_SENDUIPI' } });
    expect(met.stop_reason).toBe('STOP_REASON_EVENT');
    const { events } = await client.events.ListEvents({ parent: name, start_sequence: met.event_sequence, page_size: 1 });
    expect(events[0]).toMatchObject({ sequence: met.event_sequence, senduipi: {} });
    expect(await machines.RunMachine({ name })).toMatchObject({ stop_reason: 'STOP_REASON_QUIESCENT' });
    expect(await state(name)).toMatchObject({ state: 'MACHINE_STATE_PAUSED', state_reason: 'quiescent' });
    expect((await client.guest.WaitProcess({ name: process })).process).toMatchObject({ state: 'STATE_EXITED', exit_code: 0 });
    await machines.DeleteMachine({ name });
  });

  it('steps, reads, writes, and stops at breakpoints', async () => {
    const { name, process, thread } = await machineWith('hello', { time_mode });
    const { machines } = client;
    const { breakpoint } = await machines.CreateBreakpoint({ parent: process, symbol: 'main' });
    expect(breakpoint).toMatchObject({ name: `${name}/breakpoints/1`, process, symbol: 'main', hits: 0n });
    expect(await machines.RunMachine({ name })).toMatchObject({
      stop_reason: 'STOP_REASON_BREAKPOINT',
      breakpoint: breakpoint!.name,
      thread,
    });
    expect((await state(name)).state_reason).toMatch(/^breakpoint 1 \(main\), met by thread \d+ at cycle \d+$/);
    expect((await machines.ListBreakpoints({ parent: name })).breakpoints).toMatchObject([{ hits: 1n }]);
    const { registers } = await machines.ReadRegisters({ name: thread });
    expect(registers!.values['rip']).toBe(breakpoint!.address);

    expect(await machines.StepMachine({ name: thread })).toMatchObject({
      stop_reason: 'STOP_REASON_INSTRUCTIONS',
      instructions: 1,
      thread,
    });
    expect(await machines.StepMachine({ name, vcpu: 0, instructions: 2 })).toMatchObject({ instructions: 2 });

    const address = registers!.values['rsp']! - 512n;
    const data = Uint8Array.of(1, 2, 3, 4);
    await machines.WriteMemory({ name: process, address, data });
    for (const subject of [process, thread])
      expect(Uint8Array.from((await machines.ReadMemory({ name: subject, address, length: 4 })).data)).toEqual(data);
    expect(await failure(machines.ReadMemory({ name: process, address: 16n, length: 4 }))).toMatchObject({
      reason: 'MEMORY_FAULT',
      metadata: { address: '0x10' },
    });
    expect((await machines.ReadMemory({ name, address: 0n, length: 1 << 20 })).data).toHaveLength(1 << 20);

    const written = await machines.WriteRegisters({
      name: thread,
      registers: { values: { r15: 77n }, vectors: { xmm3: new Uint8Array(16).fill(9) } },
    });
    expect(written.registers!.values['r15']).toBe(77n);
    expect(await failure(machines.WriteRegisters({ name: thread, registers: { values: { rip: 1n << 50n } } }))).toMatchObject({
      status: 'INVALID_ARGUMENT',
    });

    await machines.DeleteBreakpoint({ name: breakpoint!.name });
    expect(await failure(machines.DeleteBreakpoint({ name: breakpoint!.name }))).toMatchObject({ reason: 'BREAKPOINT_NOT_FOUND' });
    expect(await failure(machines.CreateBreakpoint({ parent: process, symbol: 'nowhere' }))).toMatchObject({ reason: 'SYMBOL_NOT_FOUND' });
    await machines.DeleteMachine({ name });
  });

  it('stops where a run is cancelled, or the machine is paused', async () => {
    const name = await newMachine(client, { start: false, spec: { time_mode } });
    // Jumps to itself.
    await client.guest.SpawnProcess({ parent: name, path: '/bin/spin', image: makeElf({ code: Uint8Array.of(0xeb, 0xfe) }) });
    const running = async (): Promise<void> => {
      while ((await state(name)).state !== 'MACHINE_STATE_RUNNING');
    };
    const abort = new AbortController();
    const cancelled = failure(client.machines.RunMachine({ name }, { signal: abort.signal }));
    await running();
    expect(await failure(client.machines.RunMachine({ name, cycles: 1 }))).toMatchObject({ reason: 'WRONG_STATE' });
    abort.abort();
    expect(await cancelled).toMatchObject({ status: 'CANCELLED' });
    while ((await state(name)).state !== 'MACHINE_STATE_PAUSED');
    const { state_reason, cycle } = await state(name);
    expect(state_reason).toBe(`cancelled at cycle ${cycle}`);
    expect(await client.machines.RunMachine({ name, cycles: 10 })).toMatchObject({ cycle: cycle + 10n });

    const paused = failure(client.machines.RunMachine({ name }));
    await running();
    await client.machines.PauseMachine({ name });
    expect(await paused).toMatchObject({ status: 'CANCELLED' });
    await client.machines.DeleteMachine({ name });
  });
});
