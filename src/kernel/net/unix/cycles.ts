// Sockets that only messages hold which nobody can receive: they are in flight in each other's queues, or in their own.
// A socket is a candidate if every reference to it is in flight. Taking away what candidates' own queues hold shows which of them are
// held from outside; whatever those reach is alive, the rest is garbage, and emptying its queues closes it.

import type { Kernel } from '../../kernel.ts';
import type { UnixMessage } from './unix-message.ts';
import { PassableSocket } from './passable-socket.ts';

export function collectCycles(kernel: Kernel): void {
  const held = new Map<PassableSocket, number>();
  for (const socket of kernel.network.inFlight.sockets) if (socket.references === socket.flights) held.set(socket, socket.flights);
  if (held.size === 0) return;
  for (const socket of held.keys()) for (const child of passedIn(socket)) if (held.has(child)) held.set(child, held.get(child)! - 1);
  const alive = [...held].filter(([, count]) => count > 0).map(([socket]) => socket);
  for (const socket of alive) held.delete(socket);
  for (let socket = alive.pop(); socket; socket = alive.pop())
    for (const child of passedIn(socket)) if (held.delete(child)) alive.push(child);
  const garbage: UnixMessage[] = [];
  for (const socket of held.keys()) for (const queue of queuesOf(socket)) garbage.push(...queue.takeMessagesWithFiles());
  for (const message of garbage) message.free(kernel);
}

/** The socket, and connections that wait in it to be accepted: their queues are reachable through it alone. */
function queuesOf(socket: PassableSocket): readonly PassableSocket[] {
  return [socket, ...socket.waitingConnections];
}

function passedIn(socket: PassableSocket): PassableSocket[] {
  const found: PassableSocket[] = [];
  for (const queue of queuesOf(socket))
    for (const message of queue.incoming) for (const file of message.files) if (file instanceof PassableSocket) found.push(file);
  return found;
}
