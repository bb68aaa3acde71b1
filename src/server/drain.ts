// How the daemon stops: no new calls, streams and waits end UNAVAILABLE (reason DRAINING), what is short may finish, then everything goes.

import type { Server } from '@grpc/grpc-js';
import type { Logger } from 'pino';

export async function drainServer(server: Server, draining: AbortController, milliseconds: number, log: Logger): Promise<void> {
  // Ended here, by ourselves: a keepalive would kill streams of a server that only waits for them.
  draining.abort();
  const closed = new Promise<boolean>((resolve) => server.tryShutdown((error) => resolve(error === undefined)));
  const late = new Promise<false>((resolve) => setTimeout(resolve, milliseconds, false).unref());
  if (!(await Promise.race([closed, late]))) {
    log.warn({ milliseconds }, 'calls were still open when the time to drain was over');
    server.forceShutdown();
  }
}
