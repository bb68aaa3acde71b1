// siginfo_t in memory: 128 bytes, a union by kind, of which the kernel knows the first 48 (include/uapi/asm-generic/siginfo.h).

import { ERRNO } from '../abi/errno.ts';
import { SI_ASYNCNL, SI_DETHREAD, SI_KERNEL, SI_SIGIO, SI_TIMER, SI_USER, SIGNAL } from '../abi/signal.ts';
import type { Task } from '../task/task.ts';
import { signalInformation, type SignalInformation } from './state.ts';

export const SIGINFO_BYTES = 128;
/** struct kernel_siginfo: what is handed on from sender to receiver. */
export const KERNEL_SIGINFO_BYTES = 48;

const FAULTS: readonly number[] = [SIGNAL.SIGSEGV, SIGNAL.SIGBUS, SIGNAL.SIGILL, SIGNAL.SIGFPE, SIGNAL.SIGTRAP];

/** Codes the kernel itself gives each signal; NSIGPOLL, 6, for the others. */
const MOST_CODES: Readonly<Record<number, number>> = {
  [SIGNAL.SIGILL]: 11,
  [SIGNAL.SIGFPE]: 15,
  [SIGNAL.SIGSEGV]: 10,
  [SIGNAL.SIGBUS]: 5,
  [SIGNAL.SIGTRAP]: 6,
  [SIGNAL.SIGCHLD]: 6,
  [SIGNAL.SIGIO]: 6,
  [SIGNAL.SIGSYS]: 2,
};
const OTHER_CODES = 6;

export function encodeSiginfo(information: SignalInformation): Uint8Array {
  const bytes = new Uint8Array(SIGINFO_BYTES);
  const view = new DataView(bytes.buffer);
  const { signal, code } = information;
  if (information.image) {
    bytes.set(information.image);
    view.setInt32(0, signal, true);
    return bytes;
  }
  view.setInt32(0, signal, true);
  view.setInt32(8, code, true);
  if (code === SI_TIMER) {
    view.setInt32(16, information.timer, true);
    view.setInt32(20, information.overrun, true);
    view.setBigUint64(24, BigInt.asUintN(64, information.value), true);
  } else if (code > 0 && FAULTS.includes(signal)) view.setBigUint64(16, BigInt.asUintN(64, information.address), true);
  else if (code > 0 && code <= OTHER_CODES && signal !== SIGNAL.SIGCHLD) {
    view.setBigInt64(16, BigInt(information.band), true);
    view.setInt32(24, information.fd, true);
  } else {
    view.setInt32(16, information.pid, true);
    view.setUint32(20, information.uid, true);
    if (code > 0 && signal === SIGNAL.SIGCHLD) {
      view.setInt32(24, information.status, true);
      view.setBigInt64(32, BigInt(information.userTicks), true);
      view.setBigInt64(40, BigInt(information.systemTicks), true);
    } else view.setBigUint64(24, BigInt.asUintN(64, information.value), true);
  }
  return bytes;
}

/** What rt_sigqueueinfo and its kin are given. `signal` null takes the structure's own number. -EFAULT, -E2BIG. */
export function readSiginfo(task: Task, address: number, signal: number | null): SignalInformation | number {
  const { user } = task.mm;
  const kept = user.copyIn(address, KERNEL_SIGINFO_BYTES);
  if (!kept) return -ERRNO.EFAULT;
  return decodeSiginfo(kept, user.copyIn(address + KERNEL_SIGINFO_BYTES, SIGINFO_BYTES - KERNEL_SIGINFO_BYTES), signal);
}

/** Only for a code whose layout nobody knows is the rest looked at: it must be there, and zero. */
function decodeSiginfo(kept: Uint8Array, rest: Uint8Array | null, wanted: number | null): SignalInformation | number {
  const view = new DataView(kept.buffer, kept.byteOffset, kept.byteLength);
  const signal = wanted ?? view.getInt32(0, true);
  const code = view.getInt32(8, true);
  if (!isKnownLayout(signal, code) && !rest) return -ERRNO.EFAULT;
  if (!isKnownLayout(signal, code) && rest!.some((byte) => byte !== 0)) return -ERRNO.E2BIG;
  const value = view.getBigUint64(24, true);
  if (code === SI_TIMER)
    return signalInformation(signal, code, { timer: view.getInt32(16, true), overrun: view.getInt32(20, true), value, image: kept });
  return signalInformation(signal, code, { pid: view.getInt32(16, true), uid: view.getUint32(20, true), value, image: kept });
}

function isKnownLayout(signal: number, code: number): boolean {
  if (code === SI_KERNEL) return true;
  if (code > SI_USER) return code <= (MOST_CODES[signal] ?? OTHER_CODES);
  return code >= SI_DETHREAD || code === SI_ASYNCNL || code === SI_SIGIO;
}
