// Descriptors in flight (SCM_RIGHTS): how many each user has, and which of them are AF_UNIX sockets, for those alone can form cycles.

import { CAP } from '../../abi/capability.ts';
import type { Kernel } from '../../kernel.ts';
import { RLIMIT } from '../../task/limits.ts';
import { isCapable } from '../../task/credentials.ts';
import type { Task } from '../../task/task.ts';
import { dropReference } from '../../vfs/fd-table.ts';
import type { FileDescription } from '../../vfs/file.ts';
import { collectCycles } from './cycles.ts';
import { PassableSocket } from './passable-socket.ts';

/** Sockets in flight above which sending another one looks for cycles first. */
const COLLECTION_THRESHOLD = 256;

export class InFlight {
  /** Descriptors by the real uid of their sender. */
  readonly perUser = new Map<number, number>();
  /** Each socket once, however often it is in flight; a socket knows its place here. */
  readonly sockets: PassableSocket[] = [];
  /** Number of sockets at which cycles are looked for again. */
  threshold = COLLECTION_THRESHOLD;

  add(socket: PassableSocket): void {
    if (socket.flights++ > 0) return;
    socket.flightIndex = this.sockets.length;
    this.sockets.push(socket);
  }

  remove(socket: PassableSocket): void {
    if (--socket.flights > 0) return;
    const last = this.sockets.pop()!;
    if (last === socket) return;
    this.sockets[socket.flightIndex] = last;
    last.flightIndex = socket.flightIndex;
  }
}

/** ETOOMANYREFS: the sender has more in flight than it may have open. */
export function hasTooManyInFlight(kernel: Kernel, task: Task): boolean {
  const count = kernel.network.inFlight.perUser.get(task.credentials.uid) ?? 0;
  const isExempt = isCapable(task.credentials, CAP.SYS_RESOURCE) || isCapable(task.credentials, CAP.SYS_ADMIN);
  return count > task.process.limits[RLIMIT.NOFILE]!.soft && !isExempt;
}

/** One more reference to each, held by a message. */
export function putInFlight(kernel: Kernel, files: readonly FileDescription[], user: number): void {
  const { inFlight } = kernel.network;
  if (inFlight.sockets.length >= inFlight.threshold) {
    collectCycles(kernel);
    inFlight.threshold = Math.max(COLLECTION_THRESHOLD, inFlight.sockets.length * 2);
  }
  inFlight.perUser.set(user, (inFlight.perUser.get(user) ?? 0) + files.length);
  for (const file of files) {
    file.references++;
    if (file instanceof PassableSocket) inFlight.add(file);
  }
}

/** They are in flight no more; their references are the caller's. */
export function takeFlight(kernel: Kernel, files: readonly FileDescription[], user: number): void {
  const { inFlight } = kernel.network;
  const left = (inFlight.perUser.get(user) ?? 0) - files.length;
  if (left > 0) inFlight.perUser.set(user, left);
  else inFlight.perUser.delete(user);
  for (const file of files) if (file instanceof PassableSocket) inFlight.remove(file);
}

/** Nobody will receive them. */
export function dropFlight(kernel: Kernel, files: readonly FileDescription[], user: number): void {
  takeFlight(kernel, files, user);
  for (const file of files) dropReference(kernel, file);
}
