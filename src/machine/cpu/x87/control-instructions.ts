// Control and status words, environment and state images, stack pointer and tags.

import type { Helper } from '../helpers/helper.ts';
import type { CpuException } from '../exit.ts';
import { FDP, FIP, FOP, RAX, X87 } from '../state.ts';
import { C1 } from './control.ts';
import { NORMAL, ZERO, readFloat80 } from './float80.ts';
import type { Fpu } from './fpu.ts';
import { nonWaiting, stackIndex, viewOf, waiting, waitingControl } from './instruction.ts';

const nothing: Helper = nonWaiting(() => null);

const initialise: Helper = nonWaiting((fpu) => (fpu.initialise(), null));

const clearExceptions: Helper = nonWaiting((fpu) => {
  fpu.fsw &= 0x7f00;
  return null;
});

const loadControl: Helper = waitingControl((fpu, machine) => {
  const data = machine.read(machine.address(), 2);
  if (!(data instanceof Uint8Array)) return data;
  fpu.fcw = viewOf(data).getUint16(0, true);
  fpu.updateSummary();
  return null;
});

function storeWord(word: (fpu: Fpu) => number): Helper {
  return nonWaiting((fpu, machine) => machine.write(machine.address(), Uint8Array.of(word(fpu) & 0xff, word(fpu) >> 8)));
}

const storeStatusToAx: Helper = nonWaiting((fpu, machine) => {
  const rax = machine.context.register(RAX);
  machine.context.setRegister(RAX, (rax & ~0xffffn) | BigInt(fpu.fsw));
  return null;
});

const VALID = 0,
  TAG_ZERO = 1,
  SPECIAL = 2,
  EMPTY = 3;

/** The full tag word: two bits a physical register. */
function tagWord(fpu: Fpu): number {
  let tags = 0;
  for (let r = 0; r < 8; r++) {
    const { kind } = readFloat80(fpu.view, X87 + r * 16);
    const tag = ((fpu.ftw >> r) & 1) === 0 ? EMPTY : kind === NORMAL ? VALID : kind === ZERO ? TAG_ZERO : SPECIAL;
    tags |= tag << (2 * r);
  }
  return tags;
}

/** Offsets in the 32-bit and 16-bit protected-mode images. Selectors are 0, as on processors that deprecate them. */
interface EnvironmentLayout {
  readonly bytes: number;
  readonly wide: boolean;
}
const WIDE: EnvironmentLayout = { bytes: 28, wide: true };
const NARROW: EnvironmentLayout = { bytes: 14, wide: false };

function environment(fpu: Fpu, layout: EnvironmentLayout, total: number): Uint8Array {
  const image = new Uint8Array(total);
  const view = viewOf(image);
  const fip = fpu.view.getUint32(FIP, true);
  const fdp = fpu.view.getUint32(FDP, true);
  const words = [fpu.fcw, fpu.fsw, tagWord(fpu)];
  if (layout.wide) {
    words.forEach((word, i) => view.setUint32(4 * i, 0xffff0000 | word, true));
    view.setUint32(12, fip, true);
    view.setUint32(16, fpu.view.getUint16(FOP, true) << 16, true);
    view.setUint32(20, fdp, true);
    view.setUint32(24, 0xffff0000, true);
  } else {
    words.forEach((word, i) => view.setUint16(2 * i, word, true));
    view.setUint16(6, fip & 0xffff, true);
    view.setUint16(10, fdp & 0xffff, true);
  }
  return image;
}

function loadEnvironment(fpu: Fpu, layout: EnvironmentLayout, image: Uint8Array): void {
  const view = viewOf(image);
  const step = layout.wide ? 4 : 2;
  fpu.fcw = view.getUint16(0, true);
  fpu.fsw = view.getUint16(step, true);
  const tags = view.getUint16(2 * step, true);
  let ftw = 0;
  for (let r = 0; r < 8; r++) if (((tags >> (2 * r)) & 3) !== EMPTY) ftw |= 1 << r;
  fpu.ftw = ftw;
  fpu.view.setBigUint64(FIP, BigInt(layout.wide ? view.getUint32(12, true) : view.getUint16(6, true)), true);
  fpu.view.setBigUint64(FDP, BigInt(layout.wide ? view.getUint32(20, true) : view.getUint16(10, true)), true);
  if (layout.wide) fpu.view.setUint16(FOP, view.getUint16(18, true) & 0x7ff, true);
  fpu.updateSummary();
}

/** The image is stored, then all exceptions are masked. */
function storeEnvironment(layout: EnvironmentLayout): Helper {
  return nonWaiting((fpu, machine) => {
    const fault = machine.write(machine.address(), environment(fpu, layout, layout.bytes));
    if (fault !== null) return fault;
    fpu.fcw |= 0x3f;
    fpu.updateSummary();
    return null;
  });
}

function restoreEnvironment(layout: EnvironmentLayout): Helper {
  return waitingControl((fpu, machine) => {
    const data = machine.read(machine.address(), layout.bytes);
    if (!(data instanceof Uint8Array)) return data;
    loadEnvironment(fpu, layout, data);
    return null;
  });
}

/** Registers follow the environment, ten bytes each, ST(0) first. */
function save(layout: EnvironmentLayout): Helper {
  return nonWaiting((fpu, machine): CpuException | null => {
    const image = environment(fpu, layout, layout.bytes + 80);
    for (let i = 0; i < 8; i++) {
      const register = X87 + ((fpu.top + i) & 7) * 16;
      image.set(machine.context.bytes.subarray(register, register + 10), layout.bytes + 10 * i);
    }
    const fault = machine.write(machine.address(), image);
    if (fault !== null) return fault;
    fpu.initialise();
    return null;
  });
}

function restore(layout: EnvironmentLayout): Helper {
  return waitingControl((fpu, machine) => {
    const data = machine.read(machine.address(), layout.bytes + 80);
    if (!(data instanceof Uint8Array)) return data;
    loadEnvironment(fpu, layout, data);
    for (let i = 0; i < 8; i++) {
      const from = layout.bytes + 10 * i;
      machine.context.bytes.set(data.subarray(from, from + 10), X87 + ((fpu.top + i) & 7) * 16);
    }
    return null;
  });
}

function turn(step: 1 | -1): Helper {
  return waiting((fpu) => {
    fpu.top += step;
    fpu.setConditions(0, C1);
    return null;
  });
}

function free(pops: number): Helper {
  return waiting((fpu, machine) => {
    fpu.setConditions(0, C1);
    fpu.free(stackIndex(machine, 0));
    fpu.pop(pops);
    return null;
  });
}

export const controlInstructions: Readonly<Record<string, Helper>> = {
  Wait: waitingControl(() => null),
  Fnop: waiting(() => null),
  Fninit: initialise,
  Fnclex: clearExceptions,
  Fneni: nothing,
  Fndisi: nothing,
  Fnsetpm: nothing,
  Fldcw_m2byte: loadControl,
  Fnstcw_m2byte: storeWord((fpu) => fpu.fcw),
  Fnstsw_m2byte: storeWord((fpu) => fpu.fsw),
  Fnstsw_AX: storeStatusToAx,
  Fnstenv_m28byte: storeEnvironment(WIDE),
  Fnstenv_m14byte: storeEnvironment(NARROW),
  Fldenv_m28byte: restoreEnvironment(WIDE),
  Fldenv_m14byte: restoreEnvironment(NARROW),
  Fnsave_m108byte: save(WIDE),
  Fnsave_m94byte: save(NARROW),
  Frstor_m108byte: restore(WIDE),
  Frstor_m94byte: restore(NARROW),
  Fincstp: turn(1),
  Fdecstp: turn(-1),
  Ffree_sti: free(0),
  Ffreep_sti: free(1),
};
