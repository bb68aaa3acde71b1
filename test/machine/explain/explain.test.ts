// Real programs, stopped where their interrupts are held up: the verdict, since when, where, and what to do.

import { describe, expect, test } from 'vitest';
import { explainDelivery } from '../../../src/machine/explain/explain.ts';
import type { DeliveryExplanation, ExplainSubject } from '../../../src/machine/explain/explanation.ts';
import { LATEST_INTERRUPTS } from '../../../src/machine/explain/interrupt-trail.ts';
import type { EventKind } from '../../../src/machine/events/schema.ts';
import type { Machine } from '../../../src/machine/machine.ts';
import type { MachineSpec } from '../../../src/machine/machine-spec.ts';
import { finish, guest, newMachine, run, type SeenEvent, spawn, watch } from '../run-guest.ts';

type Abi = MachineSpec['abi'];

const STEP = 20;

/** A machine that stands still just behind the first event that `when` is true of. */
function until(
  program: string,
  when: (event: SeenEvent, events: readonly SeenEvent[]) => boolean,
  spec: Partial<MachineSpec> = {},
  args: readonly string[] = [],
): { machine: Machine; events: SeenEvent[]; event: SeenEvent } {
  const [name, abi] = program.split('.') as [string, Abi];
  const machine = newMachine({ abi, ...spec });
  const events = watch(machine);
  spawn(machine, guest(program), { arguments: [name, ...args] });
  let looked = 0;
  for (let time = STEP; time < 200_000_000; time += STEP) {
    machine.advanceTo(time);
    for (; looked < events.length; looked++) if (when(events[looked]!, events)) return { machine, events, event: events[looked]! };
    if (machine.board.nextTime() > time) time = Math.max(time, Math.min(machine.board.nextTime(), 200_000_000) - STEP);
  }
  throw new Error(`${program}: it never happens`);
}

const is =
  (kind: EventKind, fields: object = {}) =>
  (event: SeenEvent): boolean =>
    event.kind === kind && Object.entries(fields).every(([name, value]) => (event.fields as Record<string, unknown>)[name] === value);

const explain = (machine: Machine, subject: ExplainSubject): DeliveryExplanation => explainDelivery(machine, subject);
const byNumber = (machine: Machine, interrupt: number): DeliveryExplanation => explain(machine, { kind: 'interrupt', interrupt });
const byThread = (machine: Machine, tid: number): DeliveryExplanation => explain(machine, { kind: 'receiver', tid });
const bySender = (machine: Machine, tid: number, index: bigint): DeliveryExplanation => explain(machine, { kind: 'sender', tid, index });
const verdicts = (explanation: DeliveryExplanation): string[] => explanation.obstacles.map(({ verdict }) => verdict);

describe('an interrupt on its way', () => {
  const PATH = ['senduipi', 'pir_posted', 'ipi_sent', 'ipi_arrived', 'notification_processed', 'recognized', 'delivered', 'uiret'];

  test.each(['poc', 'rfc'])('%s: in flight behind its IPI, then delivered, with every leg and its cycles', (abi) => {
    const { machine, event } = until(`uipi_spin.${abi}`, is('ipi_sent'));
    const { arrives_at: arrival } = event.fields as { arrives_at: number };
    const flying = byNumber(machine, 1);
    expect(flying).toMatchObject({ verdict: 'IN_FLIGHT', obstacles: [] });
    expect(flying.summary).toContain(`its IPI arrives at cycle ${arrival}`);
    expect(flying.legs.map(({ leg }) => leg)).toEqual(PATH.slice(0, 3));
    expect(byThread(machine, 2)).toMatchObject({ verdict: 'IN_FLIGHT' });
    expect(bySender(machine, event.tid, 0n)).toMatchObject({ verdict: 'IN_FLIGHT' });

    machine.advanceTo(machine.time + 2000);
    const arrived = byNumber(machine, 1);
    expect(arrived).toMatchObject({ verdict: 'DELIVERED', obstacles: [], remedy: '' });
    expect(arrived.summary).toMatch(
      /^Interrupt 1 \(vector 0, from thread 3.* to thread 2.*\) was delivered at cycle \d+ on vCPU 0, \d+ cycles after/,
    );
    expect(arrived.legs.map(({ leg }) => leg)).toEqual(PATH);
    expect(arrived.legs[3]).toMatchObject({ cycle: arrival, cycles: arrival - event.cycle, vcpu: 0, tid: 2 });
    for (const [at, leg] of arrived.legs.entries()) if (at > 0) expect(leg.cycles).toBe(leg.cycle - arrived.legs[at - 1]!.cycle);
    expect(arrived.legs.every(({ sequence }) => sequence > 0)).toBe(true);
  });

  test('the event mask changes nothing but the sequences', () => {
    const withEvents = run(guest('uipi_spin.poc')).machine;
    const without = run(guest('uipi_spin.poc'), {}, { event_kinds: [] }).machine;
    expect(without.events.emitted).toBe(0);
    const legs = byNumber(withEvents, 1).legs.map((leg) => ({ ...leg, sequence: 0 }));
    expect(byNumber(without, 1).legs).toEqual(legs);
    expect(without.hash()).toBe(withEvents.hash());
  });

  test('asking changes neither the state nor the events', () => {
    const runs = [false, true].map((asks) => {
      const machine = newMachine();
      const events = watch(machine);
      const pid = spawn(machine, guest('multi_vector.poc'));
      for (let time = 5000; asks && time < 400_000; time += 5000) {
        machine.advanceTo(time);
        for (let n = 1; n < 70; n++) byNumber(machine, n);
        for (const tid of machine.board.kernel.pids.tasks.keys()) byThread(machine, tid);
      }
      finish(machine, pid);
      return { hash: machine.hash(), events };
    });
    expect(runs[1]).toEqual(runs[0]);
  });
});

describe('what holds an interrupt up', () => {
  test('UIF clear by CLUI: since that cycle, at that place', () => {
    const { machine, events } = until('multi_vector.poc', (event, seen) => {
      const cleared = seen.some(is('uif_changed', { by: 'clui' }));
      return cleared && event.kind === 'notification_processed';
    });
    machine.advanceTo(machine.time + 500);
    const clui = events.find(is('uif_changed', { by: 'clui' }))!;
    const pending = byThread(machine, 2);
    expect(pending).toMatchObject({
      verdict: 'MASKED',
      obstacles: [{ verdict: 'MASKED', since: clui.cycle, place: expect.stringMatching(/^main\+0x/) as string }],
    });
    expect(pending.summary).toMatch(
      /takes no interrupt now: UIF is clear by CLUI at main\+0x[0-9a-f]+\. Interrupt 65 \(vector 3\) waits\.$|Interrupts 65, .* wait/,
    );
    expect(pending.remedy).toContain('STUI');
    expect(byNumber(machine, 65)).toMatchObject({ verdict: 'MASKED' });
    expect(byNumber(machine, 65).legs.at(-1)).toMatchObject({ leg: 'recognized', text: 'waits for UIF' });
  });

  test('UIF clear by a delivery whose handler runs on', () => {
    const { machine, events } = until('nested.poc', is('notification_processed', { taken: 4n }));
    const delivery = events.find(is('user_interrupt_delivered', { vector: 40 }))!;
    const held = byNumber(machine, 2);
    expect(held).toMatchObject({ verdict: 'MASKED', obstacles: [{ since: delivery.cycle }] });
    expect(held.obstacles[0]!.text).toMatch(/since the delivery of vector 40, which interrupted \S+: its handler has not returned/);
  });

  test('UIF never set', () => {
    const { machine, event } = until('uipi_spin.poc', is('uintr_registered'));
    const { obstacles } = byThread(machine, event.tid);
    expect(obstacles.at(-1)).toMatchObject({
      verdict: 'MASKED',
      since: event.cycle,
      text: expect.stringContaining('has not executed STUI') as string,
    });
  });

  test('SN set and a vCPU that runs another thread', () => {
    const { machine, events, event } = until('uipi_descheduled.poc', is('senduipi'));
    const suppressed = events.findLast(is('upid_suppressed', { suppressed: true }))!;
    const held = byNumber(machine, 1);
    expect(held.verdict).toBe('DESCHEDULED');
    expect(verdicts(held)).toEqual(['DESCHEDULED', 'SUPPRESSED']);
    expect(held.obstacles[0]!.text).toMatch(/^thread 2 .* is runnable but vCPU 0 runs thread \d/);
    expect(held.obstacles[1]).toMatchObject({
      since: suppressed.cycle,
      text: expect.stringContaining('SN is set in its UPID (switch out)') as string,
    });
    expect(held.legs[0]).toMatchObject({ leg: 'senduipi', text: expect.stringContaining('no notification: SN set') as string });
    expect(bySender(machine, event.tid, 0n)).toMatchObject({ verdict: 'DESCHEDULED' });
    expect(held.remedy).toContain('vCPUs');
  });

  test('asleep in a system call without a WAITING flag, with one, and in uintr_wait', () => {
    const { machine, event } = until(
      'waiting.poc',
      (seen, all) => seen.kind === 'senduipi' && all.filter(is('uintr_registered')).length === 2,
    );
    const { interrupt } = event.fields as { interrupt: number };
    const held = byNumber(machine, interrupt);
    expect(verdicts(held)).toEqual(['BLOCKED', 'SUPPRESSED']);
    expect(held.obstacles[0]).toMatchObject({
      text: expect.stringMatching(
        /sleeps in uintr_wait, waiting for a user interrupt, and its handler was registered without a WAITING flag/,
      ) as string,
      place: expect.stringMatching(/\+0x/) as string,
    });
    expect(held.obstacles[0]!.since).toBeLessThan(machine.time);
    expect(held.remedy).toContain('WAITING');
    const first = until('waiting.poc', is('senduipi')).machine;
    expect(byNumber(first, 1)).toMatchObject({ verdict: 'IN_FLIGHT' });
    const rfc = until('waiting.rfc', is('senduipi')).machine;
    expect(byNumber(rfc, 1)).toMatchObject({ verdict: 'IN_FLIGHT' });
  });

  test('ON set already: it goes with the interrupt that set it', () => {
    const { machine, events } = until('multi_vector.poc', is('senduipi', { suppressed_by: 'ON' }));
    const late = (events.at(-2)!.fields as { interrupt: number }).interrupt;
    const first = (events.findLast(({ kind }) => kind === 'ipi_sent')!.fields as { interrupt: number }).interrupt;
    expect(first).toBeLessThan(late);
    const held = byNumber(machine, late);
    expect(held.verdict).toBe('COALESCED');
    expect(held.obstacles[0]!.text).toContain(`ON was set already, by interrupt ${first}`);
    machine.advanceTo(machine.time + 3000);
    expect(byNumber(machine, late).verdict).not.toBe('COALESCED');
  });

  test('in the kernel', () => {
    const { machine, event } = until('uipi_spin.poc', is('syscall_exited', { name: 'uintr_vector_fd' }));
    const { obstacles } = byThread(machine, event.tid);
    const [inKernel] = obstacles.filter(({ verdict }) => verdict === 'IN_KERNEL');
    expect(inKernel!.text).toMatch(/^thread 2 .* is in uintr_vector_fd until cycle \d+/);
  });

  test('NV is not UINV', () => {
    const { machine } = until('uipi_spin.poc', is('ipi_sent'));
    machine.board.suspendAll();
    machine.board.vcpus[0]!.uintr.uinv = 0x33;
    expect(byNumber(machine, 1)).toMatchObject({
      verdict: 'WRONG_VECTOR',
      summary: expect.stringContaining('0xec (NV), but the processor recognizes 0x33') as string,
    });
  });

  test('a delivery that faults: no stack for its frame', () => {
    const { machine } = run(guest('fatal.poc'), { arguments: ['fatal', 'unmapped-stack'] });
    const held = byNumber(machine, 1);
    expect(verdicts(held)).toEqual(['FAULTED', 'RECEIVER_GONE']);
    expect(held.obstacles[0]!.text).toContain('the delivery of vector 0 raised #PF at 0x');
    expect(held.obstacles[0]!.place).not.toBe('');
    expect(held.legs.at(-1)!.leg).toBe('fault');
  });

  test('a delivery that faults: a handler that is no address', () => {
    const { machine } = until('uipi_spin.poc', is('ipi_sent'));
    machine.board.vcpus[0]!.uintr.handler = 1n << 60n;
    machine.advanceTo(machine.time + 3000);
    expect(byNumber(machine, 1)).toMatchObject({ verdict: 'FAULTED', obstacles: [{ text: expect.stringContaining('#GP') as string }, {}] });
  });
});

describe('a sender', () => {
  test.each([
    ['no-table', 'poc', 0n, /#UD/],
    ['bad-index', 'poc', 200n, /V is clear: #GP/],
    ['wild-index', 'poc', 1n << 63n, /above UITTSZ, 255: #GP/],
    ['after-unregister', 'rfc', 0n, /not enabled in IA32_UINTR_TT: #UD/],
  ] as const)('whose SENDUIPI has killed it: %s under %s', (way, abi, index, reason) => {
    const { machine, events } = run(guest(`fatal.${abi}`), { arguments: ['fatal', way] }, { abi });
    const fault = events.findLast(is('senduipi_fault'))!;
    const operand = (fault.fields as { uitt_index: bigint }).uitt_index;
    if (way === 'wild-index') expect(operand).toBeGreaterThan(255n);
    else expect(operand).toBe(index);
    const held = bySender(machine, fault.tid, operand);
    expect(held).toMatchObject({
      verdict: 'UITT_INVALID',
      obstacles: [{ since: fault.cycle, place: expect.stringMatching(/^[a-z_]+\+0x/) as string }],
    });
    expect(held.obstacles[0]!.text).toMatch(reason);
    expect(held.remedy).toContain('uintr_register_sender');
  });

  test('that has not sent: what its SENDUIPI would do', () => {
    const { machine, event } = until('uipi_spin.poc', is('uintr_sender_registered'));
    const ready = bySender(machine, event.tid, 0n);
    expect(ready).toMatchObject({ verdict: 'NOTHING_POSTED' });
    expect(ready.summary).toMatch(/^SENDUIPI 0 by thread 3 .* would post vector 0 to thread 2 .*it has not been executed yet\.$/);
    expect(bySender(machine, event.tid, 1n)).toMatchObject({
      verdict: 'UITT_INVALID',
      summary: expect.stringContaining('UITT[1]: V is clear') as string,
    });
    expect(bySender(machine, event.tid, 300n)).toMatchObject({
      verdict: 'UITT_INVALID',
      summary: expect.stringContaining('above UITTSZ') as string,
    });
    expect(byThread(machine, 2).obstacles[0]!.text).toContain('every thread of process 2 (UITT[0]) can');
  });

  test('without any table, and in a machine without user interrupts', () => {
    const { machine, event } = until('uipi_spin.rfc', is('uintr_registered'));
    expect(bySender(machine, event.tid, 0n)).toMatchObject({
      verdict: 'UITT_INVALID',
      summary: expect.stringContaining('has no UITT') as string,
    });
    const plain = newMachine({ abi: 'none' });
    const pid = spawn(plain, guest('threads'));
    plain.advanceTo(1000);
    expect(bySender(plain, pid, 0n).obstacles[0]!.text).toContain('no user interrupts');
    expect(byThread(plain, pid)).toMatchObject({ verdict: 'NO_HANDLER' });
  });
});

describe('nothing to wait for', () => {
  test('a quiescent receiver: nobody is connected, and it would sleep on', () => {
    const { machine } = run(guest('quiescent.poc'));
    const held = byThread(machine, 2);
    expect(verdicts(held)).toEqual(['NOTHING_POSTED', 'BLOCKED', 'SUPPRESSED']);
    expect(held.remedy).toContain('uintr_register_sender');
    expect(held.receiver).toMatchObject({ tid: 2, uif: true });
  });

  test('threads and interrupts that are gone or were never there', () => {
    const { machine } = run(guest('uipi_spin.poc'));
    expect(byThread(machine, 2)).toMatchObject({ verdict: 'RECEIVER_GONE', receiver: null });
    expect(() => byThread(machine, 77)).toThrow('there is no thread 77');
    expect(() => bySender(machine, 77, 0n)).toThrow('there is no thread 77');
    expect(byNumber(machine, 2)).toMatchObject({ verdict: 'UNKNOWN', summary: 'There is no interrupt 2: the last one sent is 1.' });
    expect(byNumber(newMachine(), 1)).toMatchObject({
      verdict: 'UNKNOWN',
      summary: expect.stringContaining('none has been sent') as string,
    });
    expect(bySender(machine, 3, 0n)).toMatchObject({ verdict: 'DELIVERED' });
  });

  test('an interrupt whose way is forgotten', () => {
    const { machine } = run(guest('ping_pong.poc'));
    const last = machine.board.ledger.next - 1;
    expect(last).toBeGreaterThan(LATEST_INTERRUPTS);
    expect(byNumber(machine, last - LATEST_INTERRUPTS)).toMatchObject({
      verdict: 'UNKNOWN',
      summary: expect.stringContaining(`the latest ${LATEST_INTERRUPTS}`) as string,
      legs: [],
    });
    expect(byNumber(machine, last - LATEST_INTERRUPTS + 1)).toMatchObject({ verdict: 'DELIVERED' });
  });
});
