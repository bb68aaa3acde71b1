// A thread's user-interrupt state as a message of the API.

import { threadName } from './resource-name.ts';
import type { ThreadUintrState } from '../gen/api.ts';
import type { UintrState } from '../machine/protocol.ts';
import type { Input } from '../wire/encode.ts';

export function uintrStateMessage(machine: string, state: UintrState): Input<ThreadUintrState> {
  return {
    thread: threadName(machine, state.tid),
    tid: state.tid,
    pid: state.pid,
    comm: state.name,
    live_on: state.liveOn,
    uif: state.uif,
    uirr: state.uirr,
    handler: state.handler,
    handler_symbol: state.handlerSymbol,
    stack_adjust: state.stackAdjust,
    misc: state.misc,
    pd: state.pd,
    tt: state.tt,
    upid: state.upid
      ? {
          address: state.upid.address,
          outstanding_notification: state.upid.outstanding,
          suppress_notification: state.upid.suppressed,
          notification_vector: state.upid.notificationVector,
          notification_destination: state.upid.notificationDestination,
          posted_interrupt_requests: state.upid.postedRequests,
        }
      : undefined,
    uitt: state.uitt.map((entry) => ({
      index: entry.index,
      valid: entry.valid,
      user_vector: entry.vector,
      upid_address: entry.upid,
    })),
    note: state.note,
  };
}
