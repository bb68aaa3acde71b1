// UringService: io_uring rings of remote threads.

import { MachineError } from '../../machine/errors.ts';
import type { UringService } from '../../gen/api.ts';
import type { Implementation } from '../call.ts';
import type { MachineRegistry } from '../machine-registry.ts';

const missing = (name: string) => (): never => {
  throw new MachineError('UNSUPPORTED', name);
};

export function uringService(_machines: MachineRegistry): Implementation<UringService> {
  return {
    SetupRing: missing('SetupRing'),
    RegisterResources: missing('RegisterResources'),
    SubmitOps: missing('SubmitOps'),
    WaitCompletions: missing('WaitCompletions'),
    CancelOps: missing('CancelOps'),
    GetRingState: missing('GetRingState'),
    ListRings: missing('ListRings'),
    CloseRing: missing('CloseRing'),
  };
}
