// A set of System V semaphores (semop(2)). A call's operations happen all at once or not at all; one that cannot happen waits, and
// whoever changes a value carries out what has become possible: first the waits for zero, then the others in their order.

import { ERRNO } from '../../abi/errno.ts';
import { SEMVMX } from '../../abi/ipc.ts';
import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import { newStatus, SystemVObject } from './object.ts';
import { secondsNow } from './seconds.ts';
import type { SemaphoreOperation, SemaphoreWait, SemopRequest } from './semaphore-wait.ts';
import type { SemaphoreUndo, UndoList } from './semaphore-undo.ts';

/** sizeof(struct semid64_ds) on x86-64. */
const STATUS_BYTES = 104;
/** What the kernel keeps for a semaphore, as in Linux: two cache lines. */
export const SEMAPHORE_BYTES = 128;
/** What SEM_UNDO may add up to. */
const [LEAST_ADJUSTMENT, MOST_ADJUSTMENT] = [-SEMVMX - 1, SEMVMX];

/** Not an errno: the operations have to wait. */
export const WOULD_BLOCK = 1;

/** Waits for one semaphore alone, in order of arrival. */
interface Waiters {
  readonly forZero: SemaphoreWait[];
  readonly toChange: SemaphoreWait[];
}

export class SemaphoreSet extends SystemVObject {
  readonly values: Int16Array;
  readonly pids: Int32Array;
  operatedAt = 0;
  /** Of every process that has one. */
  readonly undos = new Set<SemaphoreUndo>();
  /** By semaphore; calls of several operations wait in `complex`. */
  private readonly simple = new Map<number, Waiters>();
  /** While it holds anything that changes, every wait that changes is here, so that their order is kept. */
  private readonly complex: Waiters = { forZero: [], toChange: [] };
  private complexWaits = 0;

  constructor(kernel: Kernel, task: Task, key: number, flags: number, semaphores: number) {
    super(task, key, flags, secondsNow(kernel));
    this.values = new Int16Array(semaphores);
    this.pids = new Int32Array(semaphores);
  }

  get count(): number {
    return this.values.length;
  }

  // Operations

  /** 0: all done. WOULD_BLOCK: nothing done, `request.blocking` says at which. Or a negated errno. */
  attempt(request: SemopRequest): number {
    const { operations, undo, pid } = request;
    for (let i = 0; i < operations.length; i++) {
      const operation = operations[i]!;
      const { number, change } = operation;
      const value = this.values[number]!;
      let result = 0;
      if ((change === 0 && value !== 0) || value + change < 0) {
        request.blocking = i;
        result = operation.noWait ? -ERRNO.EAGAIN : WOULD_BLOCK;
      } else if (value + change > SEMVMX) result = -ERRNO.ERANGE;
      else if (operation.undo) {
        const owed = undo!.adjustments[number]! - change;
        if (owed < LEAST_ADJUSTMENT || owed > MOST_ADJUSTMENT) result = -ERRNO.ERANGE;
        else undo!.adjustments[number] = owed;
      }
      if (result !== 0) {
        this.takeBack(operations, i, undo);
        return result;
      }
      this.values[number] = value + change;
    }
    for (const { number } of operations) this.pids[number] = pid;
    return 0;
  }

  private takeBack(operations: readonly SemaphoreOperation[], done: number, undo: SemaphoreUndo | null): void {
    for (let i = done - 1; i >= 0; i--) {
      const { number, change, undo: owes } = operations[i]!;
      this.values[number]! -= change;
      if (owes) undo!.adjustments[number]! += change;
    }
  }

  /** After `request` has been carried out: wakes whom it made possible. */
  carriedOut(kernel: Kernel, request: SemopRequest): void {
    this.operatedAt = secondsNow(kernel);
    if (request.alters) this.update(kernel, request.operations);
  }

  /** Values have changed, those of `operations` or, without, any. True if a waiting call was completed. */
  private update(kernel: Kernel, operations: readonly SemaphoreOperation[] | null): boolean {
    let completed = this.wakeZeroWaits(kernel, operations);
    if (this.complex.toChange.length > 0) completed = this.retry(kernel, this.complex.toChange) || completed;
    else if (operations) {
      for (const { number, change } of operations) if (change > 0) completed = this.retrySimple(kernel, number) || completed;
    } else for (const number of this.waitedFor()) completed = this.retrySimple(kernel, number) || completed;
    this.spreadIfSimple();
    return completed;
  }

  private wakeZeroWaits(kernel: Kernel, operations: readonly SemaphoreOperation[] | null): boolean {
    if (this.simple.size === 0 && this.complex.forZero.length === 0) return false;
    let completed = false;
    const numbers = operations ? operations.map(({ number }) => number) : this.waitedFor();
    for (const number of numbers) {
      const waiters = this.values[number] === 0 ? this.simple.get(number)?.forZero : undefined;
      if (waiters) for (const wait of [...waiters]) completed = this.complete(kernel, wait) || completed;
    }
    if (operations && !operations.some(({ number }) => this.values[number] === 0)) return completed;
    for (const wait of [...this.complex.forZero]) completed = this.complete(kernel, wait) || completed;
    return completed;
  }

  private retrySimple(kernel: Kernel, number: number): boolean {
    const waiters = this.simple.get(number)?.toChange;
    return waiters !== undefined && waiters.length > 0 && this.retry(kernel, waiters, number);
  }

  /** Waits that change values, in their order; each success may make an earlier one possible. */
  private retry(kernel: Kernel, waiters: SemaphoreWait[], only = -1): boolean {
    let completed = false;
    for (let i = 0; i < waiters.length; ) {
      if (only >= 0 && this.values[only] === 0) break;
      const wait = waiters[i]!;
      const mayFreeOthers = this.complex.toChange.length > 0 || wait.request.operations.length > 1;
      const outcome = this.attempt(wait.request);
      if (outcome === WOULD_BLOCK) {
        i++;
        continue;
      }
      this.finish(kernel, wait, outcome);
      if (outcome !== 0) continue;
      completed = true;
      this.wakeZeroWaits(kernel, wait.request.operations);
      if (mayFreeOthers) i = 0;
    }
    return completed;
  }

  /** Tries one wait again; true if its operations were carried out. */
  private complete(kernel: Kernel, wait: SemaphoreWait): boolean {
    const outcome = this.attempt(wait.request);
    if (outcome === WOULD_BLOCK) return false;
    this.finish(kernel, wait, outcome);
    return outcome === 0;
  }

  private finish(kernel: Kernel, wait: SemaphoreWait, outcome: number): void {
    this.unqueue(wait);
    wait.outcome = outcome;
    kernel.wakeTask(wait.task, 'semop');
  }

  // Waiting

  enqueue(wait: SemaphoreWait): void {
    const { operations, alters } = wait.request;
    const isComplex = operations.length > 1;
    if (isComplex && this.complexWaits++ === 0) this.gather();
    const waiters = isComplex || (alters && this.complexWaits > 0) ? this.complex : this.waitersOf(operations[0]!.number);
    (alters ? waiters.toChange : waiters.forZero).push(wait);
  }

  /** The call has been given up. */
  withdraw(wait: SemaphoreWait): void {
    this.unqueue(wait);
    this.spreadIfSimple();
  }

  private unqueue(wait: SemaphoreWait): void {
    const { operations, alters } = wait.request;
    const { number } = operations[0]!;
    const simple = this.simple.get(number);
    for (const waiters of [simple, this.complex]) {
      const list = alters ? waiters?.toChange : waiters?.forZero;
      const at = list?.indexOf(wait) ?? -1;
      if (at >= 0) list!.splice(at, 1);
    }
    if (simple && simple.forZero.length + simple.toChange.length === 0) this.simple.delete(number);
    if (operations.length > 1) this.complexWaits--;
  }

  private waitersOf(number: number): Waiters {
    let waiters = this.simple.get(number);
    if (!waiters) {
      waiters = { forZero: [], toChange: [] };
      this.simple.set(number, waiters);
    }
    return waiters;
  }

  /** The first call of several operations waits: all that change values wait in one line now. */
  private gather(): void {
    for (const number of this.waitedFor()) {
      const waiters = this.simple.get(number)!;
      this.complex.toChange.push(...waiters.toChange.splice(0));
      if (waiters.forZero.length === 0) this.simple.delete(number);
    }
  }

  /** No call of several operations waits any more. */
  private spreadIfSimple(): void {
    if (this.complexWaits > 0) return;
    for (const wait of this.complex.toChange.splice(0)) this.waitersOf(wait.request.operations[0]!.number).toChange.push(wait);
  }

  /** Semaphores at which simple calls wait, ascending. */
  private waitedFor(): number[] {
    return [...this.simple.keys()].sort((a, b) => a - b);
  }

  private *waits(): Generator<SemaphoreWait> {
    for (const number of this.waitedFor()) {
      const waiters = this.simple.get(number)!;
      yield* [...waiters.forZero, ...waiters.toChange];
    }
    yield* [...this.complex.forZero, ...this.complex.toChange];
  }

  /** GETNCNT and GETZCNT: calls that wait at this semaphore. */
  waitersAt(number: number, forZero: boolean): number {
    let count = 0;
    for (const { request } of this.waits()) {
      const blocking = request.operations[request.blocking]!;
      if (blocking.number === number && (blocking.change === 0) === forZero) count++;
    }
    return count;
  }

  // Control

  /** SETVAL and SETALL: values from `first` on, which nobody owes anything any more. */
  assign(kernel: Kernel, task: Task, first: number, values: readonly number[]): void {
    values.forEach((value, i) => {
      this.values[first + i] = value;
      this.pids[first + i] = task.process.pid;
      for (const { adjustments } of this.undos) adjustments[first + i] = 0;
    });
    this.changed = secondsNow(kernel);
    if (this.update(kernel, null)) this.operatedAt = secondsNow(kernel);
  }

  /** The process behind `undo` has ended. */
  payBack(kernel: Kernel, undo: SemaphoreUndo, pid: number): void {
    this.undos.delete(undo);
    kernel.memory.release(undo.adjustments.byteLength);
    undo.adjustments.forEach((change, number) => {
      if (change === 0) return;
      this.values[number] = Math.min(Math.max(this.values[number]! + change, 0), SEMVMX);
      this.pids[number] = pid;
    });
    this.update(kernel, null);
    this.operatedAt = secondsNow(kernel);
  }

  /** What `list` owes this set; a new account if it has none. Null: no memory. */
  undoOf(kernel: Kernel, list: UndoList): SemaphoreUndo | null {
    const found = list.of(this);
    if (found) return found;
    if (!kernel.memory.charge(this.count * 2)) return null;
    const undo = list.open(this);
    this.undos.add(undo);
    return undo;
  }

  /** IPC_RMID. */
  destroy(kernel: Kernel): void {
    const { ipc } = kernel;
    for (const { list, adjustments } of this.undos) {
      list.sets.delete(this.id);
      kernel.memory.release(adjustments.byteLength);
    }
    this.undos.clear();
    ipc.sets.remove(this);
    ipc.semaphores -= this.count;
    kernel.memory.release(this.count * SEMAPHORE_BYTES);
    for (const wait of [...this.waits()]) this.finish(kernel, wait, -ERRNO.EIDRM);
  }

  /** struct semid64_ds. */
  encode(sequence: number): Uint8Array {
    const view = newStatus(STATUS_BYTES);
    this.encodePermission(view, sequence);
    view.setBigInt64(48, BigInt(this.operatedAt), true);
    view.setBigInt64(64, BigInt(this.changed), true);
    view.setBigUint64(80, BigInt(this.count), true);
    return new Uint8Array(view.buffer);
  }
}
