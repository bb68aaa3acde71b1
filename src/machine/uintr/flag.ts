// STUI, CLUI and TESTUI: SDM vol. 2. STUI has no one-instruction shadow: the next boundary may deliver.

import type { CpuException } from '../cpu/exit.ts';
import { invalidOpcode } from './faults.ts';
import type { UserRegisters } from './ports.ts';
import type { UintrUnit } from './uintr-unit.ts';

const CF = 1 << 0,
  PF = 1 << 2,
  AF = 1 << 4,
  ZF = 1 << 6,
  SF = 1 << 7,
  OF = 1 << 11;

export function stui(unit: UintrUnit): CpuException | null {
  return writeFlag(unit, true, 'stui');
}

export function clui(unit: UintrUnit): CpuException | null {
  return writeFlag(unit, false, 'clui');
}

/** CF := UIF; the other arithmetic flags are cleared. */
export function testui(unit: UintrUnit, registers: Pick<UserRegisters, 'rflags'>): CpuException | null {
  if (!unit.enumerated || !unit.cr4Uintr) return invalidOpcode();
  registers.rflags = (registers.rflags & ~(CF | PF | AF | ZF | SF | OF)) | (unit.uif ? CF : 0);
  return null;
}

/** Tells the event trail only of a change. */
export function setUserInterruptFlag(unit: UintrUnit, value: boolean, by: string): void {
  if (unit.uif === value) return;
  unit.uif = value;
  unit.ports.events.emit('uif_changed', unit.ports.places.place(), { uif: value, by });
}

function writeFlag(unit: UintrUnit, value: boolean, by: string): CpuException | null {
  if (!unit.enumerated || !unit.cr4Uintr) return invalidOpcode();
  setUserInterruptFlag(unit, value, by);
  return null;
}
