// The calls that wait or stream, so that they can be ended: when the daemon drains, when a token expires, when rights are taken away.

import { MachineError } from '../machine/errors.ts';
import type { Principal } from './auth/principal.ts';

export interface LiveCall {
  readonly principal: Principal;
  /** Names of the machines that its request names. */
  readonly machines: readonly string[];
  /** Whoever has leased the machine has it alone. */
  readonly isExclusive: boolean;
  end(reason: MachineError): void;
}

const SWEEP_MILLISECONDS = 1000;

export class LiveCalls {
  private readonly calls = new Set<LiveCall>();
  private readonly sweeping: NodeJS.Timeout;

  constructor() {
    this.sweeping = setInterval(() => this.endExpired(Date.now()), SWEEP_MILLISECONDS);
    this.sweeping.unref();
  }

  get size(): number {
    return this.calls.size;
  }

  add(call: LiveCall): void {
    this.calls.add(call);
  }

  delete(call: LiveCall): void {
    this.calls.delete(call);
  }

  /** One names the machine. */
  isOpen(machine: string): boolean {
    for (const { machines } of this.calls) if (machines.includes(machine)) return true;
    return false;
  }

  /** Those for which this holds. */
  end(which: (call: LiveCall) => boolean, reason: MachineError): void {
    for (const call of this.calls) if (which(call)) call.end(reason);
  }

  endOf(user: string, reason: MachineError): void {
    this.end(({ principal }) => principal.user === user, reason);
  }

  endAll(reason: MachineError): void {
    this.end(() => true, reason);
  }

  close(): void {
    clearInterval(this.sweeping);
  }

  private endExpired(now: number): void {
    const reason = new MachineError('UNAUTHENTICATED', 'the token or certificate that opened this call has expired');
    this.end(({ principal }) => principal.expires <= now, reason);
  }
}
