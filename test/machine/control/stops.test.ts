// Every end of a run, steps, breakpoints, and who waits meanwhile.

import { describe, expect, test } from 'vitest';
import { DEFAULT_SPEC, type MachineSpec } from '../../../src/machine/machine-spec.ts';
import { makeElf } from '../../kernel/elf-maker.ts';
import { Rig } from './rig.ts';

const SPIN = Uint8Array.of(0xeb, 0xfe);
/** loop: inc %rax; jmp loop. */
const COUNT = Uint8Array.of(0x48, 0xff, 0xc0, 0xeb, 0xfb);
const LOOP = 0x401000n;
const MODES = ['FREE_RUNNING', 'LOCKSTEP'] as const;

const event = (kind: string, fields: Record<string, string> = {}, place: { pid?: number; tid?: number; vcpu?: number | null } = {}) => ({
  kind,
  pid: place.pid ?? 0,
  tid: place.tid ?? 0,
  vcpu: place.vcpu ?? null,
  fields,
});

function counting(spec: Partial<MachineSpec> = {}, copies = 1): { rig: Rig; pid: number } {
  const rig = new Rig(spec);
  const pids = Array.from({ length: copies }, (_, at) => rig.spawn(makeElf({ code: COUNT }), { affinity: 1 << at }));
  return { rig, pid: pids[0]! };
}

const rax = (rig: Rig, tid: number): bigint => rig.do('read_registers', { tid }).registers.values['rax']!;

for (const time_mode of MODES)
  describe(`ends of a run, ${time_mode}`, () => {
    test('a cycle, cycles and virtual time, the first of them', () => {
      const { rig } = counting({ time_mode });
      expect(rig.run({ untilCycle: 20_000 })).toMatchObject({ reason: 'cycle', cycle: 20_000 });
      expect(rig.hosted.state).toBe('paused');
      expect(rig.run({ cycles: 500 })).toMatchObject({ reason: 'cycle', cycle: 20_500 });
      // 10 us at 2 GHz.
      expect(rig.run({ nanoseconds: 10_000n })).toMatchObject({ reason: 'cycle', cycle: 40_500 });
      expect(rig.run({ nanoseconds: 1n })).toMatchObject({ cycle: 40_502 });
      expect(rig.run({ untilCycle: 90_000, cycles: 100, nanoseconds: 1_000n })).toMatchObject({ cycle: 40_602 });
      expect(rig.run({ untilCycle: 7 })).toMatchObject({ reason: 'cycle', cycle: 40_602, instructions: 0 });
      expect(rig.hosted.state).toBe('paused');
    });

    test('instructions, exactly, of all vCPUs together', () => {
      for (const vcpus of [1, 2, 3]) {
        const { rig } = counting({ time_mode, vcpus }, vcpus);
        for (const instructions of [1, 2, 3, 99, 100, 101, 12_345])
          expect(rig.run({ instructions })).toMatchObject({ reason: 'instructions', instructions });
        expect(rig.do('machine_stats', { hash: false }).instructions).toBe(12_651);
        expect(rig.run({ instructions: 1e9, cycles: 1000 })).toMatchObject({ reason: 'cycle' });
      }
    });

    test('an event, with its sequence', () => {
      const rig = new Rig({ time_mode });
      const pid = rig.spawn('hello');
      const answer = rig.run({ event: event('syscall_entered', { name: 'write' }, { pid }) });
      expect(answer).toMatchObject({ reason: 'event' });
      const { fields } = { fields: rig.do('list_threads', { pid }).threads };
      expect(fields).toHaveLength(1);
      expect(rig.machine.events.emitted).toBeGreaterThanOrEqual(answer.eventSequence);
      expect(rig.run({ event: event('process_exited') })).toMatchObject({ reason: 'event' });
      expect(rig.run({ event: event('process_exited') })).toMatchObject({ reason: 'quiescent', eventSequence: 0 });
      expect(rig.hosted.state).toBe('paused');
    });

    test('an event in the midst of user code stops right behind its instruction', () => {
      const rig = new Rig({ time_mode });
      const pid = rig.spawn('uipi_sample.poc');
      const { reason, cycle } = rig.run({ event: event('uiret') });
      expect(reason).toBe('event');
      const [thread] = rig.do('list_threads', { pid }).threads;
      expect(thread).toBeDefined();
      expect(rig.run({ instructions: 1 }).cycle).toBeGreaterThanOrEqual(cycle);
    });

    test('the limit of virtual time', () => {
      const { rig } = counting({ time_mode, limits: { ...DEFAULT_SPEC.limits, virtual_cycles: 5000 } });
      expect(rig.run()).toMatchObject({ reason: 'virtual_limit', cycle: 5000 });
      expect(rig.machine.reason).toBe('virtual_limit');
      expect(rig.run()).toMatchObject({ reason: 'virtual_limit', cycle: 5000, instructions: 0 });
    });

    test('quiescence', () => {
      const rig = new Rig({ time_mode });
      expect(rig.run({ cycles: 100 })).toMatchObject({ reason: 'quiescent', instructions: 0 });
      expect(rig.hosted.state).toBe('paused');
    });

    test('a cancelled run says where it stopped; another cannot begin while one is on', () => {
      const { rig } = counting({ time_mode });
      const request = rig.send('run_machine', { untilCycle: 0, cycles: 0, instructions: 0, nanoseconds: 0n, event: null });
      rig.slices(2);
      for (const kind of ['run_machine', 'step_machine'] as const)
        expect(() => rig.send(kind, {} as never)).toThrow(expect.objectContaining({ code: 'WRONG_STATE' }));
      rig.do('cancel', { target: request });
      expect(() => rig.answer('run_machine', request)).toThrow(expect.objectContaining({ code: 'CANCELLED' }));
      const { time } = rig.machine;
      expect(time).toBeGreaterThan(0);
      expect([rig.hosted.state, rig.machine.reason]).toEqual(['paused', `cancelled at cycle ${time}`]);
      expect(rig.hosted.isRunnable).toBe(false);
      expect(rig.run({ cycles: 10 })).toMatchObject({ cycle: time + 10 });
    });

    test('PauseMachine ends a run', () => {
      const { rig } = counting({ time_mode });
      const request = rig.send('run_machine', { untilCycle: 0, cycles: 0, instructions: 0, nanoseconds: 0n, event: null });
      rig.slices(1);
      rig.do('pause_machine', {});
      expect(() => rig.answer('run_machine', request)).toThrow(expect.objectContaining({ code: 'CANCELLED' }));
      expect(rig.hosted.isRunnable).toBe(false);
    });
  });

describe('what an event must be', () => {
  const REFUSED: readonly [ReturnType<typeof event>, string][] = [
    [event('nonsense'), 'event.kind'],
    [event('toString'), 'event.kind'],
    [event('woken'), 'event.kind'],
    [event('uiret', { color: 'red' }), 'event.fields["color"]'],
    [event('uiret', { rip: 'main' }), 'event.fields["rip"]'],
    [event('uiret', { uif: '1' }), 'event.fields["uif"]'],
    [event('', { rip: '1' }), 'event.fields["rip"]'],
  ];
  for (const [match, field] of REFUSED)
    test(JSON.stringify(match), () => {
      const rig = new Rig({ event_kinds: ['uiret', 'syscall_entered'] });
      expect(() => rig.run({ event: match })).toThrow(
        expect.objectContaining({ code: 'INVALID_FIELD', message: expect.stringContaining(field) as string }),
      );
      expect(rig.hosted.state).toBe('created');
    });

  test('numbers in both notations, signed, text, lists, any kind', () => {
    const rig = new Rig();
    const pid = rig.spawn('hello');
    expect(rig.run({ event: event('switched_in', { migrated_from: '-1' }) }).reason).toBe('event');
    expect(rig.run({ event: event('syscall_entered', { number: '0x9e' }) }).reason).toBe('event');
    expect(rig.run({ event: event('', {}, { pid }) }).reason).toBe('event');
    expect(rig.run({ event: event('console_output', { stream: '1' }, { pid }) }).reason).toBe('event');
    expect(rig.run({ event: event('process_exited', { exit_code: '0', core: 'false' }, { vcpu: 31 }) }).reason).toBe('quiescent');
  });
});

for (const time_mode of MODES)
  describe(`steps, ${time_mode}`, () => {
    test('of a thread are exact, whatever the others do', () => {
      for (const vcpus of [1, 2]) {
        const { rig, pid } = counting({ time_mode, vcpus }, vcpus);
        let executed = 0n;
        for (const instructions of [1, 1, 2, 7, 1000]) {
          expect(rig.step(instructions, { tid: pid })).toMatchObject({ reason: 'instructions', instructions, tid: pid });
          executed += BigInt(instructions);
          expect(rax(rig, pid)).toBe((executed + 1n) / 2n);
        }
        expect(rig.step(3, { vcpu: 0 })).toMatchObject({ reason: 'instructions', tid: pid });
        expect(rax(rig, pid)).toBe((executed + 4n) / 2n);
      }
    });

    test('count a system call as one', () => {
      const rig = new Rig({ time_mode });
      // mov $39, %eax; syscall (getpid); mov %eax, %edi; mov $60, %eax; syscall.
      const code = Uint8Array.of(0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0x89, 0xc7, 0xb8, 60, 0, 0, 0, 0x0f, 0x05);
      const pid = rig.spawn(makeElf({ code }));
      expect(rig.step(1, { tid: pid })).toMatchObject({ rip: LOOP + 5n });
      expect(rig.step(1, { tid: pid })).toMatchObject({ rip: LOOP + 7n, instructions: 1 });
      expect(rax(rig, pid)).toBe(BigInt(pid));
      expect(rig.step(10, { tid: pid })).toMatchObject({ reason: 'not_running', instructions: 3, tid: 0 });
    });

    test('of those who sleep, are not there, or run nowhere', () => {
      const rig = new Rig({ time_mode, vcpus: 2 });
      // poll(0, 0, -1): mov $7, %eax; xor %edi, %edi; xor %esi, %esi; mov $-1, %edx; syscall.
      const code = Uint8Array.of(0xb8, 7, 0, 0, 0, 0x31, 0xff, 0x31, 0xf6, 0xba, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x05);
      const pid = rig.spawn(makeElf({ code }), { affinity: 1 });
      expect(rig.step(100, { tid: pid })).toMatchObject({ reason: 'not_running', instructions: 5, tid: pid });
      expect(rig.step(100, { tid: pid })).toMatchObject({ reason: 'not_running', instructions: 0, tid: pid });
      expect(rig.step(1, { vcpu: 1 })).toMatchObject({ reason: 'not_running', instructions: 0, tid: 0 });
      expect(() => rig.step(1, { tid: 99 })).toThrow(expect.objectContaining({ code: 'THREAD_NOT_FOUND' }));
      expect(() => rig.step(1, { vcpu: 2 })).toThrow(expect.objectContaining({ code: 'INVALID_FIELD' }));
      expect(rig.hosted.state).toBe('paused');
    });
  });

for (const time_mode of MODES)
  describe(`breakpoints, ${time_mode}`, () => {
    test('stop before the instruction, each time it comes, and go on over it', () => {
      for (const vcpus of [1, 2]) {
        const { rig, pid } = counting({ time_mode, vcpus }, vcpus);
        const { id } = rig.do('create_breakpoint', { pid, address: LOOP + 3n, symbol: '' }).breakpoint;
        for (let hit = 1; hit <= 5; hit++) {
          expect(rig.run()).toMatchObject({ reason: 'breakpoint', breakpoint: id, tid: pid });
          expect(rax(rig, pid)).toBe(BigInt(hit));
          expect(rig.machine.reason).toContain(`breakpoint ${id} (0x401003), met by thread ${pid} at cycle`);
        }
        expect(rig.do('list_breakpoints', {}).breakpoints).toMatchObject([{ id, pid, address: LOOP + 3n, hits: 5 }]);
        rig.do('delete_breakpoint', { id });
        expect(rig.run({ cycles: 1000 })).toMatchObject({ reason: 'cycle' });
        expect(() => rig.do('delete_breakpoint', { id })).toThrow(expect.objectContaining({ code: 'BREAKPOINT_NOT_FOUND' }));
      }
    });

    test("are one process's, though others share its code", () => {
      const { rig, pid } = counting({ time_mode, vcpus: 2 }, 2);
      rig.do('create_breakpoint', { pid: pid + 1, address: LOOP, symbol: '' });
      for (let hit = 0; hit < 3; hit++) expect(rig.run()).toMatchObject({ reason: 'breakpoint', tid: pid + 1 });
      expect(rax(rig, pid + 1)).toBe(2n);
    });

    test('by symbol, on pages that are not there yet', () => {
      const rig = new Rig({ time_mode });
      const pid = rig.spawn('hello');
      const { breakpoint } = rig.do('create_breakpoint', { pid, address: null, symbol: 'main' });
      expect(breakpoint.symbol).toBe('main');
      expect(rig.run()).toMatchObject({ reason: 'breakpoint', breakpoint: breakpoint.id });
      expect(rig.do('list_threads', { pid }).threads[0]).toMatchObject({ symbol: 'main', rip: breakpoint.address });
      expect(rig.run()).toMatchObject({ reason: 'quiescent' });
      expect(rig.do('list_breakpoints', {}).breakpoints).toEqual([]);
    });

    test('a wait goes on waiting while the machine is paused at one', () => {
      const rig = new Rig({ time_mode });
      const pid = rig.spawn('hello');
      rig.do('create_breakpoint', { pid, address: null, symbol: 'main' });
      if (time_mode === 'FREE_RUNNING') rig.do('start_machine', {});
      const wait = rig.send('wait_process', { pid, untilQuiescent: false });
      rig.slices();
      expect(rig.hosted.state).toBe('paused');
      expect(rig.answer('wait_process', wait)).toBeNull();
      expect(rig.run()).toMatchObject({ reason: 'quiescent' });
      expect(rig.answer('wait_process', wait)).toMatchObject({ reason: 'exited' });
    });

    test('a run that stands at one begins with it, once', () => {
      const { rig, pid } = counting({ time_mode });
      rig.step(10, { tid: pid });
      rig.do('create_breakpoint', { pid, address: LOOP, symbol: '' });
      expect(rig.run()).toMatchObject({ reason: 'breakpoint', instructions: 0 });
      expect(rig.run()).toMatchObject({ reason: 'breakpoint', instructions: 2 });
      expect(rig.step(5, { tid: pid })).toMatchObject({ reason: 'breakpoint', instructions: 2 });
      rig.do('write_registers', { tid: pid, registers: { values: { rip: LOOP }, vectors: {} } });
      expect(rig.run()).toMatchObject({ reason: 'breakpoint', instructions: 0 });
    });
  });

test('places that breakpoints cannot be at', () => {
  const rig = new Rig();
  const pid = rig.spawn('hello');
  const nameless = rig.spawn(makeElf({ code: SPIN }));
  const at = (fields: { pid?: number; address?: bigint; symbol?: string }) => () =>
    rig.do('create_breakpoint', { pid: fields.pid ?? pid, address: fields.address ?? null, symbol: fields.symbol ?? '' });
  const REFUSED: readonly [() => unknown, string][] = [
    [at({ address: 1n << 47n }), 'INVALID_FIELD'],
    [at({ address: 2n ** 64n - 1n }), 'INVALID_FIELD'],
    [at({ symbol: '' }), 'INVALID_FIELD'],
    [at({ symbol: 'main+' }), 'INVALID_FIELD'],
    [at({ symbol: 'main+0x7fffffffffff' }), 'INVALID_FIELD'],
    [at({ symbol: 'absent' }), 'SYMBOL_NOT_FOUND'],
    [at({ symbol: 'main', pid: nameless }), 'SYMBOL_NOT_FOUND'],
    [at({ symbol: 'main', pid: 1 }), 'PROCESS_NOT_FOUND'],
    [at({ symbol: 'main', pid: 99 }), 'PROCESS_NOT_FOUND'],
  ];
  for (const [make, code] of REFUSED) expect(make).toThrow(expect.objectContaining({ code }));
  at({ symbol: 'main+0x4' })();
  expect(at({ symbol: 'main+4' })).toThrow(expect.objectContaining({ code: 'ALREADY_EXISTS' }));
  expect(rig.do('list_breakpoints', {}).breakpoints).toHaveLength(1);
});
