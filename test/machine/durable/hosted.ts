// A machine with a journal as its worker has it, made or brought back at once.

import type { HostedMachine } from '../../../src/machine/hosted/hosted-machine.ts';
import { madeMachine } from '../../../src/machine/hosted/made-machine.ts';
import { ReturningMachine } from '../../../src/machine/hosted/returning-machine.ts';
import type { CommandFields, FromWorker } from '../../../src/machine/protocol.ts';
import { stepModule } from '../run-guest.ts';
import type { PowerCutFiles } from './power-cut.ts';

type Fields = Omit<CommandFields<'create_machine'>, 'account'>;

/** `replay`: microseconds that it takes to bring it back. */
export function hosted(fields: Fields, files: PowerCutFiles, post: (message: FromWorker) => void = () => {}, replay = 0): HostedMachine {
  const around = { stepModule: stepModule(), files, post };
  if (!fields.journal?.recover) return madeMachine(1, { ...fields, account: 0 }, around);
  const returning = new ReturningMachine(1, { ...fields, account: 0 }, fields.journal, around);
  while (returning.step(() => false));
  returning.worked(replay);
  return returning.finish();
}
