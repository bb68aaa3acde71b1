// The timers of TCP that a program can notice over loopback: a SYN that is sent again, corked data that leaves, a connection that is
// accepted though no data has come.

import type { Kernel } from '../../kernel.ts';
import type { TimerTarget } from '../../time/kernel-timer.ts';

/** Most that TCP_CORK and MSG_MORE hold data back. */
const CORK_NANOSECONDS = 200e6;
/** The first SYN is sent again after a second; every wait is twice the one before. */
const FIRST_RETRY_NANOSECONDS = 1e9;

export abstract class Timer implements TimerTarget {
  private handle = 0;

  get isSet(): boolean {
    return this.handle !== 0;
  }

  protected startFor(kernel: Kernel, nanoseconds: number): void {
    this.stop(kernel);
    this.handle = kernel.setTimer(kernel.now + kernel.clock.cycles(nanoseconds), this);
  }

  stop(kernel: Kernel): void {
    kernel.cancelTimer(this.handle);
    this.handle = 0;
  }

  timerExpired(kernel: Kernel): void {
    this.handle = 0;
    this.expired(kernel);
  }

  protected abstract expired(kernel: Kernel): void;
}

/** Sends what a socket holds back. */
export class CorkTimer extends Timer {
  private readonly socket: { releaseHeld(kernel: Kernel): void };

  constructor(socket: { releaseHeld(kernel: Kernel): void }) {
    super();
    this.socket = socket;
  }

  start(kernel: Kernel): void {
    if (!this.isSet) this.startFor(kernel, CORK_NANOSECONDS);
  }

  protected override expired(kernel: Kernel): void {
    this.socket.releaseHeld(kernel);
  }
}

/** Tries a connection again whose SYN was dropped. */
export class SynTimer extends Timer {
  /** SYNs sent again so far. */
  retries = 0;
  private readonly socket: { synAgain(kernel: Kernel): void };

  constructor(socket: { synAgain(kernel: Kernel): void }) {
    super();
    this.socket = socket;
  }

  start(kernel: Kernel): void {
    this.startFor(kernel, FIRST_RETRY_NANOSECONDS * 2 ** this.retries);
  }

  protected override expired(kernel: Kernel): void {
    this.retries++;
    this.socket.synAgain(kernel);
  }
}

/** Ends the wait of TCP_DEFER_ACCEPT. */
export class DeferTimer extends Timer {
  private readonly socket: { acceptAnyway(kernel: Kernel): void };

  constructor(socket: { acceptAnyway(kernel: Kernel): void }) {
    super();
    this.socket = socket;
  }

  start(kernel: Kernel, seconds: number): void {
    this.startFor(kernel, seconds * 1e9);
  }

  protected override expired(kernel: Kernel): void {
    this.socket.acceptAnyway(kernel);
  }
}
