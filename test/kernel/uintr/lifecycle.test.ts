// Registration, switching, waiting, descriptors, sharing and the end of threads: what the hardware and RAM hold at each step.

import { describe, expect, test } from 'vitest';
import { VECTOR } from '../../../src/machine/cpu/exit.ts';
import { componentImage, isInUse } from '../../../src/machine/uintr/xsave-component.ts';
import type { Task } from '../../../src/kernel/task/task.ts';
import { fixUpException, onExec, onMmCopied, onMmReleased, onTaskExit, takeNotifySignal } from '../../../src/kernel/uintr/hooks.ts';
import { uintrNotify } from '../../../src/kernel/uintr/notify.ts';
import type { UpidContext } from '../../../src/kernel/uintr/upid-context.ts';
import type { VectorFile } from '../../../src/kernel/uintr/vector-file.ts';
import { Bench, exception } from './bench.ts';

const HANDLER = 0x40_1000;
const SENDUIPI_RAX = [0xf3, 0x0f, 0xc7, 0xf0];

interface Pair {
  readonly bench: Bench;
  readonly receiver: Task;
  readonly sender: Task;
  readonly upid: UpidContext;
  readonly fd: number;
  readonly index: number;
}

/** Receiver on vCPU 0 with UIF set, sender (another process) on vCPU 1, connected by vector 3. */
function connected(profile: string, flags = 0): Pair {
  const bench = new Bench(profile);
  const receiver = bench.thread();
  bench.run(receiver, 0);
  expect(bench.call(receiver, 'uintr_register_handler', HANDLER, flags)).toBe(0);
  const fd = bench.call(receiver, profile === 'rfc' ? 'uintr_create_fd' : 'uintr_vector_fd', 3, 0) as number;
  const sender = bench.forked(receiver);
  bench.run(sender, 1);
  const index = bench.call(sender, 'uintr_register_sender', fd, 0) as number;
  bench.exit(receiver);
  bench.unit(receiver).uif = true;
  return { bench, receiver, sender, upid: receiver.uintr!.upid!, fd, index };
}

const PROFILES = ['poc', 'k518', 'rfc'];

describe('registration', () => {
  test.each(PROFILES)('%s: what register_handler programs', (profile) => {
    const { bench, receiver, upid } = connected(profile);
    const { handler, stackadjust, uinv, pd } = bench.unit(receiver);
    expect({ handler, stackadjust, uinv, pd }).toEqual({ handler: BigInt(HANDLER), stackadjust: 128n, uinv: 0xec, pd: upid.address });
    expect(bench.control(upid)).toEqual({ on: false, sn: false, nv: 0xec, ndst: 0, blocked: false });
    expect(upid.physical % 64).toBe(0);
  });

  test.each([
    ['poc', 255, 1],
    ['k518', 255, 1],
    ['rfc', 256, 1],
  ])('%s: register_sender programs UITTSZ %i and enables SENDUIPI', (profile, uittsz, enabled) => {
    const { bench, sender } = connected(profile);
    expect([bench.unit(sender).uittsz, Number(bench.unit(sender).tt & 1n)]).toEqual([uittsz, enabled]);
  });

  test('rfc: index 256 is behind the table, where zeros make it #GP', () => {
    const { bench, sender } = connected('rfc');
    expect(bench.send(sender, 256)).toMatchObject({ vector: VECTOR.GP });
    expect(bench.of('senduipi_fault')).toMatchObject([{ reason: 'UITT entry: V is clear' }]);
    expect(bench.send(sender, 257)).toMatchObject({ vector: VECTOR.GP });
  });

  test.each(PROFILES)('%s: after unregister_handler SENDUIPI goes on, without an IPI', (profile) => {
    const { bench, receiver, sender, index, upid } = connected(profile);
    bench.unit(receiver).rr = 1n;
    bench.call(receiver, 'uintr_unregister_handler', 0);
    const { handler, stackadjust, uinv, pd, rr, uif } = bench.unit(receiver);
    expect({ handler, stackadjust, uinv, pd, rr, uif }).toEqual({ handler: 0n, stackadjust: 0n, uinv: 0, pd: 0n, rr: 0n, uif: true });
    expect(bench.send(sender, index)).toBe('posted');
    expect(bench.control(upid)).toMatchObject({ sn: true, on: false });
  });

  test.each([
    ['poc', true],
    ['rfc', false],
  ])('%s: registering again uses the same UPID: %s', (profile, same) => {
    const { bench, receiver, upid } = connected(profile);
    bench.call(receiver, 'uintr_unregister_handler', 0);
    expect(bench.call(receiver, 'uintr_register_handler', HANDLER, 0)).toBe(0);
    expect(receiver.uintr!.upid === upid).toBe(same);
  });

  test.each([
    ['poc', 0x10_0000, 0x1000, 0x10_1001n],
    ['poc-stack-top', 0x10_0000, 0x1000, 0x10_0001n],
    ['poc', 0, 0, 128n],
    ['poc-stack-top', 0, 0, 128n],
  ])('%s: alt_stack(%i, %i) programs STACKADJUST %s', (profile, sp, size, stackadjust) => {
    const { bench, receiver } = connected(profile);
    expect(bench.call(receiver, 'uintr_alt_stack', 0x9000, 0x1000, 0)).toBe(0);
    expect(bench.call(receiver, 'uintr_alt_stack', sp, size, 0)).toBe(0);
    expect(bench.unit(receiver).stackadjust).toBe(stackadjust);
    bench.call(receiver, 'uintr_unregister_handler', 0);
    expect(bench.unit(receiver).stackadjust).toBe(0n);
  });
});

describe('addresses that are not canonical', () => {
  test('register_handler survives the #GP of WRMSR and leaves the handler at 0', () => {
    const bench = new Bench('poc');
    const task = bench.thread();
    bench.run(task, 0);
    expect(bench.call(task, 'uintr_register_handler', 1n << 63n, 0)).toBe(0);
    expect([bench.unit(task).handler, bench.unit(task).uinv]).toEqual([0n, 0xec]);
    expect(bench.of('oops')).toEqual([{ message: 'unchecked MSR access error: WRMSR to 0x986 (tried to write 0x8000000000000000)' }]);
    bench.leave(task);
    bench.run(task, 0);
  });

  test('uintr_alt_stack leaves STACKADJUST as it was', () => {
    const { bench, receiver } = connected('poc');
    expect(bench.call(receiver, 'uintr_alt_stack', 1n << 60n, 0x1000, 0)).toBe(0);
    expect(bench.unit(receiver).stackadjust).toBe(128n);
    expect(bench.of('oops')).toHaveLength(1);
  });
});

describe('the way of an interrupt', () => {
  test.each(PROFILES)('%s: receiver runs: IPI, notification, UIRR', (profile) => {
    const { bench, receiver, sender, index, upid } = connected(profile);
    expect(bench.send(sender, index)).toBe('sent');
    expect(bench.inFlight).toEqual([{ destination: 0, vector: 0xec }]);
    bench.arrive();
    expect([bench.unit(receiver).rr, bench.requests(upid), bench.control(upid).on]).toEqual([8n, 0n, false]);
  });

  test.each(PROFILES)('%s: receiver in the kernel: UIRR all the same, delivered later', (profile) => {
    const { bench, receiver, sender, index } = connected(profile);
    bench.send(sender, index);
    bench.arrive('kernel');
    expect(bench.unit(receiver).rr).toBe(8n);
    expect(bench.of('user_interrupt_recognized')).toMatchObject([{ deliverable: false, waits_for: 'CPL 3' }]);
  });

  test.each(PROFILES)('%s: receiver preempted: SN, no IPI; its return fetches the post by a self-IPI', (profile) => {
    const { bench, receiver, sender, index, upid } = connected(profile);
    bench.leave(receiver);
    expect(bench.control(upid).sn).toBe(true);
    expect(bench.vcpus[0]!.uintr.uinv).toBe(0);
    expect(bench.send(sender, index)).toBe('posted');
    expect(bench.of('senduipi')).toMatchObject([{ sends_ipi: false, suppressed_by: 'SN' }]);
    expect(bench.inFlight).toEqual([]);
    bench.run(receiver, 0);
    expect([bench.unit(receiver).rr, bench.requests(upid), bench.control(upid).sn]).toEqual([8n, 0n, false]);
  });

  test.each(PROFILES)('%s: receiver blocked without a WAITING flag stays blocked', (profile) => {
    const { bench, receiver, sender, index } = connected(profile);
    bench.sleep(receiver);
    expect(bench.send(sender, index)).toBe('posted');
    bench.arrive();
    expect(bench.woken).toEqual([]);
  });

  test('a notification in flight while the receiver leaves is spurious; ON stays; the return clears it', () => {
    const { bench, receiver, sender, index, upid } = connected('poc');
    bench.send(sender, index);
    bench.leave(receiver);
    bench.arrive();
    expect(bench.of('notification_spurious')).toHaveLength(1);
    expect(bench.uintr.spuriousNotifications).toBe(1);
    expect([bench.control(upid).on, bench.requests(upid)]).toEqual([true, 8n]);
    bench.run(receiver, 0);
    expect([bench.control(upid).on, bench.unit(receiver).rr]).toEqual([false, 8n]);
  });

  test('migration: NDST follows the thread', () => {
    const { bench, receiver, sender, upid } = connected('poc');
    bench.leave(sender);
    bench.leave(receiver);
    bench.run(receiver, 1);
    expect(bench.control(upid).ndst).toBe(1);
    expect(bench.unit(receiver).pd).toBe(upid.address);
  });

  test('xAPIC: NDST has the id in bits 15:8', () => {
    const bench = new Bench('poc', { x2apic: false });
    const receiver = bench.thread();
    bench.run(receiver, 1);
    bench.call(receiver, 'uintr_register_handler', HANDLER, 0);
    expect(bench.control(receiver.uintr!.upid!).ndst).toBe(0x100);
  });

  test('two receivers take turns on one vCPU: each has its own UIF, UIRR and handler', () => {
    const { bench, receiver, sender } = connected('poc');
    const second = bench.thread();
    bench.run(second, 0);
    expect(isInUse(bench.unit(second))).toBe(false);
    bench.call(second, 'uintr_register_handler', HANDLER + 16, 0);
    const fd = bench.call(second, 'uintr_vector_fd', 9, 0) as number;
    sender.files.install(bench.kernel, 50, second.files.get(fd)!, false);
    const index = bench.call(sender, 'uintr_register_sender', 50, 0) as number;
    bench.run(receiver, 0);
    expect([bench.unit(receiver).uif, bench.unit(receiver).handler]).toEqual([true, BigInt(HANDLER)]);
    expect(bench.send(sender, index)).toBe('posted');
    bench.run(second, 0);
    expect([bench.unit(second).uif, bench.unit(second).handler, bench.unit(second).rr]).toEqual([false, BigInt(HANDLER + 16), 512n]);
  });

  test('a thread that only sends keeps its UITT registers across a switch', () => {
    const { bench, sender, index } = connected('poc');
    const before = componentImage(bench.unit(sender));
    bench.leave(sender);
    bench.run(bench.thread(), 1);
    expect(isInUse(bench.vcpus[1]!.uintr)).toBe(false);
    bench.run(sender, 1);
    expect(componentImage(bench.unit(sender))).toEqual(before);
    expect(bench.send(sender, index)).toBe('sent');
  });

  test('an interrupt to oneself', () => {
    const { bench, receiver } = connected('poc');
    const index = bench.call(receiver, 'uintr_register_self', 7, 0) as number;
    expect(bench.send(receiver, index)).toBe('sent');
    expect(bench.unit(receiver).rr).toBe(0n);
    bench.arrive();
    expect(bench.unit(receiver).rr).toBe(128n);
  });

  test('uintr_notify: the kernel posts, with the same coalescing', () => {
    const { bench, receiver, sender, fd, upid } = connected('poc');
    const file = sender.files.get(fd) as VectorFile;
    uintrNotify(bench.kernel, bench.vcpus[1]!, file);
    uintrNotify(bench.kernel, bench.vcpus[1]!, file);
    expect(bench.inFlight).toEqual([{ destination: 0, vector: 0xec }]);
    bench.arrive();
    expect([bench.unit(receiver).rr, bench.requests(upid)]).toEqual([8n, 0n]);
    expect(bench.of('pir_posted').map((event) => event['coalesced_with'])).toEqual([0, 1]);
  });
});

describe('waiting', () => {
  test.each(['k518', 'rfc'])('%s: uintr_wait(0) has the kernel notified, and ends with EINTR', (profile) => {
    const { bench, receiver, sender, index, upid } = connected(profile);
    expect(bench.call(receiver, 'uintr_wait', 0)).toBe('blocked');
    bench.leave(receiver);
    expect(bench.control(upid)).toMatchObject({ nv: 0xeb, sn: false, ndst: 0 });
    expect(bench.send(sender, index)).toBe('sent');
    bench.arrive();
    expect(bench.woken).toEqual([`${receiver.tid} by user interrupt`]);
    expect(bench.control(upid)).toMatchObject({ nv: 0xec, sn: true, on: true });
    bench.dispatch(receiver, 0);
    expect(takeNotifySignal(receiver)).toBe(true);
    expect(takeNotifySignal(receiver)).toBe(false);
    bench.exit(receiver);
    expect([bench.unit(receiver).rr, bench.control(upid).on, bench.control(upid).sn]).toEqual([8n, false, false]);
    expect(bench.uintr.kernelNotifications).toBe(1);
  });

  test.each([
    ['k518', 0xec, 0],
    ['rfc', 0xeb, 1],
  ])('%s: a signal ends uintr_wait: NV is %i, %i still waits', (profile, nv, waiting) => {
    const { bench, receiver, upid } = connected(profile);
    bench.call(receiver, 'uintr_wait', 0);
    bench.leave(receiver);
    bench.kernel.wakeTask(receiver, 'signal');
    bench.dispatch(receiver, 0);
    expect(bench.call(receiver, 'uintr_wait', 0)).toBe('EINTR');
    expect(bench.control(upid).nv).toBe(nv);
    expect(bench.uintr.waiting).toHaveLength(waiting);
  });

  test('rfc: the interrupt behind a wait that a signal has ended comes through the kernel, once', () => {
    const { bench, receiver, sender, index, upid } = connected('rfc');
    bench.call(receiver, 'uintr_wait', 0);
    bench.leave(receiver);
    bench.kernel.wakeTask(receiver, 'signal');
    bench.run(receiver, 0);
    bench.call(receiver, 'uintr_wait', 0);
    expect(bench.send(sender, index)).toBe('sent');
    expect(bench.inFlight).toEqual([{ destination: 0, vector: 0xeb }]);
    bench.arrive();
    expect(bench.control(upid)).toMatchObject({ nv: 0xec, sn: true });
    expect(bench.uintr.waiting).toEqual([]);
    bench.exit(receiver);
    expect([bench.unit(receiver).rr, bench.control(upid).sn]).toEqual([8n, false]);
  });

  test.each([
    ['poc', 0x1000],
    ['k518', 0x1000],
    ['rfc', 0],
  ])('%s: what is in UIRR when the receiver begins to wait does not wake it; the next interrupt does', (profile, flags) => {
    const { bench, receiver, sender, index } = connected(profile, flags);
    bench.send(sender, index);
    bench.arrive();
    expect(bench.unit(receiver).rr).toBe(8n);
    expect(profile === 'poc' ? bench.call(receiver, 'uintr_wait', 5, 0) : bench.call(receiver, 'uintr_wait', 0)).toBe('blocked');
    bench.leave(receiver);
    expect(bench.woken).toEqual([]);
    expect(bench.send(sender, index)).toBe('sent');
    bench.arrive();
    expect(bench.woken).toEqual([`${receiver.tid} by user interrupt`]);
  });

  test('rfc: a notification in flight while the receiver starts to wait is lost, and later ones are suppressed by ON', () => {
    const { bench, receiver, sender, index } = connected('rfc');
    bench.send(sender, index);
    bench.call(receiver, 'uintr_wait', 0);
    bench.leave(receiver);
    bench.arrive();
    expect(bench.woken).toEqual([]);
    expect(bench.send(sender, index)).toBe('posted');
  });

  test('poc: the same notification wakes, because the 0xEC handler looks too', () => {
    const { bench, receiver, sender, index } = connected('poc', 0x1000);
    bench.send(sender, index);
    bench.sleep(receiver);
    bench.arrive();
    expect(bench.woken).toEqual([`${receiver.tid} by user interrupt`]);
  });

  test('poc: uintr_wait(usec) ends by its deadline with 0, by a signal with EINTR', () => {
    const { bench, receiver } = connected('poc');
    expect(bench.call(receiver, 'uintr_wait', 5, 0)).toBe('blocked');
    expect(receiver.blocked!.deadline).toBe(10_000);
    expect(bench.call(receiver, 'uintr_wait', 5, 0)).toBe('EINTR');
    receiver.timedOut = true;
    expect(bench.call(receiver, 'uintr_wait', 5, 0)).toBe(0);
  });

  test.each(['poc', 'k518'])('%s: WAITING_RECEIVER ends any sleep', (profile) => {
    const { bench, receiver, sender, index, upid } = connected(profile, 0x1000);
    bench.sleep(receiver);
    expect(bench.control(upid)).toMatchObject({ nv: 0xeb, sn: false });
    expect(bench.of('uintr_waiting')).toEqual([{ mode: 'receiver' }]);
    expect(bench.send(sender, index)).toBe('sent');
    expect(bench.inFlight).toEqual([{ destination: 0, vector: 0xeb }]);
    bench.arrive();
    expect(receiver.uintr!.notifySignal).toBe(true);
    bench.run(receiver, 0);
    expect(bench.unit(receiver).rr).toBe(8n);
  });

  test('poc: WAITING_RECEIVER wins over WAITING_SENDER', () => {
    const { bench, receiver, upid } = connected('poc', 0x3000);
    bench.sleep(receiver);
    expect(bench.control(upid)).toMatchObject({ nv: 0xeb, blocked: false });
  });

  test('poc: preemption is not a sleep: no WAITING mode applies', () => {
    const { bench, receiver, upid } = connected('poc', 0x1000);
    bench.leave(receiver);
    expect(bench.control(upid)).toMatchObject({ nv: 0xec, sn: true });
  });

  test('poc: WAITING_SENDER: the sender traps, the kernel posts, wakes and skips the instruction', () => {
    const { bench, receiver, sender, index, upid } = connected('poc', 0x2000);
    bench.sleep(receiver);
    expect(bench.control(upid)).toMatchObject({ blocked: true, sn: true, nv: 0xec });
    expect(bench.send(sender, index)).toMatchObject({ vector: VECTOR.GP });
    bench.setCode(sender, ...SENDUIPI_RAX);
    sender.context.setRegister(0, BigInt(index));
    sender.context.rip = 0x1000n;
    expect(fixUpException(bench.kernel, bench.vcpus[1]!, exception(VECTOR.GP))).toBe('skipped');
    expect(sender.context.rip).toBe(0x1004n);
    expect(bench.control(upid)).toMatchObject({ blocked: false, on: true, sn: true });
    expect([bench.requests(upid), bench.woken]).toEqual([8n, [`${receiver.tid} by user interrupt`]]);
    expect(bench.of('uintr_waiting')).toEqual([{ mode: 'sender' }]);
    bench.run(receiver, 0);
    expect([bench.unit(receiver).rr, bench.control(upid).on]).toEqual([8n, false]);
  });

  test('poc: a sender that trapped while the receiver woke by itself executes SENDUIPI again', () => {
    const { bench, receiver, sender, index } = connected('poc', 0x2000);
    bench.sleep(receiver);
    bench.setCode(sender, ...SENDUIPI_RAX);
    sender.context.setRegister(0, BigInt(index));
    expect(bench.send(sender, index)).toMatchObject({ vector: VECTOR.GP });
    bench.run(receiver, 0);
    expect(fixUpException(bench.kernel, bench.vcpus[1]!, exception(VECTOR.GP))).toBe('retry');
    expect(bench.send(sender, index)).toBe('sent');
  });

  test.each([
    ['an index that is free', SENDUIPI_RAX, 9n],
    ['an index beyond the table', SENDUIPI_RAX, 256n],
    ['an index of 64 bits', SENDUIPI_RAX, 1n << 63n],
    ['another instruction', [0xf4, 0, 0, 0], 0n],
  ])('poc: #GP of %s is not repaired', (_name, code, index) => {
    const { bench, receiver, sender } = connected('poc', 0x2000);
    bench.sleep(receiver);
    bench.setCode(sender, ...code);
    sender.context.setRegister(0, index);
    expect(fixUpException(bench.kernel, bench.vcpus[1]!, exception(VECTOR.GP))).toBeNull();
  });
});

describe('the table of a process', () => {
  test('poc: another thread sends without registering: #UD programs its registers', () => {
    const { bench, sender, index } = connected('poc');
    const other = bench.thread(sender);
    bench.run(other, 1);
    bench.setCode(other, ...SENDUIPI_RAX);
    expect(bench.send(other, index)).toMatchObject({ vector: VECTOR.UD });
    expect(fixUpException(bench.kernel, bench.vcpus[1]!, exception(VECTOR.UD))).toBe('retry');
    expect(bench.of('uitt_activated').map((event) => event['by'])).toEqual(['register_sender', '#UD']);
    expect(bench.send(other, index)).toBe('sent');
    expect(fixUpException(bench.kernel, bench.vcpus[1]!, exception(VECTOR.UD))).toBeNull();
  });

  test.each([
    ['poc, no table', 'poc', SENDUIPI_RAX],
    ['rfc', 'rfc', SENDUIPI_RAX],
  ])('%s: #UD stays #UD', (_name, profile, code) => {
    const bench = new Bench(profile);
    const task = bench.thread();
    bench.run(task, 0);
    bench.setCode(task, ...code);
    expect(fixUpException(bench.kernel, bench.vcpus[0]!, exception(VECTOR.UD))).toBeNull();
  });

  test('poc: another instruction that raises #UD is not taken for SENDUIPI', () => {
    const { bench, sender } = connected('poc');
    const other = bench.thread(sender);
    bench.run(other, 1);
    bench.setCode(other, 0x0f, 0x0b);
    expect(fixUpException(bench.kernel, bench.vcpus[1]!, exception(VECTOR.UD))).toBeNull();
  });

  test('poc: fork shares the table, additions of the child are seen by the parent; the last release frees it', () => {
    const { bench, sender, fd } = connected('poc');
    const child = bench.forked(sender);
    onMmCopied(bench.kernel, sender.mm, child.mm);
    bench.run(child, 0);
    const index = bench.call(child, 'uintr_register_sender', fd, 0) as number;
    expect(index).toBe(1);
    expect(bench.send(sender, index)).toBe('posted');
    onMmReleased(bench.kernel, child.mm);
    expect(bench.send(sender, index)).toBe('posted');
    expect(bench.leaked).toBe(2);
    onMmReleased(bench.kernel, sender.mm);
    expect(bench.leaked).toBe(1);
  });

  test('poc: a uipi_fd gives its table to another process', () => {
    const { bench, sender, index } = connected('poc');
    const fd = bench.call(sender, 'uintr_ipi_fd', 0) as number;
    const other = bench.forked(sender);
    bench.run(other, 0);
    const file = other.files.get(fd)!;
    expect(file.describe()).toBe('anon_inode:[uipi_fd]');
    expect([
      file.ioctl(bench.kernel, other, 0x7501, 0),
      file.ioctl(bench.kernel, other, 0x7500, 0),
      file.ioctl(bench.kernel, other, 0x7500, 0),
    ]).toEqual([-22, 0, -16]);
    expect(bench.send(other, index)).toBe('posted');
    expect(other.mm.uitt).toBe(sender.mm.uitt);
  });

  test('poc: unregister_sender makes the index #GP and free for the next', () => {
    const { bench, sender, fd, index } = connected('poc');
    bench.call(sender, 'uintr_unregister_sender', index, 0);
    expect(bench.send(sender, index)).toMatchObject({ vector: VECTOR.GP });
    expect(bench.call(sender, 'uintr_register_sender', fd, 0)).toBe(index);
  });

  test('rfc: unregister_sender is #GP at once, and #UD once the empty table is gone', () => {
    const { bench, sender, fd, index } = connected('rfc');
    bench.call(sender, 'uintr_unregister_sender', fd, 0);
    expect(bench.send(sender, index)).toMatchObject({ vector: VECTOR.GP });
    bench.exit(sender);
    expect(bench.send(sender, index)).toMatchObject({ vector: VECTOR.UD });
    expect([bench.unit(sender).tt, bench.unit(sender).uittsz]).toEqual([0n, 0]);
    expect(bench.call(sender, 'uintr_register_sender', fd, 0)).toBe(0);
  });

  test('rfc: two threads of a process have a table each', () => {
    const { bench, sender, fd } = connected('rfc');
    const other = bench.thread(sender);
    bench.run(other, 1);
    expect(bench.send(other, 0)).toMatchObject({ vector: VECTOR.UD });
    expect(bench.call(other, 'uintr_register_sender', fd, 0)).toBe(0);
    expect(other.uintr!.table).not.toBe(sender.uintr!.table);
  });
});

describe('descriptors', () => {
  test.each([
    ['poc', 'anon_inode:[uvecfd]', 'uintr: receiver: 1 vector:3\n'],
    ['rfc', 'anon_inode:[uintrfd]', 'user_vector:3\n'],
  ])('%s: %s', (profile, name, fdinfo) => {
    const { bench, receiver, fd } = connected(profile);
    const file = receiver.files.get(fd)!;
    expect([file.describe(), file.fdinfo(bench.kernel), file.seek(bench.kernel, 5, 0)]).toEqual([name, fdinfo, 0]);
    expect(file.flags).toBe(0o4000);
    expect(receiver.files.entry(fd)!.closeOnExec).toBe(true);
    expect(file.read(bench.kernel, receiver, { length: 1, put: () => 0 }, null)).toBe(-22);
  });

  test('poc: the last close changes nothing: connections work, the vector stays in use', () => {
    const { bench, receiver, sender, fd, index, upid } = connected('poc');
    receiver.files.close(bench.kernel, fd);
    sender.files.close(bench.kernel, fd);
    bench.exit(receiver);
    bench.exit(sender);
    expect(bench.send(sender, index)).toBe('sent');
    expect(upid.vectors).toBe(8n);
  });

  test('rfc: the last close cuts every connection and frees the vector', () => {
    const { bench, receiver, sender, fd, index, upid } = connected('rfc');
    bench.leave(receiver);
    bench.send(sender, index);
    expect(bench.requests(upid)).toBe(8n);
    receiver.files.close(bench.kernel, fd);
    expect(bench.send(sender, index)).toBe('posted');
    sender.files.close(bench.kernel, fd);
    expect(bench.send(sender, index)).toMatchObject({ vector: VECTOR.GP });
    bench.exit(sender);
    expect(bench.send(sender, index)).toMatchObject({ vector: VECTOR.UD });
    expect([bench.requests(upid), upid.vectors]).toEqual([8n, 8n]);
    bench.run(receiver, 0);
    expect([bench.requests(upid), upid.vectors, bench.unit(receiver).rr]).toEqual([0n, 0n, 0n]);
    expect(bench.call(receiver, 'uintr_create_fd', 3, 0)).toBe(0);
  });

  test('rfc: a vector that has reached UIRR is delivered although its descriptor is closed', () => {
    const { bench, receiver, sender, fd, index } = connected('rfc');
    bench.send(sender, index);
    bench.arrive('kernel');
    receiver.files.close(bench.kernel, fd);
    sender.files.close(bench.kernel, fd);
    bench.exit(receiver);
    expect(bench.unit(receiver).rr).toBe(8n);
  });
});

describe('the end', () => {
  test.each(PROFILES)('%s: a receiver ends: registers 0, SN set, senders post in vain, nothing leaks', (profile) => {
    const { bench, receiver, sender, fd, index, upid } = connected(profile);
    onTaskExit(bench.kernel, receiver, bench.vcpus[0]!);
    expect(isInUse(bench.vcpus[0]!.uintr)).toBe(false);
    expect(bench.control(upid).sn).toBe(true);
    receiver.files.release(bench.kernel);
    expect(bench.send(sender, index)).toBe('posted');
    onTaskExit(bench.kernel, sender, bench.vcpus[1]!);
    sender.files.close(bench.kernel, fd);
    onMmReleased(bench.kernel, sender.mm);
    expect(bench.leaked).toBe(0);
  });

  test.each(PROFILES)('%s: the sender ends first, nothing leaks', (profile) => {
    const { bench, receiver, sender, fd } = connected(profile);
    onTaskExit(bench.kernel, sender, bench.vcpus[1]!);
    sender.files.release(bench.kernel);
    onMmReleased(bench.kernel, sender.mm);
    receiver.files.close(bench.kernel, fd);
    bench.exit(receiver);
    onTaskExit(bench.kernel, receiver, bench.vcpus[0]!);
    expect(bench.leaked).toBe(0);
  });

  test('a receiver killed while it waits leaves the list of the waiting', () => {
    const { bench, receiver, sender, index } = connected('poc', 0x1000);
    bench.sleep(receiver);
    onTaskExit(bench.kernel, receiver, null);
    expect(bench.uintr.waiting).toEqual([]);
    expect(bench.send(sender, index)).toBe('posted');
    bench.arrive();
    expect(bench.woken).toEqual([]);
  });

  test.each(PROFILES)('%s: execve drops the registration and the senders', (profile) => {
    const { bench, receiver, sender, fd, index } = connected(profile);
    onExec(bench.kernel, receiver, bench.vcpus[0]!);
    expect(isInUse(bench.vcpus[0]!.uintr)).toBe(false);
    expect(bench.send(sender, index)).toBe('posted');
    expect(bench.call(sender, 'uintr_register_sender', fd, 0)).toBe(profile === 'rfc' ? 'EISCONN' : 'ESHUTDOWN');
    expect(bench.call(receiver, 'uintr_register_handler', HANDLER, 0)).toBe(0);
  });

  test('UPIDs come from one frame until it is full, and a freed one is used again', () => {
    const bench = new Bench('poc');
    const threads = Array.from({ length: 65 }, () => bench.thread());
    for (const thread of threads) {
      bench.run(thread, 0);
      bench.call(thread, 'uintr_register_handler', HANDLER, 0);
    }
    const addresses = threads.map((thread) => thread.uintr!.upid!.physical);
    expect(new Set(addresses).size).toBe(65);
    expect(bench.leaked).toBe(2);
    onTaskExit(bench.kernel, threads[7]!, null);
    const next = bench.thread();
    bench.run(next, 1);
    bench.call(next, 'uintr_register_handler', HANDLER, 0);
    expect(next.uintr!.upid!.physical).toBe(addresses[7]);
    for (const thread of [...threads, next]) onTaskExit(bench.kernel, thread, null);
    expect(bench.leaked).toBe(0);
  });
});
