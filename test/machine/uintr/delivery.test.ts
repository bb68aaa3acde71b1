// When a pending user interrupt is deliverable, what delivery pushes and changes, and what its faults leave alone.

import { describe, expect, test } from 'vitest';
import { deliver, highestVector } from '../../../src/machine/uintr/delivery.ts';
import { stui } from '../../../src/machine/uintr/flag.ts';
import type { ProcessorMode } from '../../../src/machine/uintr/ports.ts';
import { isDeliverable } from '../../../src/machine/uintr/recognition.ts';
import { uiret } from '../../../src/machine/uintr/uiret.ts';
import { LISTED_POSTS } from '../../../src/machine/uintr/interrupt-ledger.ts';
import { describeFault, HANDLER, READ_ONLY_PAGE, Rig, STACK_PAGE, UPID } from './rig.ts';

const OLD_RSP = BigInt(STACK_PAGE + 0x800);
const OLD_RIP = 0x40_0000n;

function pending(vectors: bigint): Rig {
  const rig = new Rig().asReceiver();
  rig.unit.rr = vectors;
  return rig;
}

describe('deliverable', () => {
  const modes: readonly ProcessorMode[] = ['user', 'kernel', 'idle'];
  const combinations = modes.flatMap((mode) =>
    [true, false].flatMap((cr4) => [true, false].flatMap((uif) => [0n, 1n].map((rr) => ({ mode, cr4, uif, rr })))),
  );
  test.each(combinations)('mode $mode, CR4.UINTR $cr4, UIF $uif, UIRR $rr', ({ mode, cr4, uif, rr }) => {
    const { unit } = pending(rr);
    unit.cr4Uintr = cr4;
    unit.uif = uif;
    expect(isDeliverable(unit, mode)).toBe(mode === 'user' && cr4 && uif && rr === 1n);
  });

  test('RFLAGS.IF is no condition', () => {
    const rig = pending(1n);
    rig.registers.rflags = 2;
    expect(isDeliverable(rig.unit, 'user')).toBe(true);
    expect(deliver(rig.unit, rig.registers, rig.user)).toBeNull();
  });
});

describe('delivery', () => {
  test.each(Array.from({ length: 64 }, (_, vector) => vector))('vector %i', (vector) => {
    const rig = pending(1n << BigInt(vector));
    expect(deliver(rig.unit, rig.registers, rig.user)).toBeNull();
    const frame = rig.registers.rsp;
    expect(frame).toBe(OLD_RSP - 128n - 32n);
    expect([0n, 8n, 16n, 24n].map((offset) => rig.peekUser(frame + offset))).toEqual([BigInt(vector), OLD_RIP, 0x202n, OLD_RSP]);
    expect([rig.unit.rr, rig.unit.uif, rig.registers.rip]).toEqual([0n, false, HANDLER]);
    expect(rig.of('user_interrupt_delivered')).toMatchObject([{ vector, handler: HANDLER, rip: OLD_RIP, rsp: OLD_RSP, symbol: 'handler' }]);
  });

  test.each([
    [0b11n, 1, 0b01n],
    [0b1011n, 3, 0b0011n],
    [(1n << 63n) | 1n, 63, 1n],
    [(1n << 32n) | (1n << 31n), 32, 1n << 31n],
    [(1n << 64n) - 1n, 63, (1n << 63n) - 1n],
  ])('of UIRR %s vector %i goes first', (rr, vector, left) => {
    const rig = pending(rr);
    expect(deliver(rig.unit, rig.registers, rig.user)).toBeNull();
    expect(rig.peekUser(rig.registers.rsp)).toBe(BigInt(vector));
    expect(rig.unit.rr).toBe(left);
  });

  test('highestVector of 0 is -1', () => expect(highestVector(0n)).toBe(-1));

  test.each([
    { name: 'the red zone', adjust: 128n, rsp: OLD_RSP, frame: OLD_RSP - 160n },
    { name: 'nothing', adjust: 0n, rsp: OLD_RSP, frame: OLD_RSP - 32n },
    { name: 'nothing, RSP aligned down from +15', adjust: 0n, rsp: OLD_RSP + 15n, frame: OLD_RSP - 32n },
    { name: 'the red zone, RSP aligned down from +8', adjust: 128n, rsp: OLD_RSP + 8n, frame: OLD_RSP - 160n },
    { name: 'an odd amount', adjust: 6n, rsp: OLD_RSP, frame: OLD_RSP - 48n },
    { name: 'a negative amount', adjust: 0xffff_ffff_ffff_fff0n, rsp: OLD_RSP, frame: OLD_RSP + 16n - 32n },
    { name: 'an absolute stack', adjust: BigInt(STACK_PAGE + 0x400) | 1n, rsp: OLD_RSP, frame: BigInt(STACK_PAGE + 0x400 - 32) },
    {
      name: 'an absolute stack, aligned down',
      adjust: BigInt(STACK_PAGE + 0x408) | 1n,
      rsp: OLD_RSP,
      frame: BigInt(STACK_PAGE + 0x400 - 32),
    },
    {
      name: 'an absolute stack, RSP of no use',
      adjust: BigInt(STACK_PAGE + 0x400) | 1n,
      rsp: 1n << 60n,
      frame: BigInt(STACK_PAGE + 0x400 - 32),
    },
  ])('STACKADJUST: $name', ({ adjust, rsp, frame }) => {
    const rig = pending(1n);
    rig.unit.stackadjust = adjust;
    rig.registers.setRegister(4, rsp);
    expect(deliver(rig.unit, rig.registers, rig.user)).toBeNull();
    expect(rig.registers.rsp).toBe(frame);
    expect(rig.registers.rsp % 16n).toBe(0n);
    expect(rig.peekUser(frame + 24n)).toBe(rsp);
  });

  test.each([
    ['TF', 0x100, 0],
    ['RF', 0x1_0000, 0],
    ['DF', 0x400, 0x400],
    ['AC', 0x4_0000, 0x4_0000],
    ['NT', 0x4000, 0x4000],
    ['ID', 0x20_0000, 0x20_0000],
    ['CF to OF', 0x8d5, 0x8d5],
    ['IF', 0x200, 0x200],
  ])('%s is pushed as it was, then cleared or kept', (_name, bits, left) => {
    const rig = pending(1n);
    rig.registers.rflags = 2 | bits;
    deliver(rig.unit, rig.registers, rig.user);
    expect(rig.peekUser(rig.registers.rsp + 16n)).toBe(BigInt(2 | bits));
    expect(rig.registers.rflags).toBe(2 | left);
  });

  const top = STACK_PAGE + 0x1000;
  test.each([
    { name: 'handler not canonical', handler: 1n << 47n, rsp: OLD_RSP, adjust: 0n, outcome: '#GP(0)' },
    { name: 'stack at the end of the lower half', handler: HANDLER, rsp: 1n << 47n, adjust: 0n, outcome: '#PF(6) at 7ffffffffff8' },
    { name: 'frame not canonical', handler: HANDLER, rsp: (1n << 47n) + 64n, adjust: 0n, outcome: '#SS(0)' },
    {
      name: 'stack not mapped',
      handler: HANDLER,
      rsp: BigInt(top + 0x400),
      adjust: 0n,
      outcome: `#PF(6) at ${(top + 0x3f8).toString(16)}`,
    },
    {
      name: 'stack read-only',
      handler: HANDLER,
      rsp: BigInt(READ_ONLY_PAGE + 0x400),
      adjust: 0n,
      outcome: `#PF(7) at ${(READ_ONLY_PAGE + 0x3f8).toString(16)}`,
    },
    {
      name: 'the last two pushes cross into a page that is not mapped',
      handler: HANDLER,
      rsp: BigInt(STACK_PAGE + 16),
      adjust: 0n,
      outcome: `#PF(6) at ${(STACK_PAGE - 8).toString(16)}`,
    },
    { name: 'a kernel address', handler: HANDLER, rsp: 0xffff_8880_0000_1000n, adjust: 0n, outcome: '#PF(6) at ffff888000000ff8' },
  ])('$name: $outcome, nothing changes', ({ handler, rsp, adjust, outcome }) => {
    const rig = pending(0b101n);
    rig.unit.handler = handler;
    rig.unit.stackadjust = adjust;
    rig.registers.setRegister(4, rsp);
    const before = rig.snapshot();
    const fault = deliver(rig.unit, rig.registers, rig.user);
    expect(rig.snapshot()).toBe(before);
    expect(describeFault(fault)).toBe(outcome);
    expect(rig.of('user_interrupt_fault')).toMatchObject([{ vector: 2 }]);
    expect(rig.of('user_interrupt_delivered')).toEqual([]);
  });

  test('a fault is retried: the page appears, the same interrupt is delivered', () => {
    const rig = pending(1n);
    const page = STACK_PAGE / 4096 + 1;
    rig.registers.setRegister(4, BigInt(top + 0x400));
    expect(deliver(rig.unit, rig.registers, rig.user)).not.toBeNull();
    rig.space.map(page, rig.physical.allocateFrame(), 1 | 8);
    expect(deliver(rig.unit, rig.registers, rig.user)).toBeNull();
    rig.physical.releaseFrame(rig.space.unmap(page) & ~4095);
  });
});

describe('nesting', () => {
  test('the handler sets UIF: any other vector nests, a lower one too; each UIRET goes back one level', () => {
    const rig = pending(0b110n);
    const { unit, registers, user } = rig;
    deliver(unit, registers, user);
    expect(isDeliverable(unit, 'user')).toBe(false);
    const outer = registers.rsp;
    registers.rip = HANDLER + 4n;
    stui(unit);
    expect(isDeliverable(unit, 'user')).toBe(true);
    deliver(unit, registers, user);
    expect([rig.peekUser(outer), rig.peekUser(registers.rsp)]).toEqual([2n, 1n]);
    registers.setRegister(4, registers.rsp + 8n);
    expect(uiret(unit, registers, user)).toBeNull();
    expect([registers.rip, registers.rsp, unit.uif]).toEqual([HANDLER + 4n, outer, true]);
    registers.setRegister(4, registers.rsp + 8n);
    expect(uiret(unit, registers, user)).toBeNull();
    expect([registers.rip, registers.rsp]).toEqual([OLD_RIP, OLD_RSP]);
  });

  test('the same vector nests as well once it is posted again', () => {
    const { unit, registers, user } = pending(1n);
    deliver(unit, registers, user);
    unit.rr = 1n;
    stui(unit);
    expect(deliver(unit, registers, user)).toBeNull();
    expect(unit.rr).toBe(0n);
  });

  test('after UIRET the next pending vector is deliverable at once', () => {
    const { unit, registers, user } = pending(0b11n);
    deliver(unit, registers, user);
    registers.setRegister(4, registers.rsp + 8n);
    uiret(unit, registers, user);
    expect(isDeliverable(unit, 'user')).toBe(true);
  });
});

describe('who sent it', () => {
  test('delivery names the first interrupt and every thread that posted before the notification', () => {
    const rig = pending(0n);
    const { ledger, unit } = rig;
    expect(ledger.post(UPID, 5, { interrupt: 11, sender: 100 }, false)).toBe(0);
    expect(ledger.post(UPID, 5, { interrupt: 12, sender: 200 }, true)).toBe(11);
    ledger.take(UPID, 1n << 5n);
    expect(ledger.post(UPID, 5, { interrupt: 13, sender: 300 }, false)).toBe(0);
    unit.rr = 1n << 5n;
    deliver(unit, rig.registers, rig.user);
    expect(rig.of('user_interrupt_delivered')).toMatchObject([
      { interrupt: 11, senders: [100n, 200n], interrupts: [11n, 12n], unlisted: 0 },
    ]);
    ledger.take(UPID, 1n << 5n);
    expect(ledger.deliver(UPID, 5).posts).toEqual([{ interrupt: 13, sender: 300 }]);
  });

  test('a vector taken into UIRR twice is delivered once, for all of its posts', () => {
    const rig = pending(0n);
    const { ledger, unit } = rig;
    for (const interrupt of [1, 2]) {
      ledger.post(UPID, 5, { interrupt, sender: 100 }, false);
      ledger.take(UPID, 1n << 5n);
    }
    unit.rr = 1n << 5n;
    deliver(unit, rig.registers, rig.user);
    expect(rig.of('user_interrupt_delivered')).toMatchObject([{ interrupt: 1, senders: [100n, 100n], interrupts: [1n, 2n] }]);
  });

  test('posts beyond what is listed are counted, in PIR and across UIRR', () => {
    const { ledger } = pending(0n);
    for (let n = 1; n <= LISTED_POSTS + 3; n++) ledger.post(UPID, 5, { interrupt: n, sender: 1 }, n > 1);
    ledger.take(UPID, 1n << 5n);
    expect(ledger.post(UPID, 5, { interrupt: LISTED_POSTS + 4, sender: 1 }, false)).toBe(0);
    ledger.take(UPID, 1n << 5n);
    const { posts, unlisted } = ledger.deliver(UPID, 5);
    expect([posts.length, posts.at(-1)!.interrupt, unlisted]).toEqual([LISTED_POSTS, LISTED_POSTS, 4]);
    expect(ledger.deliver(UPID, 5)).toEqual({ posts: [], unlisted: 0 });
  });

  test.each([
    ['withdraw', (rig: Rig) => rig.ledger.withdraw(UPID, 2n)],
    ['forget', (rig: Rig) => rig.ledger.forget(UPID)],
  ])('%s leaves nothing to deliver', (_name, act) => {
    const rig = pending(0n);
    rig.ledger.post(UPID, 1, { interrupt: 1, sender: 1 }, false);
    act(rig);
    rig.ledger.take(UPID, 2n);
    expect(rig.ledger.deliver(UPID, 1).posts).toEqual([]);
  });

  test('discardTaken drops what is in UIRR and keeps what is in PIR', () => {
    const { ledger } = pending(0n);
    ledger.post(UPID, 1, { interrupt: 1, sender: 1 }, false);
    ledger.take(UPID, 2n);
    ledger.post(UPID, 1, { interrupt: 2, sender: 1 }, false);
    ledger.discardTaken(UPID);
    expect(ledger.deliver(UPID, 1).posts).toEqual([]);
    ledger.take(UPID, 2n);
    expect(ledger.deliver(UPID, 1).posts).toEqual([{ interrupt: 2, sender: 1 }]);
  });
});
