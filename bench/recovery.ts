// Suite recovery: rounds of load, of a kill or a power cut at a random moment, and of what must hold then; it fails if anything does not.
// And how soon a daemon that was killed with fifty machines answers.

import { fileURLToPath } from 'node:url';
import { connect } from '../clients/ts/client.ts';
import { startLocalDaemon } from '../clients/ts/local-daemon.ts';
import { KilledDaemon } from '../test/server/durable/killed-daemon.ts';
import { recoveryRound } from './recovery/round.ts';
import type { SuiteOptions } from './main.ts';
import { type Row, row } from './row.ts';

const DAEMON = fileURLToPath(new URL('recovery/noting-daemon.ts', import.meta.url));
const MACHINES = 50;
const TARGET_SECONDS = 3;

export async function recoverySuite(options: SuiteOptions): Promise<Row[]> {
  const control = await startLocalDaemon([]);
  const daemon = new KilledDaemon(DAEMON);
  let [held, sent] = [0, 0];
  let seed = 20_251_128;
  const random = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
  const client = connect(control.endpoint);
  try {
    await daemon.start();
    for (let round = 0; round < options.rounds; round++) {
      sent += await recoveryRound(daemon, client, random);
      held++;
      options.progress(`recovery: round ${round + 1} of ${options.rounds} holds`);
    }
    const seconds = await firstAnswer(daemon);
    return [
      row('recovery', 'rounds that hold', held, 'rounds', 'target', options.rounds),
      row('recovery', 'calls that were answered before', sent, 'calls'),
      row('recovery', `first answer, ${MACHINES} machines`, seconds, 's', 'target', TARGET_SECONDS),
    ];
  } finally {
    client.close();
    await control.stop();
    await daemon.remove();
  }
}

/** From the start of the process to the state of a machine, after a kill. */
async function firstAnswer(daemon: KilledDaemon): Promise<number> {
  const names: string[] = [];
  for (let i = 0; i < MACHINES; i++) {
    const { machine } = await daemon.client.machines.CreateMachine({
      parent: 'projects/default',
      machine: { spec: { ram_bytes: 16n << 20n } },
    });
    names.push(machine!.name);
    await daemon.client.machines.StartMachine({ name: machine!.name });
    await daemon.client.guest.WriteFile({ parent: machine!.name, file: { path: '/tmp/note', data: Uint8Array.of(1) } });
  }
  await daemon.end('SIGKILL');
  const start = performance.now();
  await daemon.start();
  await daemon.client.guest.ReadFile({ parent: names.at(-1)!, path: '/tmp/note' });
  return (performance.now() - start) / 1000;
}
