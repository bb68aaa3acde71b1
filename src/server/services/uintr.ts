// UintrService: the user-interrupt state of threads.

import { MachineError } from '../../machine/errors.ts';
import { parseWithin } from '../resource-name.ts';
import { uintrStateMessage } from '../uintr-state.ts';
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
        threads: threads.map((state) => uintrStateMessage(machine, state)),
      };
    },
  };
}
