// siginfo_t in memory: 128 bytes, a union by kind (include/uapi/asm-generic/siginfo.h).

import { SI_MESGQ, SI_QUEUE, SI_TIMER, SIGNAL } from '../abi/signal.ts';
import { signalInformation, type SignalInformation } from './state.ts';

export const SIGINFO_BYTES = 128;

const FAULTS: readonly number[] = [SIGNAL.SIGSEGV, SIGNAL.SIGBUS, SIGNAL.SIGILL, SIGNAL.SIGFPE, SIGNAL.SIGTRAP];

export function encodeSiginfo(information: SignalInformation): Uint8Array {
  const bytes = new Uint8Array(SIGINFO_BYTES);
  const view = new DataView(bytes.buffer);
  const { signal, code } = information;
  view.setInt32(0, signal, true);
  view.setInt32(8, code, true);
  if (code === SI_TIMER) {
    view.setInt32(16, information.timer, true);
    view.setInt32(20, information.overrun, true);
    view.setBigUint64(24, BigInt.asUintN(64, information.value), true);
  } else if (code > 0 && FAULTS.includes(signal)) view.setBigUint64(16, BigInt.asUintN(64, information.address), true);
  else if (code > 0 && signal === SIGNAL.SIGIO) {
    view.setBigInt64(16, BigInt(information.band), true);
    view.setInt32(24, information.fd, true);
  } else {
    view.setInt32(16, information.pid, true);
    view.setUint32(20, information.uid, true);
    if (code > 0 && signal === SIGNAL.SIGCHLD) view.setInt32(24, information.status, true);
    else view.setBigUint64(24, BigInt.asUintN(64, information.value), true);
  }
  return bytes;
}

/** What rt_sigqueueinfo hands over. */
export function decodeSiginfo(bytes: Uint8Array, signal: number): SignalInformation {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const code = view.getInt32(8, true);
  const value = view.getBigUint64(24, true);
  if (code === SI_TIMER)
    return signalInformation(signal, code, { timer: view.getInt32(16, true), overrun: view.getInt32(20, true), value });
  const sender = { pid: view.getInt32(16, true), uid: view.getUint32(20, true) };
  return signalInformation(signal, code, code === SI_QUEUE || code === SI_MESGQ || code < 0 ? { ...sender, value } : sender);
}
