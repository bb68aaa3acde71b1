// Where a hosted machine comes from: its spec, an image, a machine of the same worker, another worker, or its journal (returning-machine.ts).

import { MachineJournal } from '../durable/machine-journal.ts';
import { Machine } from '../machine.ts';
import type { CommandFields } from '../protocol.ts';
import { fork } from '../snapshot/image.ts';
import { Durability } from './durability.ts';
import { fromImage } from './from-image.ts';
import { HostedMachine } from './hosted-machine.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * With an image, or a `source` that it is a copy of: in that state, but paused where time would pass. With what it was doing in another
 * worker: exactly as it was. `id` is its number. Throws BAD_SNAPSHOT.
 */
export function madeMachine(
  id: number,
  { spec, account, image, journal, moved }: CommandFields<'create_machine'>,
  around: Surroundings,
  source?: Machine,
): HostedMachine {
  const { stepModule, files } = around;
  const machine = source ? fork(source, stepModule) : image ? fromImage(spec, stepModule, image) : new Machine(spec, stepModule);
  if (moved) {
    const { life, requests } = moved;
    const hosted = new HostedMachine(id, account, machine, life.journal && Durability.goOn(life.journal, files, machine), around);
    hosted.goOn(life, requests);
    return hosted;
  }
  const begun = journal && MachineJournal.create(files, journal, journal.segment, journal.incarnation, image ? 'image' : 'fresh');
  const hosted = new HostedMachine(id, account, machine, begun ? new Durability(begun, files, machine) : null, around);
  if (image || source) hosted.standStill();
  return hosted;
}
