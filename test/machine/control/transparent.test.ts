// Whoever runs a machine piecewise, steps it, reads it and meets breakpoints sees the same machine as one who lets it run;
// and what changes it is in the journal, with the exact place.

import { expect, test } from 'vitest';
import { Machine } from '../../../src/machine/machine.ts';
import type { MachineSpec } from '../../../src/machine/machine-spec.ts';
import { RandomGenerator } from '../../../src/machine/random-generator.ts';
import { finish, guest, stepModule } from '../run-guest.ts';
import { Rig } from './rig.ts';

const SUBJECTS: readonly [program: string, spec: Partial<MachineSpec>, symbols: readonly string[]][] = [
  ['hello', { vcpus: 1 }, ['main']],
  ['uipi_sample.poc', {}, ['main', 'main+0x10']],
  ['uipi_sample.poc', { vcpus: 1 }, ['main']],
  ['uipi_spin.poc', { vcpus: 3, time_mode: 'LOCKSTEP' }, ['main']],
  ['ping_pong.poc', { time_mode: 'LOCKSTEP' }, ['main']],
  ['nested.poc', {}, ['main']],
  ['threads', { vcpus: 3 }, ['main']],
  ['threads', { vcpus: 2, time_mode: 'LOCKSTEP' }, ['main']],
  ['pipes', {}, ['main']],
];

/** Something a person with a debugger may do next, without changing anything. */
function look(rig: Rig, pid: number, dice: () => number): void {
  const { machine } = rig;
  const tids = [...machine.board.kernel.pids.tasks.values()].filter((task) => task.process.pid >= pid).map((task) => task.tid);
  const tid = tids[dice() % Math.max(1, tids.length)] ?? 0;
  switch (dice() % 7) {
    case 0:
      rig.run({ cycles: 1 + (dice() % 30_000) });
      break;
    case 1:
      rig.run({ instructions: 1 + (dice() % 3000) });
      break;
    case 2:
      rig.run({ nanoseconds: BigInt(1 + (dice() % 20_000)) });
      break;
    case 3:
      if (tid !== 0) rig.step(1 + (dice() % 40), { tid });
      break;
    case 4:
      rig.step(1 + (dice() % 200), { vcpu: dice() % machine.spec.vcpus });
      break;
    case 5:
      rig.run({ cycles: 100_000, event: { kind: 'syscall_entered', pid: 0, tid: 0, vcpu: null, fields: {} } });
      break;
    default:
      if (tid === 0) break;
      rig.do('read_registers', { tid });
      rig.do('read_memory', { place: { pid: 0, tid, address: machine.board.kernel.pids.tasks.get(tid)!.context.rip }, length: 16 });
  }
}

const seeded = (seed: number): (() => number) => {
  const generator = new RandomGenerator(BigInt(seed));
  return () => generator.next();
};

/** One in a hot loop would be met a million times. */
function deleteBreakpoints(rig: Rig): void {
  for (const { id } of rig.do('list_breakpoints', {}).breakpoints) rig.do('delete_breakpoint', { id });
}

/** Programs whose process has gone have nothing to step. */
const alive = (rig: Rig, pid: number): boolean => rig.machine.programs.get(pid)!.process.exitStatus === null;

for (const [program, spec, symbols] of SUBJECTS)
  test(`${program} ${JSON.stringify(spec)}: with and without stops it is the same`, () => {
    const plain = new Rig(spec);
    const plainEvents = plain.guestEvents();
    const pid = plain.spawn(program);
    finish(plain.machine, pid);
    const hash = plain.machine.hash();

    for (const seed of [1, 2, 3]) {
      const dice = seeded(seed);
      const rig = new Rig(spec);
      const events = rig.guestEvents();
      expect(rig.spawn(program)).toBe(pid);
      for (const symbol of symbols) rig.do('create_breakpoint', { pid, address: null, symbol });
      let acts = 0;
      for (; acts < 150 && alive(rig, pid); acts++) look(rig, pid, dice);
      // What a thread is about to execute is as good a place as any.
      const [task] = rig.machine.board.kernel.pids.processes.get(pid)?.tasks ?? [];
      if (task && alive(rig, pid)) {
        rig.machine.board.suspendAll();
        const address = task.context.rip;
        if (!rig.do('list_breakpoints', {}).breakpoints.some((breakpoint) => breakpoint.address === address))
          rig.do('create_breakpoint', { pid, address, symbol: '' });
      }
      let reason = '';
      for (let hits = 0; hits < 200 && reason !== 'quiescent'; hits++) ({ reason } = rig.run());
      deleteBreakpoints(rig);
      if (reason !== 'quiescent') expect(rig.run().reason).toBe('quiescent');
      expect(rig.machine.hash(), `seed ${seed}`).toBe(hash);
      expect(events, `seed ${seed}`).toEqual(plainEvents);
    }
  });

for (const [program, spec, symbols] of SUBJECTS)
  test(`${program} ${JSON.stringify(spec)}: what was done between stops replays`, () => {
    for (const seed of [11, 12]) {
      const dice = seeded(seed);
      const rig = new Rig(spec);
      const { machine } = rig;
      const pid = rig.spawn(program);
      for (const symbol of symbols) rig.do('create_breakpoint', { pid, address: null, symbol });
      for (let act = 0; act < 120 && alive(rig, pid); act++) {
        look(rig, pid, dice);
        const [task] = machine.board.kernel.pids.processes.get(pid)?.tasks ?? [];
        if (!task || !alive(rig, pid)) continue;
        machine.board.suspendAll();
        const { rip } = task.context;
        const rsp = task.context.register(4);
        switch (dice() % 12) {
          case 0:
            // Below the red zone: memory that is there and that nobody reads.
            rig.do('write_memory', { place: { pid, tid: 0, address: rsp - 256n }, data: Uint8Array.of(dice(), dice(), dice()) });
            break;
          case 1:
            rig.do('write_registers', { tid: task.tid, registers: { values: {}, vectors: { xmm15: new Uint8Array(16).fill(dice()) } } });
            break;
          case 2:
            rig.do('spawn_process', {
              program: { path: '/bin/hello', image: guest('hello') },
              arguments: ['again'],
              environment: [],
              workingDirectory: '/',
              stdin: new Uint8Array(0),
              files: [],
              affinity: 0,
            });
            break;
          case 3: {
            const [first] = rig.do('list_breakpoints', {}).breakpoints;
            if (first) rig.do('delete_breakpoint', { id: first.id });
            break;
          }
          case 4:
            if (!rig.do('list_breakpoints', {}).breakpoints.some(({ address }) => address === rip))
              rig.do('create_breakpoint', { pid, address: rip, symbol: '' });
            break;
          case 5:
            rig.do('write_file', { path: `/tmp/${act}`, bytes: Uint8Array.of(act), mode: 0o600 });
            break;
        }
      }
      deleteBreakpoints(rig);
      // An input at the end, so that the journal says how far to go.
      rig.do('write_file', { path: '/tmp/end', bytes: Uint8Array.of(1), mode: 0o600 });
      const replayed = Machine.replay(machine.spec, stepModule(), machine.journal.entries);
      expect(replayed.hash(), `seed ${seed}`).toBe(machine.hash());
      expect(replayed.time).toBe(machine.time);
      const [all, again] = [machine, replayed].map((one) => {
        one.advanceTo(one.time + 500_000);
        return one.hash();
      });
      expect(again, `seed ${seed}, later`).toBe(all);
    }
  });
