// What distinguishes the uintr system calls of one kernel generation from another: numbers and semantics as a table.
// rfc: the first patch series (September 2021). poc: the later development branch. k518: an older state of that branch.

import { ERRNO } from '../abi/errno.ts';

export type ProfileName = 'poc' | 'k518' | 'rfc' | 'none';

export interface UintrProfile {
  readonly name: string;
  /** Number of uintr_register_handler; the others follow in the order of UINTR_CALLS. */
  readonly firstNumber: number;
  /** How many of UINTR_CALLS exist. */
  readonly calls: number;
  /** Result where the processor has no UINTR. */
  readonly noHardware: number;
  /** Who owns a UITT: each task (RFC), or the mm, programmed into a thread's registers at its first SENDUIPI. */
  readonly tableOwner: 'task' | 'process';
  /** What the kernel writes to UITTSZ. The RFC's 256 is one too many: that entry is behind the table, and zero. */
  readonly uittsz: number;
  /** Connections end when the vector descriptor's last reference is closed, and vectors can be used again. */
  readonly connectionsDieWithFd: boolean;
  /** A second register_sender for the same descriptor: refused with EISCONN, or a second index. */
  readonly refuseSecondConnection: boolean;
  /** A second descriptor for a vector: refused with EBUSY. */
  readonly refuseUsedVector: boolean;
  /** The receiver counts as gone (ESHUTDOWN) as soon as it unregisters its handler, not only when its thread ends. */
  readonly goneWhenUnregistered: boolean;
  /** uintr_unregister_sender takes the descriptor, not the UITT index. */
  readonly unregisterByFd: boolean;
  /** register_handler knows the WAITING flags. */
  readonly waitingFlags: boolean;
  /** uintr_wait(usec, flags) with a time limit; else uintr_wait(flags), which always has the kernel notified. */
  readonly timedWait: boolean;
  /** A signal that ends uintr_wait leaves the UPID waiting: the next interrupt goes through the kernel. */
  readonly signalLeavesWaiting: boolean;
  /** The 0xEC handler looks for waiting receivers too, so that a notification in flight while they block is not lost. */
  readonly spuriousWakes: boolean;
  /** Name of the vector descriptor's anonymous inode. */
  readonly vectorFile: string;
  /** uintr_alt_stack: sp is the lowest address of the stack, or (an older convention) its top. */
  readonly altStackBase: 'lowest' | 'top';
}

/** In numeric order. */
export const UINTR_CALLS = [
  'uintr_register_handler',
  'uintr_unregister_handler',
  'uintr_vector_fd',
  'uintr_register_sender',
  'uintr_unregister_sender',
  'uintr_wait',
  'uintr_register_self',
  'uintr_alt_stack',
  'uintr_ipi_fd',
] as const;

export type UintrCall = (typeof UINTR_CALLS)[number];

const POC: UintrProfile = {
  name: 'poc',
  firstNumber: 471,
  calls: 9,
  noHardware: ERRNO.ENOSYS,
  tableOwner: 'process',
  uittsz: 255,
  connectionsDieWithFd: false,
  refuseSecondConnection: false,
  refuseUsedVector: false,
  goneWhenUnregistered: false,
  unregisterByFd: false,
  waitingFlags: true,
  timedWait: true,
  signalLeavesWaiting: false,
  spuriousWakes: true,
  vectorFile: '[uvecfd]',
  altStackBase: 'lowest',
};

const RFC: UintrProfile = {
  name: 'rfc',
  firstNumber: 449,
  calls: 6,
  noHardware: ERRNO.EOPNOTSUPP,
  tableOwner: 'task',
  uittsz: 256,
  connectionsDieWithFd: true,
  refuseSecondConnection: true,
  refuseUsedVector: true,
  goneWhenUnregistered: true,
  unregisterByFd: true,
  waitingFlags: false,
  timedWait: false,
  signalLeavesWaiting: true,
  spuriousWakes: false,
  vectorFile: '[uintrfd]',
  altStackBase: 'lowest',
};

/** By name. `poc-stack-top` is poc with the older convention of uintr_alt_stack. */
export const UINTR_PROFILES: Readonly<Record<string, UintrProfile>> = {
  poc: POC,
  'poc-stack-top': { ...POC, name: 'poc-stack-top', altStackBase: 'top' },
  k518: { ...POC, name: 'k518', calls: 6, timedWait: false },
  rfc: RFC,
  none: { ...POC, name: 'none', calls: 0 },
};

/** The calls of a profile with their numbers. */
export function numberedCalls(profile: UintrProfile): readonly { readonly number: number; readonly call: UintrCall }[] {
  return UINTR_CALLS.slice(0, profile.calls).map((call, i) => ({ number: profile.firstNumber + i, call }));
}

/** Notification of a running receiver, and of the kernel about a blocked one (IDT vectors). */
export const UINTR_NOTIFICATION_VECTOR = 0xec;
export const UINTR_KERNEL_VECTOR = 0xeb;
/** User vectors of a receiver, and entries of a UITT. */
export const UINTR_VECTORS = 64;
export const UITT_ENTRIES = 256;
/** The SysV ABI's red zone below RSP, which a handler's frame must leave alone. */
export const RED_ZONE = 128;

export const WAITING_RECEIVER = 0x1000;
export const WAITING_SENDER = 0x2000;
