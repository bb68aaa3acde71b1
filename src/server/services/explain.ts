// Part of UintrService: why an interrupt has not arrived.

import { MachineError } from '../../machine/errors.ts';
import type { UintrService } from '../../gen/api.ts';
import type { Implementation } from '../call.ts';
import type { MachineRegistry } from '../machine-registry.ts';

export function explainMethods(_machines: MachineRegistry): Pick<Implementation<UintrService>, 'ExplainDelivery'> {
  return {
    ExplainDelivery() {
      throw new MachineError('UNSUPPORTED', 'ExplainDelivery');
    },
  };
}
