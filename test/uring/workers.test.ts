// Workers of rings as observers see them: which thread does what, when, on which vCPU, for how long; and what is left of them.
// What programs see is in guests/uring/workers.c.

import { describe, expect, it } from 'vitest';
import type { EventFields, EventKind } from '../../src/machine/events/schema.ts';
import { finish, guest, newMachine, run, type SeenEvent, spawn, watch } from '../machine/run-guest.ts';

const image = guest('uring/workers');

function of<K extends EventKind>(events: readonly SeenEvent[], kind: K): SeenEvent<K>[] {
  return events.filter((event): event is SeenEvent<K> => event.kind === kind);
}

describe('every event', () => {
  const { events, machine } = run(image, {}, { abi: 'none', vcpus: 2 });
  const taken = of(events, 'work_taken');

  it('of a worker names the thread that submitted, and the worker', () => {
    const queued = new Map(of(events, 'work_queued').map(({ fields }) => [fields.request, fields]));
    const parents = new Map(of(events, 'thread_started').map(({ tid, fields }) => [tid, fields.parent_tid]));
    expect(taken.length).toBeGreaterThan(30);
    const strangers = taken.filter(({ tid, fields }) => (queued.get(fields.request)?.owner_tid ?? parents.get(tid)) !== parents.get(tid));
    expect(strangers).toEqual([]);
    // The rest of a link is not queued again.
    const names = of(events, 'sqe_submitted').filter(({ fields }) => taken.some((event) => event.fields.request === fields.request));
    expect(names.filter(({ fields }) => !queued.has(fields.request)).map(({ fields }) => fields.user_data)).toEqual([51n]);
    expect(new Set([...queued.values()].map(({ kind }) => kind))).toEqual(new Set(['bounded', 'unbounded']));
  });

  it('is on the vCPU where the worker runs, while its submitter goes on', () => {
    const write = of(events, 'sqe_submitted').find(({ fields }) => fields.user_data === 80n)!;
    const { request } = write.fields;
    const begun = taken.find(({ fields }) => fields.request === request)!;
    const ended = of(events, 'cqe_posted').find(({ fields }) => fields.request === request)!;
    expect([begun.vcpu, ended.vcpu, ended.tid]).toEqual([begun.vcpu, begun.vcpu, begun.tid]);
    expect(begun.vcpu).not.toBe(write.vcpu);
    // A megabyte, at 4 cycles for 64 bytes.
    expect(ended.cycle - begun.cycle).toBeGreaterThanOrEqual((2 ** 20 / 64) * 4);
    const meanwhile = events.filter(
      ({ kind, tid, cycle }) => kind === 'syscall_entered' && tid === write.tid && cycle > begun.cycle && cycle < ended.cycle,
    );
    expect(meanwhile.length).toBeGreaterThan(50);
    expect(new Set(meanwhile.map(({ vcpu }) => vcpu))).toEqual(new Set([write.vcpu]));
  });

  it('has its end: no thread, request, pool or file is left', () => {
    const { uring, kernel } = machine.board;
    const ended = new Set(of(events, 'thread_exited').map(({ tid }) => tid));
    expect(of(events, 'thread_started').filter(({ tid }) => !ended.has(tid))).toEqual([]);
    expect([uring.rings, uring.pools, uring.work].map(({ size }) => size)).toEqual([0, 0, 0]);
    expect([uring.serialized, uring.worker]).toEqual([[], null]);
    expect(kernel.pids.tasks.size).toBe(0);
    expect(kernel.vfs.openFiles.count).toBe(0);
  });
});

it('the time of a worker is its own, and its process’s', () => {
  const machine = newMachine({ abi: 'none', vcpus: 2 });
  const events = watch(machine);
  const pid = spawn(machine, image);
  const { process } = machine.programs.get(pid)!;
  finish(machine, pid);
  const write = of(events, 'sqe_submitted').find(({ fields }) => fields.user_data === 80n)!.fields.request;
  const { tid, cycle } = of(events, 'work_taken').find(({ fields }) => fields.request === write)!;
  const isOf = (event: SeenEvent): boolean => event.tid === tid && event.cycle <= cycle;
  const switchedIn = events.findLast((event) => event.kind === 'switched_in' && isOf(event))!.cycle;
  const switchedOut = events.find((event) => event.kind === 'switched_out' && event.tid === tid && event.cycle > cycle)!.cycle;
  expect(switchedOut - switchedIn).toBeGreaterThan((2 ** 20 / 64) * 4);
  expect(process.usage.system).toBeGreaterThan(switchedOut - switchedIn);
});

it('workers that rest end after five seconds, but for one, which no time passes for', () => {
  const machine = newMachine({ abi: 'none', vcpus: 2 });
  const pid = spawn(machine, image, { arguments: ['workers', 'rest'] });
  expect(finish(machine, pid)).toMatchObject({ reason: 'quiescent', status: null });
  expect(machine.board.kernel.listTasks().map(({ name, state, waitingFor }) => ({ name, state, waitingFor }))).toEqual([
    { name: 'program', state: 'blocked', waitingFor: 'a signal (pause)' },
    { name: `iou-wrk-${pid}`, state: 'blocked', waitingFor: `work of thread ${pid}` },
  ]);
  expect(Math.floor(machine.time / (machine.board.kernel.hardware.hertz / 10))).toBe(50);
  machine.apply('signal_process', { pid, tid: 0, signal: 9 });
  expect(finish(machine, pid).status).toBe(-9);
  expect(machine.board.kernel.listTasks()).toEqual([]);
});

it.each(['nvme', 'disk'] as const)(
  'writes that wait for a device (%s) are done by workers, those of one file in their order',
  (storage) => {
    const { events } = run(image, {}, { abi: 'none', vcpus: 2, storage });
    const place = (kind: 'work_taken' | 'cqe_posted', request: number): number =>
      events.findIndex((event) => event.kind === kind && (event.fields as EventFields<'work_taken'>).request === request);
    const files = new Map<number, number[]>();
    for (const { fields } of of(events, 'sqe_submitted')) {
      const { user_data = 0n, fd = 0, request = 0 } = fields;
      if (user_data >= 90n && user_data < 98n && place('work_taken', request) >= 0) files.set(fd, [...(files.get(fd) ?? []), request]);
    }
    expect(files.size).toBe(2);
    for (const requests of files.values()) {
      expect(requests.length).toBeGreaterThan(1);
      for (const [i, request] of requests.entries())
        if (i > 0) expect(place('work_taken', request)).toBeGreaterThan(place('work_taken', requests[i - 1]!));
    }
  },
);
