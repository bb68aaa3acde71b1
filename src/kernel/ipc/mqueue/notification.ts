// mq_notify(3): one process is told once that a message has come to an empty queue. SIGEV_THREAD is the C library's business; the
// kernel sends it the cookie it gave, over a netlink socket, and says in the last byte what has become of the notification.

import { SIGEV_SIGNAL } from '../../abi/ipc.ts';
import { SI_MESGQ } from '../../abi/signal.ts';
import type { Kernel } from '../../kernel.ts';
import type { NetlinkSocket } from '../../net/netlink/netlink-socket.ts';
import { sendToProcess } from '../../signal/generate.ts';
import { signalInformation } from '../../signal/state.ts';
import type { Process } from '../../task/process.ts';
import type { Task } from '../../task/task.ts';
import { dropReference } from '../../vfs/fd-table.ts';

export const COOKIE_BYTES = 32;
const WOKEN = 1;
const REMOVED = 2;

export interface Notification {
  readonly owner: Process;
  /** SIGEV_SIGNAL, SIGEV_NONE or SIGEV_THREAD. */
  readonly kind: number;
  readonly signal: number;
  readonly value: bigint;
  /** SIGEV_THREAD: the socket, with a reference, and what to send. */
  readonly socket: NetlinkSocket | null;
  readonly cookie: Uint8Array;
}

/** A message of `sender` has come. */
export function notify(kernel: Kernel, sender: Task, notification: Notification): void {
  const { owner, kind, signal, value } = notification;
  if (kind === SIGEV_SIGNAL) {
    const { pid } = sender.process;
    if (signal !== 0 && owner.exitStatus === null)
      sendToProcess(kernel, owner, signalInformation(signal, SI_MESGQ, { pid, uid: sender.credentials.uid, value }));
  } else sendCookie(kernel, notification, WOKEN);
}

/** The process wants no notification any more, or has closed the queue. */
export function cancelNotification(kernel: Kernel, notification: Notification): void {
  sendCookie(kernel, notification, REMOVED);
}

function sendCookie(kernel: Kernel, { socket, cookie }: Notification, what: number): void {
  if (!socket) return;
  const bytes = cookie.slice();
  bytes[COOKIE_BYTES - 1] = what;
  socket.deliver(kernel, bytes);
  dropReference(kernel, socket);
}
