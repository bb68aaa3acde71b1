// Linear memory: which addresses reach RAM in which mode, page crossings, and the error codes of what does not.

import { describe, expect, test } from 'vitest';
import { RAM_BASE } from '../../../src/machine/memory/layout.ts';
import { describeFault, KERNEL_MAP, READ_ONLY_PAGE, Rig, STACK_PAGE } from './rig.ts';

const VALUE = 0x1122_3344_5566_7788n;

describe('supervisor', () => {
  test.each([
    ['first bytes of RAM', KERNEL_MAP, 'ok'],
    ['last bytes of RAM', KERNEL_MAP + (1n << 20n) - 8n, 'ok'],
    ['a user page', BigInt(STACK_PAGE), 'ok'],
    ['behind RAM', KERNEL_MAP + (1n << 20n), '#PF(2) at ffff888000100000'],
    ['before RAM', KERNEL_MAP - 8n, '#PF(2) at ffff887ffffffff8'],
    ['not canonical', 1n << 47n, '#GP(0)'],
    ['user page, not mapped', 0x1000n, '#PF(2) at 1000'],
    ['user page, read-only', BigInt(READ_ONLY_PAGE), `#PF(3) at ${READ_ONLY_PAGE.toString(16)}`],
  ])('%s: %s gives %s', (_name, address, outcome) => {
    const { memory } = new Rig();
    expect(describeFault(memory.probeWrite(address))).toBe(outcome);
    expect(describeFault(memory.write64(address, VALUE))).toBe(outcome);
    if (outcome === 'ok') expect(memory.read64(address)).toBe(VALUE);
  });

  test('a write is little-endian in RAM, and tells of predecoded code first', () => {
    const { memory, physical } = new Rig();
    const frame = RAM_BASE + 0x3000;
    const told: number[] = [];
    physical.setCodeListener({ codeFrameWritten: (written) => told.push(written) });
    physical.setCode(frame, true);
    memory.write64(KERNEL_MAP + 0x3008n, VALUE);
    physical.setCode(frame, false);
    expect(told).toContain(frame);
    expect(Buffer.from(physical.bytes.subarray(frame + 8, frame + 16)).toString('hex')).toBe('8877665544332211');
  });
});

describe('user', () => {
  const end = STACK_PAGE + 0x1000;
  test.each([
    ['kernel addresses', KERNEL_MAP, '#PF(6) at ffff888000000000', '#PF(4) at ffff888000000000'],
    ['not canonical', 1n << 60n, '#GP(0)', '#GP(0)'],
    ['not mapped', BigInt(end), `#PF(6) at ${end.toString(16)}`, `#PF(4) at ${end.toString(16)}`],
    ['the second half not mapped', BigInt(end - 4), `#PF(6) at ${end.toString(16)}`, `#PF(4) at ${end.toString(16)}`],
    ['read-only', BigInt(READ_ONLY_PAGE), `#PF(7) at ${READ_ONLY_PAGE.toString(16)}`, 'ok'],
  ])('%s', (_name, address, onWrite, onRead) => {
    const { user } = new Rig();
    expect(describeFault(user.probeWrite(address, 8))).toBe(onWrite);
    expect(describeFault(user.write64(address, VALUE))).toBe(onWrite);
    const read = user.read64(address);
    expect(typeof read === 'bigint' ? 'ok' : describeFault(read)).toBe(onRead);
  });

  test('an access across two mapped pages', () => {
    const rig = new Rig();
    const page = STACK_PAGE / 4096 + 1;
    rig.space.map(page, rig.physical.allocateFrame(), 1 | 8);
    for (let offset = -7; offset <= 0; offset++) {
      const address = BigInt(end + offset);
      expect(rig.user.write64(address, VALUE)).toBeNull();
      expect(rig.user.read64(address)).toBe(VALUE);
    }
    rig.physical.releaseFrame(rig.space.unmap(page) & ~4095);
  });
});
