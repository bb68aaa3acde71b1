// Part of EventService: a machine's log in the formats of other tools.

import { MachineError } from '../../machine/errors.ts';
import type { EventService } from '../../gen/api.ts';
import type { Implementation } from '../call.ts';
import type { MachineRegistry } from '../machine-registry.ts';

export function traceMethods(_machines: MachineRegistry): Pick<Implementation<EventService>, 'ExportTrace'> {
  return {
    ExportTrace() {
      throw new MachineError('UNSUPPORTED', 'ExportTrace');
    },
  };
}
