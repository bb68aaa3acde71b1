// FCOM, FUCOM, FICOM, FCOMI, FUCOMI, FTST, FXAM and FCMOVcc.

import type { Helper, HelperMachine } from '../helpers/helper.ts';
import { AF, CF, OF, PF, SF as SIGN, ZF } from '../state.ts';
import { compare, examine, ORDER_CODES } from './compare.ts';
import { C0, C1, C2, C3, IE, SF } from './control.ts';
import { zero, type Float80 } from './float80.ts';
import type { Fpu } from './fpu.ts';
import { stackIndex, waiting } from './instruction.ts';
import { isFault, readOperand, type MemoryForm } from './operands.ts';

const UNORDERED = ORDER_CODES.unordered;

/** Raises; an unmasked exception keeps the stack, but not the condition codes, as they were. `other` null: an empty register. */
function compareWith(fpu: Fpu, other: Float80 | null, quiet: boolean, pops: number): number {
  const empty = other === null || fpu.isEmpty(0);
  const { order, flags } = empty ? { order: 'unordered' as const, flags: IE | SF } : compare(fpu.get(0), other, quiet);
  fpu.raise(flags);
  if (!fpu.isBlocked(flags)) fpu.pop(pops);
  return ORDER_CODES[order];
}

const register = (fpu: Fpu, i: number): Float80 | null => (fpu.isEmpty(i) ? null : fpu.get(i));

function toStatus(quiet: boolean, pops: number, index: (machine: HelperMachine) => number): Helper {
  return waiting((fpu, machine) => {
    fpu.setConditions(compareWith(fpu, register(fpu, index(machine)), quiet, pops), UNORDERED);
    return null;
  });
}

function memoryToStatus(form: MemoryForm, pops: number): Helper {
  return waiting((fpu, machine) => {
    const operand = readOperand(machine, form);
    if (isFault(operand)) return operand;
    fpu.setConditions(compareWith(fpu, operand, false, pops), UNORDERED);
    return null;
  });
}

/** To RFLAGS; C1 changes with a stack fault only. */
function toFlags(quiet: boolean, pops: number): Helper {
  return waiting((fpu, machine) => {
    const c1 = fpu.fsw & C1;
    const i = stackIndex(machine, 1);
    const fault = fpu.isEmpty(0) || fpu.isEmpty(i);
    const codes = compareWith(fpu, register(fpu, i), quiet, pops);
    if (!fault) fpu.setConditions(c1, C1);
    const flags = ((codes & C0) !== 0 ? CF : 0) | ((codes & C2) !== 0 ? PF : 0) | ((codes & C3) !== 0 ? ZF : 0);
    const { context } = machine;
    context.rflags = (context.rflags & ~(CF | PF | AF | ZF | SIGN | OF)) | flags;
    return null;
  });
}

const second = (machine: HelperMachine): number => stackIndex(machine, 1);
const one = (): number => 1;

const test: Helper = waiting((fpu) => {
  fpu.setConditions(compareWith(fpu, zero(0), false, 0), UNORDERED);
  return null;
});

const classOf: Helper = waiting((fpu) => {
  fpu.setConditions(examine(fpu.get(0), fpu.isEmpty(0)), UNORDERED | C1);
  return null;
});

function conditionalMove(mask: number, when: boolean): Helper {
  return waiting((fpu, machine) => {
    const source = stackIndex(machine, 1);
    if (fpu.isEmpty(0) || fpu.isEmpty(source)) {
      fpu.underflow(0);
      return null;
    }
    if (((machine.context.rflags & mask) !== 0) === when) fpu.set(0, fpu.get(source));
    return null;
  });
}

export const compareInstructions: Readonly<Record<string, Helper>> = {
  Fcom_st0_sti: toStatus(false, 0, second),
  Fcom_st0_sti_DCD0: toStatus(false, 0, second),
  Fcomp_st0_sti: toStatus(false, 1, second),
  Fcomp_st0_sti_DCD8: toStatus(false, 1, second),
  Fcomp_st0_sti_DED0: toStatus(false, 1, second),
  Fcompp: toStatus(false, 2, one),
  Fucom_st0_sti: toStatus(true, 0, second),
  Fucomp_st0_sti: toStatus(true, 1, second),
  Fucompp: toStatus(true, 2, one),
  Fcom_m32fp: memoryToStatus('m32fp', 0),
  Fcomp_m32fp: memoryToStatus('m32fp', 1),
  Fcom_m64fp: memoryToStatus('m64fp', 0),
  Fcomp_m64fp: memoryToStatus('m64fp', 1),
  Ficom_m16int: memoryToStatus('m16int', 0),
  Ficomp_m16int: memoryToStatus('m16int', 1),
  Ficom_m32int: memoryToStatus('m32int', 0),
  Ficomp_m32int: memoryToStatus('m32int', 1),
  Fcomi_st0_sti: toFlags(false, 0),
  Fcomip_st0_sti: toFlags(false, 1),
  Fucomi_st0_sti: toFlags(true, 0),
  Fucomip_st0_sti: toFlags(true, 1),
  Ftst: test,
  Fxam: classOf,
  Fcmovb_st0_sti: conditionalMove(CF, true),
  Fcmove_st0_sti: conditionalMove(ZF, true),
  Fcmovbe_st0_sti: conditionalMove(CF | ZF, true),
  Fcmovu_st0_sti: conditionalMove(PF, true),
  Fcmovnb_st0_sti: conditionalMove(CF, false),
  Fcmovne_st0_sti: conditionalMove(ZF, false),
  Fcmovnbe_st0_sti: conditionalMove(CF | ZF, false),
  Fcmovnu_st0_sti: conditionalMove(PF, false),
};
