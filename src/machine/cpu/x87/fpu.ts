// The x87 register stack, status and tag words of a CPU context, and how results and exceptions reach them (SDM vol. 1, 8.1 and 8.5).

import { FCW, FDP, FIP, FOP, FSW, FTW, X87, type CpuContext } from '../state.ts';
import { BEFORE, BUSY, C1, CONDITIONS, DE, ES, EXCEPTIONS, IE, SF, decodeControl, type Control, type Outcome } from './control.ts';
import { INDEFINITE, readFloat80, writeFloat80, type Float80 } from './float80.ts';

const views = new WeakMap<CpuContext, DataView>();

function viewOf(context: CpuContext): DataView {
  let view = views.get(context);
  if (view === undefined) {
    const { buffer, byteOffset, byteLength } = context.bytes;
    view = new DataView(buffer, byteOffset, byteLength);
    views.set(context, view);
  }
  return view;
}

/** Made for one instruction: the control word is decoded once. */
export class Fpu {
  readonly view: DataView;
  readonly control: Control;

  constructor(context: CpuContext) {
    this.view = viewOf(context);
    this.control = decodeControl(this.fcw);
  }

  get fcw(): number {
    return this.view.getUint16(FCW, true);
  }
  /** Bit 6 always reads 1, bits 7 and 13 to 15 always 0. */
  set fcw(value: number) {
    this.view.setUint16(FCW, (value & 0x1f3f) | 0x40, true);
  }
  get fsw(): number {
    return this.view.getUint16(FSW, true);
  }
  set fsw(value: number) {
    this.view.setUint16(FSW, value, true);
  }
  get ftw(): number {
    return this.view.getUint8(FTW);
  }
  set ftw(value: number) {
    this.view.setUint8(FTW, value);
  }
  get top(): number {
    return (this.fsw >> 11) & 7;
  }
  set top(value: number) {
    this.fsw = (this.fsw & ~0x3800) | ((value & 7) << 11);
  }

  isEmpty(i: number): boolean {
    return ((this.ftw >> ((this.top + i) & 7)) & 1) === 0;
  }
  get(i: number): Float80 {
    return readFloat80(this.view, this.offset(i));
  }
  set(i: number, value: Float80): void {
    writeFloat80(this.view, this.offset(i), value);
    this.ftw |= 1 << ((this.top + i) & 7);
  }
  free(i: number): void {
    this.ftw &= ~(1 << ((this.top + i) & 7));
  }
  pop(count = 1): void {
    for (let n = 0; n < count; n++) {
      this.free(0);
      this.top += 1;
    }
  }

  isMasked(flag: number): boolean {
    return (this.control.masks & flag) !== 0;
  }

  /** Sets sticky flags and C1; an unmasked one makes an exception pending. */
  raise(flags: number, c1 = false): void {
    const pending = (flags & EXCEPTIONS & ~this.control.masks) !== 0 ? ES | BUSY : 0;
    this.fsw = (this.fsw & ~C1) | flags | pending | (c1 ? C1 : 0);
  }

  setConditions(conditions: number, mask = CONDITIONS): void {
    this.fsw = (this.fsw & ~mask) | conditions;
  }

  /** Whether these exceptions, found before the operation, leave everything as it is. */
  isBlocked(flags: number): boolean {
    return (flags & BEFORE & ~this.control.masks) !== 0;
  }

  /** Raises the outcome's flags and writes ST(i); false if an unmasked exception forbids it. */
  deliver(i: number, outcome: Outcome): boolean {
    if (this.isBlocked(outcome.flags)) {
      this.raise(outcome.flags & BEFORE);
      return false;
    }
    this.raise(outcome.flags, outcome.roundedUp);
    this.set(i, outcome.value);
    return true;
  }

  /** Stack underflow: ST(i) becomes the indefinite; false if that is unmasked and nothing may change. */
  underflow(i: number): boolean {
    this.raise(IE | SF);
    if (!this.isMasked(IE)) return false;
    this.set(i, INDEFINITE);
    return true;
  }

  push(outcome: Outcome): void {
    if (!this.isEmpty(7)) {
      this.overflow();
      return;
    }
    if (this.isBlocked(outcome.flags)) {
      this.raise(outcome.flags & BEFORE);
      return;
    }
    this.raise(outcome.flags, outcome.roundedUp);
    this.pushRaw(outcome.value);
  }

  /** A widened denormal is pushed even if DE is unmasked. */
  pushDenormal(value: Float80): void {
    if (!this.isEmpty(7)) {
      this.overflow();
      return;
    }
    this.raise(DE);
    this.pushRaw(value);
  }

  pushRaw(value: Float80): void {
    this.top -= 1;
    this.set(0, value);
  }

  /** Stack overflow: pushes the indefinite if masked. */
  overflow(): boolean {
    this.raise(IE | SF, true);
    if (!this.isMasked(IE)) return false;
    this.pushRaw(INDEFINITE);
    return true;
  }

  /** FNINIT: as after reset, but for the contents of the registers. */
  initialise(): void {
    this.fcw = 0x37f;
    this.fsw = 0;
    this.ftw = 0;
    this.view.setUint16(FOP, 0, true);
    this.view.setBigUint64(FIP, 0n, true);
    this.view.setBigUint64(FDP, 0n, true);
  }

  /** ES and B follow from flags and masks whenever either is loaded. */
  updateSummary(): void {
    const pending = (this.fsw & EXCEPTIONS & ~(this.fcw & EXCEPTIONS)) !== 0;
    this.fsw = (this.fsw & ~(ES | BUSY)) | (pending ? ES | BUSY : 0);
  }

  private offset(i: number): number {
    return X87 + ((this.top + i) & 7) * 16;
  }
}
