// SOCKET_URING_OP_TX_TIMESTAMP: a completion for each stamp of what a socket sent, for as long as the request lives. Stamps that come with a
// packet stay on the socket's error queue.

import { ERRNO } from '../../kernel/abi/errno.ts';
import { SOF_TIMESTAMPING } from '../../kernel/abi/timestamping.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { stampFlags } from '../../kernel/net/arrival-stamps.ts';
import { InetSocket } from '../../kernel/net/inet/inet-socket.ts';
import { POLL } from '../../kernel/vfs/file.ts';
import { SETUP } from '../abi/setup.ts';
import { postMore } from '../completions.ts';
import type { Request } from '../request.ts';
import { type IssueResult, waitFor } from '../waiting.ts';

/** In a completion's flags: what a stamp is of (SCM_TSTAMP_*). */
const TYPE_SHIFT = 17;
const NANOSECONDS = 1_000_000_000n;

/** Posts what is there and waits for more: never done by itself. */
export function postSentStamps(kernel: Kernel, request: Request): IssueResult {
  if (!request.ring.has(SETUP.CQE32 | SETUP.CQE_MIXED)) return -ERRNO.EINVAL;
  const file = request.file!;
  if (file instanceof InetSocket && stampFlags(file) & SOF_TIMESTAMPING.SOFTWARE) postAll(kernel, request, file);
  return waitFor(kernel, request, file.pollQueues(POLL.ERR, request.task), `${file.describe()} to have stamps of what it sent`);
}

function postAll(kernel: Kernel, request: Request, { errors }: InetSocket): void {
  const stamps = errors.takeStamps();
  const posted = stamps.findIndex(({ kind, key, at }) => {
    const time = kernel.clock.realtime(at);
    return !postMore(kernel, request, key | 0, kind << TYPE_SHIFT, [time / NANOSECONDS, time % NANOSECONDS]);
  });
  if (posted >= 0) errors.putBack(stamps.slice(posted));
}
