// Everything after a case, as the processor or an executor has it.

import type { MachineState } from './state.ts';

export interface Outcome {
  /** exception: vector, error code and address say which. endless: it was stopped, and nothing of it can be compared. */
  readonly end: 'exception' | 'syscall' | 'endless';
  readonly vector: number;
  readonly errorCode: number;
  /** CR2 of #PF, else 0. */
  readonly address: bigint;
  readonly rip: bigint;
  readonly rflags: number;
  readonly gpr: readonly bigint[];
  /** 16 of 16 bytes, one after the other. */
  readonly xmm: Uint8Array;
  readonly mxcsr: number;
  readonly fcw: number;
  readonly fsw: number;
  readonly ftw: number;
  /** ST(0) to ST(7), 10 bytes each. */
  readonly st: Uint8Array;
  /** The memory image. */
  readonly memory: Uint8Array;
}

/** The legacy area of FXSAVE for a start state. */
export function fxsaveArea(state: MachineState): Uint8Array {
  const area = new Uint8Array(512);
  const view = new DataView(area.buffer);
  view.setUint16(0, state.fcw, true);
  view.setUint16(2, state.fsw, true);
  view.setUint8(4, state.ftw);
  view.setUint32(24, state.mxcsr, true);
  state.st.forEach((value, i) => area.set(value, 32 + 16 * i));
  state.xmm.forEach((value, i) => area.set(value, 160 + 16 * i));
  return area;
}
