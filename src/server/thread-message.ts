// A thread as a message of the API.

import { threadName } from './resource-name.ts';
import type { Thread } from '../gen/api.ts';
import type { ThreadInfo } from '../machine/protocol.ts';
import type { Input } from '../wire/encode.ts';

const PARKS = { spin: 'PARK_SPIN', block: 'PARK_BLOCK' } as const;

export function threadToMessage(machine: string, info: ThreadInfo): Input<Thread> {
  const { remote } = info;
  return {
    name: threadName(machine, info.tid),
    tid: info.tid,
    pid: info.pid,
    comm: info.name,
    state: info.state,
    vcpu: info.vcpu,
    rip: info.rip,
    symbol: info.symbol,
    waiting_for: info.waitingFor,
    interrupt_note: info.interruptNote,
    remote: remote ? { park: PARKS[remote.park], call: remote.call, handler_depth: remote.handlerDepth } : undefined,
  };
}
