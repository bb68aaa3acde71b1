// Part of GuestService: threads whose program is a client.

import { MachineError } from '../../machine/errors.ts';
import type { GuestService } from '../../gen/api.ts';
import type { Implementation } from '../call.ts';
import type { MachineRegistry } from '../machine-registry.ts';

export function remoteThreadMethods(
  _machines: MachineRegistry,
): Pick<Implementation<GuestService>, 'CreateRemoteThread' | 'ExecuteSyscall'> {
  return {
    CreateRemoteThread() {
      throw new MachineError('UNSUPPORTED', 'CreateRemoteThread');
    },
    ExecuteSyscall() {
      throw new MachineError('UNSUPPORTED', 'ExecuteSyscall');
    },
  };
}
