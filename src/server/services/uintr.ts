// UintrService: the user-interrupt state of threads.

import { MachineError } from '../../machine/errors.ts';
import { parseWithin, threadName } from '../resource-name.ts';
import { explainMethods } from './explain.ts';
import type { UintrService } from '../../gen/api.ts';
import type { Implementation } from '../call.ts';
import type { MachineRegistry } from '../machine-registry.ts';

const missing = (name: string) => (): never => {
  throw new MachineError('UNSUPPORTED', name);
};

export function uintrService(machines: MachineRegistry): Implementation<UintrService> {
  return {
    RegisterHandler: missing('RegisterHandler'),
    UnregisterHandler: missing('UnregisterHandler'),
    CreateVectorFd: missing('CreateVectorFd'),
    RegisterSender: missing('RegisterSender'),
    UnregisterSender: missing('UnregisterSender'),
    SendUipi: missing('SendUipi'),
    SendUipis: missing('SendUipis'),
    SetUserInterruptFlag: missing('SetUserInterruptFlag'),
    TestUserInterruptFlag: missing('TestUserInterruptFlag'),
    WaitForInterrupt: missing('WaitForInterrupt'),
    ReturnFromInterrupt: missing('ReturnFromInterrupt'),
    ...explainMethods(machines),

    async GetUintrState({ name }) {
      const { machine, id } = parseWithin('name', name, 'threads');
      const { cycle, threads } = await machines.get(machine).send('uintr_state', { tid: id });
      return {
        cycle,
        threads: threads.map((state) => ({
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
        })),
      };
    },
  };
}
