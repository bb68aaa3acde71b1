// Who waits for which process to end, or for the machine to come to rest before.

import { MachineError } from '../errors.ts';
import type { Wait } from '../life.ts';
import type { Machine } from '../machine.ts';
import { processInfo } from '../reports.ts';
import type { Outlet } from './outlet.ts';

export class ProcessWaits {
  private readonly outlet: Outlet;
  private waits: Wait[] = [];

  constructor(outlet: Outlet) {
    this.outlet = outlet;
  }

  get isEmpty(): boolean {
    return this.waits.length === 0;
  }

  /** In the order of their beginning. */
  get list(): readonly Wait[] {
    return this.waits;
  }

  add(wait: Wait): void {
    this.waits.push(wait);
  }

  /** Those whose end has come. */
  answer(machine: Machine): void {
    const rests = machine.state === 'quiescent' && !machine.consoles.awaitsInput();
    for (const wait of this.waits) {
      const hasExited = processInfo(machine, wait.pid)?.state === 'exited';
      if (hasExited || (wait.untilQuiescent && rests)) this.end(machine, wait, hasExited ? 'exited' : 'quiescent');
    }
  }

  /** Nothing can happen any more without an input from elsewhere. */
  answerQuiescent(machine: Machine): void {
    const awaitsInput = machine.consoles.awaitsInput();
    for (const wait of this.waits) if (wait.untilQuiescent && !awaitsInput) this.end(machine, wait, 'quiescent');
  }

  /** No more time may pass. */
  answerLimit(machine: Machine): void {
    for (const wait of this.waits) this.end(machine, wait, 'virtual_limit');
  }

  /** False if it is none of these. */
  fail(request: number, error: MachineError): boolean {
    const wait = this.waits.find((w) => w.request === request);
    if (!wait) return false;
    this.forget(wait);
    this.outlet.fail(request, error);
    return true;
  }

  failAll(error: MachineError): void {
    for (const { request } of this.waits) this.outlet.fail(request, error);
    this.waits = [];
  }

  private end(machine: Machine, wait: Wait, reason: 'exited' | 'quiescent' | 'virtual_limit'): void {
    this.forget(wait);
    this.outlet.flush(machine);
    const process = processInfo(machine, wait.pid);
    if (process) this.outlet.answer('wait_process', wait.request, { process, reason, cycle: machine.cycle });
    else this.outlet.fail(wait.request, new MachineError('PROCESS_NOT_FOUND', `process ${wait.pid} is gone`));
  }

  private forget(wait: Wait): void {
    this.waits = this.waits.filter((w) => w !== wait);
  }
}
