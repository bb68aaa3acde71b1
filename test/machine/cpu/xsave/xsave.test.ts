// FXSAVE, XSAVE in all formats, XRSTOR's checks, XGETBV, and the plain images of signal frames.

import { describe, expect, it } from 'vitest';
import { VECTOR } from '../../../../src/machine/cpu/exit.ts';
import { xsaveHelpers } from '../../../../src/machine/cpu/helpers/xsave.ts';
import { CpuContext, FDP, FIP, FOP, RAX, RCX, RDX, X87, XMM } from '../../../../src/machine/cpu/state.ts';
import { readFxsave, readXsaveArea, writeFxsave, writeXsaveArea } from '../../../../src/machine/cpu/xsave-area.ts';
import { FakeMachine, MEMORY_BASE } from '../x87/fake-machine.ts';

const GP = { kind: 'exception', vector: VECTOR.GP, errorCode: 0, address: 0n };
const COMPACTED = 1n << 63n;
const FILL = 0xaa;

/** TOP = 6, ST(0) and ST(1) valid, every XMM byte its own. */
function fillContext(context: CpuContext): void {
  const view = new DataView(context.bytes.buffer, context.bytes.byteOffset);
  context.fcw = 0x27f;
  context.fsw = 0x3120;
  context.ftw = 0xc0;
  context.mxcsr = 0x9fc0;
  view.setUint16(FOP, 0x123, true);
  view.setBigUint64(FIP, 0x7fff_1234_5678n, true);
  view.setBigUint64(FDP, 0x7ffe_8765_4321n, true);
  for (let r = 0; r < 8; r++) {
    view.setBigUint64(X87 + 16 * r, 0x8000000000000000n + BigInt(r), true);
    view.setUint16(X87 + 16 * r + 8, 0x4000 + r, true);
  }
  for (let i = 0; i < 256; i++) context.bytes[XMM + i] = i ^ 0x5a;
}

function machineWith(fill: boolean, request = 7): FakeMachine {
  const machine = new FakeMachine();
  if (fill) fillContext(machine.context);
  machine.memory.fill(FILL);
  machine.memory.fill(0, 512, 576);
  machine.context.setNumber(RAX, request);
  machine.context.setNumber(RDX, 0);
  return machine;
}

const run = (machine: FakeMachine, name: string): unknown => xsaveHelpers[name]!(machine);
const image = (machine: FakeMachine): DataView => new DataView(machine.memory.buffer);
const header = (machine: FakeMachine): readonly [bigint, bigint] => [
  image(machine).getBigUint64(512, true),
  image(machine).getBigUint64(520, true),
];
/** Everything that the instructions move. */
const state = (context: CpuContext): Uint8Array => context.bytes.slice(0xa0, X87 + 128);

describe('FXSAVE', () => {
  it('lays the image out as SDM table 10-2 says', () => {
    const machine = machineWith(true);
    expect(run(machine, 'Fxsave64_m512byte')).toBeNull();
    const view = image(machine);
    expect([0, 2, 4, 6].map((at) => view.getUint16(at, true))).toEqual([0x27f, 0x3120, 0xc0, 0x123]);
    expect([view.getBigUint64(8, true), view.getBigUint64(16, true)]).toEqual([0x7fff_1234_5678n, 0x7ffe_8765_4321n]);
    expect([view.getUint32(24, true), view.getUint32(28, true)]).toEqual([0x9fc0, 0xffff]);
    for (let i = 0; i < 8; i++) {
      const physical = (6 + i) & 7;
      expect(view.getBigUint64(32 + 16 * i, true)).toBe(0x8000000000000000n + BigInt(physical));
      expect(view.getBigUint64(40 + 16 * i, true)).toBe(BigInt(0x4000 + physical));
    }
    expect(machine.memory.slice(160, 416)).toEqual(machine.context.bytes.slice(XMM, XMM + 256));
    expect(machine.memory.slice(416, 512).every((byte) => byte === FILL)).toBe(true);
  });

  it('without REX.W keeps 32 bits of the pointers', () => {
    const machine = machineWith(true);
    run(machine, 'Fxsave_m512byte');
    expect([image(machine).getBigUint64(8, true), image(machine).getBigUint64(16, true)]).toEqual([0x1234_5678n, 0x8765_4321n]);
  });

  it('and FXRSTOR64 are inverse', () => {
    const machine = machineWith(true);
    const before = state(machine.context);
    run(machine, 'Fxsave64_m512byte');
    machine.context.bytes.fill(0, 0xa0, X87 + 128);
    expect(run(machine, 'Fxrstor64_m512byte')).toBeNull();
    expect(state(machine.context)).toEqual(before);
  });

  it.each(['Fxsave_m512byte', 'Fxsave64_m512byte', 'Fxrstor_m512byte', 'Fxrstor64_m512byte'])('%s off 16 bytes is #GP', (name) => {
    const machine = machineWith(true);
    machine.operandAddress += 8n;
    expect(run(machine, name)).toEqual(GP);
  });

  it('FXRSTOR refuses reserved bits of MXCSR, and loads nothing then', () => {
    const machine = machineWith(true);
    run(machine, 'Fxsave64_m512byte');
    image(machine).setUint32(24, 0x1_1f80, true);
    machine.context.fcw = 0x37f;
    const before = state(machine.context);
    expect(run(machine, 'Fxrstor64_m512byte')).toEqual(GP);
    expect(state(machine.context)).toEqual(before);
  });

  it.each([
    [0x37e, 0x0001, 0x8081],
    [0x37f, 0x8081, 0x0001],
    [0x37f, 0x8000, 0x0000],
    [0x37e, 0x0041, 0x80c1],
  ])('FXRSTOR with FCW %x makes of FSW %x %x', (fcw, fsw, expected) => {
    const machine = machineWith(true);
    run(machine, 'Fxsave64_m512byte');
    image(machine).setUint16(0, fcw, true);
    image(machine).setUint16(2, fsw, true);
    run(machine, 'Fxrstor64_m512byte');
    expect(machine.context.fsw).toBe(expected);
  });
});

const AREA_INSTRUCTIONS = [
  'Xsave_mem',
  'Xsave64_mem',
  'Xsaveopt_mem',
  'Xsaveopt64_mem',
  'Xsavec_mem',
  'Xsavec64_mem',
  'Xrstor_mem',
  'Xrstor64_mem',
];

describe('XSAVE family', () => {
  it.each(AREA_INSTRUCTIONS)('%s off 64 bytes is #GP', (name) => {
    const machine = machineWith(true);
    machine.operandAddress += 16n;
    expect(run(machine, name)).toEqual(GP);
  });

  it.each(AREA_INSTRUCTIONS)('%s faults on an area that is not all there, and changes nothing', (name) => {
    const machine = machineWith(true);
    machine.operandAddress = BigInt(MEMORY_BASE + 4096 - 64);
    const [before, memory] = [machine.context.bytes.slice(), machine.memory.slice()];
    expect(run(machine, name)).toMatchObject({ vector: VECTOR.PF, errorCode: name.startsWith('Xrstor') ? 4 : 6 });
    expect(machine.context.bytes).toEqual(before);
    expect(machine.memory).toEqual(memory);
  });

  it.each(['Xsaves_mem', 'Xsaves64_mem', 'Xrstors_mem', 'Xrstors64_mem', 'Xsetbv'])('%s is #GP at CPL 3', (name) => {
    expect(run(machineWith(true), name)).toEqual(GP);
  });

  it.each(['Xsave64_mem', 'Xsaveopt64_mem', 'Xsavec64_mem'])('%s and XRSTOR64 are inverse', (name) => {
    const machine = machineWith(true);
    const before = state(machine.context);
    expect(run(machine, name)).toBeNull();
    expect(header(machine)).toEqual([3n, name === 'Xsavec64_mem' ? COMPACTED | 3n : 0n]);
    machine.context.bytes.fill(0, 0xa0, X87 + 128);
    expect(run(machine, 'Xrstor64_mem')).toBeNull();
    expect(state(machine.context)).toEqual(before);
  });

  /** Which parts are written: x87 (byte 0), MXCSR (byte 24), XMM (byte 160). */
  const WRITES: readonly [name: string, filled: boolean, request: number, bv: bigint, parts: string][] = [
    ['Xsave64_mem', true, 3, 3n, 'x87 mxcsr xmm'],
    ['Xsave64_mem', true, 1, 1n, 'x87'],
    ['Xsave64_mem', true, 2, 2n, 'mxcsr xmm'],
    ['Xsave64_mem', true, 0, 0n, ''],
    ['Xsave64_mem', false, 3, 0n, 'x87 mxcsr xmm'],
    ['Xsaveopt64_mem', true, 3, 3n, 'x87 mxcsr xmm'],
    ['Xsaveopt64_mem', false, 3, 0n, 'mxcsr'],
    ['Xsavec64_mem', true, 1, 1n, 'x87'],
    ['Xsavec64_mem', false, 3, 0n, ''],
  ];
  it.each(WRITES)('%s (state in use: %s) with EAX = %i: XSTATE_BV %i, writes %s', (name, filled, request, bv, parts) => {
    const machine = machineWith(filled, request);
    run(machine, name);
    const { memory } = machine;
    const written = [
      ['x87', !memory.slice(0, 24).every((byte) => byte === FILL)],
      ['mxcsr', image(machine).getUint32(24, true) !== 0xaaaaaaaa],
      ['xmm', !memory.slice(160, 416).every((byte) => byte === FILL)],
    ] as const;
    expect(
      written
        .filter(([, is]) => is)
        .map(([part]) => part)
        .join(' '),
    ).toBe(parts);
    expect(header(machine)[0]).toBe(bv);
  });

  it('XSAVE keeps what XSTATE_BV says of components not requested, XSAVEC does not', () => {
    for (const [name, expected] of [
      ['Xsave64_mem', 3n],
      ['Xsavec64_mem', 1n],
    ] as const) {
      const machine = machineWith(true, 1);
      image(machine).setBigUint64(512, 2n, true);
      run(machine, name);
      expect(header(machine)[0]).toBe(expected);
    }
  });

  it('XSAVEC counts an MXCSR that is not initial as SSE state in use', () => {
    const machine = machineWith(false, 3);
    machine.context.mxcsr = 0x1fa0;
    run(machine, 'Xsavec64_mem');
    expect(header(machine)).toEqual([2n, COMPACTED | 3n]);
    expect(image(machine).getUint32(24, true)).toBe(0x1fa0);
  });

  const BAD_HEADERS: readonly [string, (view: DataView) => void][] = [
    ['XSTATE_BV with a component not in XCR0', (view) => view.setBigUint64(512, 4n, true)],
    ['XSTATE_BV with the supervisor component 14', (view) => view.setBigUint64(512, 1n << 14n, true)],
    ['XCOMP_BV in standard format', (view) => view.setBigUint64(520, 1n, true)],
    ['bytes 23:16 in standard format', (view) => view.setUint8(512 + 23, 1)],
    ['XCOMP_BV with a component not in XCR0', (view) => view.setBigUint64(520, COMPACTED | 7n, true)],
    ['XSTATE_BV beyond XCOMP_BV', (view) => (view.setBigUint64(512, 3n, true), view.setBigUint64(520, COMPACTED | 1n, true))],
    ['bytes 63:24 in compacted format', (view) => (view.setBigUint64(520, COMPACTED | 3n, true), view.setUint8(512 + 63, 1))],
    ['reserved bits of MXCSR', (view) => view.setUint32(24, 0x10000, true)],
  ];
  it.each(BAD_HEADERS)('XRSTOR: %s is #GP and loads nothing', (_what, spoil) => {
    const machine = machineWith(true);
    run(machine, 'Xsave64_mem');
    spoil(image(machine));
    machine.context.fcw = 0x37f;
    const before = state(machine.context);
    expect(run(machine, 'Xrstor64_mem')).toEqual(GP);
    expect(state(machine.context)).toEqual(before);
  });

  it('XRSTOR in standard format ignores bytes 63:24 of the header', () => {
    const machine = machineWith(true);
    run(machine, 'Xsave64_mem');
    machine.memory[512 + 24] = 1;
    expect(run(machine, 'Xrstor64_mem')).toBeNull();
  });

  it('XRSTOR initialises components that are absent; MXCSR comes from memory in standard format only', () => {
    for (const [layout, mxcsr] of [
      [0n, 0x1fbf],
      [COMPACTED | 3n, 0x1f80],
    ] as const) {
      const machine = machineWith(true, 3);
      image(machine).setBigUint64(520, layout, true);
      image(machine).setUint32(24, 0x1fbf, true);
      expect(run(machine, 'Xrstor64_mem')).toBeNull();
      const fresh = CpuContext.fresh();
      fresh.mxcsr = mxcsr;
      expect(state(machine.context)).toEqual(state(fresh));
    }
  });

  it('XRSTOR leaves components alone that are not requested', () => {
    const machine = machineWith(true, 1);
    const xmm = machine.context.bytes.slice(XMM, XMM + 256);
    expect(run(machine, 'Xrstor64_mem')).toBeNull();
    expect(machine.context.bytes.slice(XMM, XMM + 256)).toEqual(xmm);
    expect([machine.context.mxcsr, machine.context.fcw]).toEqual([0x9fc0, 0x37f]);
  });
});

describe('XGETBV', () => {
  it.each([
    [0, false, 3],
    [0, true, 3],
    [1, false, 0],
    [1, true, 3],
  ])('ECX = %i, state in use: %s', (index, filled, expected) => {
    const machine = machineWith(filled);
    machine.context.setRegister(RCX, 0xffff_ffff_0000_0000n + BigInt(index));
    machine.context.setRegister(RDX, ~0n & 0xffff_ffff_ffff_ffffn);
    expect(run(machine, 'Xgetbv')).toBeNull();
    expect([machine.context.register(RAX), machine.context.register(RDX)]).toEqual([BigInt(expected), 0n]);
  });

  it('any other register is #GP', () => {
    const machine = machineWith(false);
    machine.context.setNumber(RCX, 2);
    expect(run(machine, 'Xgetbv')).toEqual(GP);
  });
});

describe('images for the kernel', () => {
  it('FXSAVE round trip', () => {
    const context = CpuContext.fresh();
    fillContext(context);
    const bytes = new Uint8Array(512);
    writeFxsave(context, bytes);
    const other = CpuContext.fresh();
    expect(readFxsave(other, bytes)).toBe(true);
    expect(state(other)).toEqual(state(context));
  });

  it('a signal frame has both components, used or not, and its software bytes are left alone', () => {
    const context = CpuContext.fresh();
    const area = new Uint8Array(580).fill(FILL);
    writeXsaveArea(context, area);
    const view = new DataView(area.buffer);
    expect([view.getBigUint64(512, true), view.getBigUint64(520, true), view.getUint16(0, true)]).toEqual([3n, 0n, 0x37f]);
    expect([...area.slice(464, 512), ...area.slice(576)].every((byte) => byte === FILL)).toBe(true);
    fillContext(context);
    const before = state(context);
    writeXsaveArea(context, area);
    const other = CpuContext.fresh();
    expect(readXsaveArea(other, area)).toBe(true);
    expect(state(other)).toEqual(before);
    view.setUint32(24, 0xffff_ffff, true);
    expect(readXsaveArea(other, area)).toBe(false);
  });
});
