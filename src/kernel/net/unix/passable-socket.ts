// What descriptors in flight need to know of an AF_UNIX socket: how often it is in flight, and what its own queues hold.

import { Socket } from '../socket.ts';
import type { UnixMessage } from './unix-message.ts';

export abstract class PassableSocket extends Socket {
  incoming: UnixMessage[] = [];
  /** How many messages carry this socket, and its place in the list of those in flight. */
  flights = 0;
  flightIndex = 0;

  /** Connections that wait for accept. */
  get waitingConnections(): readonly PassableSocket[] {
    return [];
  }

  /** Takes the messages that carry descriptors out of the queue; the caller frees them. */
  takeMessagesWithFiles(): UnixMessage[] {
    const taken = this.incoming.filter((message) => message.files.length > 0);
    this.incoming = this.incoming.filter((message) => message.files.length === 0);
    return taken;
  }
}
