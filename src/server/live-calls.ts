// The calls that wait or stream, so that they can be ended: when the daemon drains, when a token expires, when rights are taken away.

import { MachineError } from '../machine/errors.ts';
import type { Principal } from './auth/principal.ts';

export interface LiveCall {
  readonly principal: Principal;
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

  /** Those of a principal for which this holds. */
  endOf(which: (principal: Principal) => boolean, reason: MachineError): void {
    for (const call of this.calls) if (which(call.principal)) call.end(reason);
  }

  endAll(reason: MachineError): void {
    this.endOf(() => true, reason);
  }

  close(): void {
    clearInterval(this.sweeping);
  }

  private endExpired(now: number): void {
    const reason = new MachineError('UNAUTHENTICATED', 'the token or certificate that opened this call has expired');
    this.endOf(({ expires }) => expires <= now, reason);
  }
}
