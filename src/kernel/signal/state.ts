// What a task and a process know of signals: what waits, what is blocked, what to do. Plain data.

import type { PosixTimer } from '../time/posix-timer.ts';
import { SIG_DFL, SIGNAL, SIGNAL_COUNT, signalBit } from '../abi/signal.ts';

/** One occurrence, as siginfo_t tells it. Fields that a kind lacks are 0. */
export interface SignalInformation {
  readonly signal: number;
  readonly code: number;
  readonly pid: number;
  readonly uid: number;
  /** sigval of sigqueue and timers. */
  readonly value: bigint;
  /** si_addr of a fault. */
  readonly address: bigint;
  /** si_status of SIGCHLD. */
  readonly status: number;
  /** si_timerid and si_overrun of SI_TIMER. */
  readonly timer: number;
  readonly overrun: number;
  /** si_band and si_fd of SIGIO. */
  readonly band: number;
  readonly fd: number;
  /** si_utime and si_stime of SIGCHLD, ticks of USER_HZ. */
  readonly userTicks: number;
  readonly systemTicks: number;
  /** The timer whose signal it is, and how often that had been set then; null for all others. */
  readonly expiry: { readonly timer: PosixTimer; readonly setting: number } | null;
  /** The 48 bytes that rt_sigqueueinfo was given, handed on as they are; null for all others. */
  readonly image: Uint8Array | null;
}

const EMPTY: Omit<SignalInformation, 'signal' | 'code'> = {
  pid: 0,
  uid: 0,
  value: 0n,
  address: 0n,
  status: 0,
  timer: 0,
  overrun: 0,
  band: 0,
  fd: 0,
  userTicks: 0,
  systemTicks: 0,
  expiry: null,
  image: null,
};

export function signalInformation(signal: number, code: number, more: Partial<SignalInformation> = {}): SignalInformation {
  return { signal, code, ...EMPTY, ...more };
}

const SYNCHRONOUS = [SIGNAL.SIGSEGV, SIGNAL.SIGBUS, SIGNAL.SIGILL, SIGNAL.SIGTRAP, SIGNAL.SIGFPE, SIGNAL.SIGSYS].reduce(
  (mask, signal) => mask | signalBit(signal),
  0n,
);

/** Signals that wait, in order of arrival. A standard signal is queued once, a real-time signal as often as it is sent. */
export class SignalQueue {
  entries: SignalInformation[] = [];

  /** Set of waiting signals as a mask. */
  get mask(): bigint {
    let mask = 0n;
    for (const entry of this.entries) mask |= signalBit(entry.signal);
    return mask;
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  has(signal: number): boolean {
    return this.entries.some((entry) => entry.signal === signal);
  }

  /** Each timer has a place of its own. */
  add(information: SignalInformation): void {
    if (information.signal < 32 && !information.expiry && this.has(information.signal)) return;
    this.entries.push(information);
  }

  /** Entries that count against RLIMIT_SIGPENDING. */
  get counted(): number {
    return this.entries.reduce((sum, { expiry }) => sum + (expiry ? 0 : 1), 0);
  }

  /** Removes and returns the first entry of the lowest-numbered signal in `allowed`, those of faults before all others; null if there is none. */
  take(allowed: bigint): SignalInformation | null {
    if (this.entries.length === 0) return null;
    return (allowed & SYNCHRONOUS ? this.takeLowest(allowed & SYNCHRONOUS) : null) ?? this.takeLowest(allowed);
  }

  private takeLowest(allowed: bigint): SignalInformation | null {
    let best = -1;
    for (const [at, entry] of this.entries.entries())
      if (allowed & signalBit(entry.signal) && (best < 0 || entry.signal < this.entries[best]!.signal)) best = at;
    return best < 0 ? null : this.entries.splice(best, 1)[0]!;
  }

  discard(mask: bigint): void {
    for (const { signal, expiry } of this.entries) if (expiry && mask & signalBit(signal)) expiry.timer.signalDiscarded(expiry.setting);
    this.entries = this.entries.filter((entry) => (mask & signalBit(entry.signal)) === 0n);
  }
}

export interface SignalAction {
  /** SIG_DFL, SIG_IGN or an address. */
  handler: bigint;
  flags: number;
  restorer: bigint;
  mask: bigint;
}

/** What to do on each signal; shared by CLONE_SIGHAND. */
export class SignalActions {
  readonly actions: SignalAction[] = [];
  users = 1;

  constructor() {
    for (let i = 0; i < SIGNAL_COUNT; i++) this.actions.push({ handler: BigInt(SIG_DFL), flags: 0, restorer: 0n, mask: 0n });
  }

  of(signal: number): SignalAction {
    return this.actions[signal - 1]!;
  }

  copy(): SignalActions {
    const copy = new SignalActions();
    for (const [i, action] of this.actions.entries()) copy.actions[i] = { ...action };
    return copy;
  }

  /** execve: handlers become the default, what was ignored stays so. */
  resetHandlers(): void {
    for (const action of this.actions) {
      if (action.handler > 1n) action.handler = BigInt(SIG_DFL);
      action.flags = 0;
      action.mask = 0n;
      action.restorer = 0n;
    }
  }
}
