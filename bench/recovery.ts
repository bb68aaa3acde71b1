// Suite recovery: rounds of load, of a kill or a power cut at a random moment, and of what must hold then; it fails if anything does not.
// And how soon a daemon that was killed with fifty machines answers, which have hardly begun, or which
// run, each somewhere between two times at which it is saved.

import { fileURLToPath } from 'node:url';
import { connect } from '../clients/ts/client.ts';
import { startLocalDaemon } from '../clients/ts/local-daemon.ts';
import { KilledDaemon } from '../test/server/durable/killed-daemon.ts';
import { firstAnswer } from './recovery/first-answer.ts';
import { recoveryRound } from './recovery/round.ts';
import type { SuiteOptions } from './main.ts';
import { bound, type Row, row } from './row.ts';

const DAEMON = fileURLToPath(new URL('recovery/noting-daemon.ts', import.meta.url));
const MACHINES = 50;
const TARGET_SECONDS = 3;

/** `--only rounds`, `--only short` or `--only long` (journals) for one of the three. */
export async function recoverySuite(options: SuiteOptions): Promise<Row[]> {
  return [
    ...('rounds'.includes(options.only) ? await rounds(options) : []),
    ...('short journals'.includes(options.only) ? await answers('short', options) : []),
    ...('long journals'.includes(options.only) ? await answers('long', options) : []),
  ];
}

async function rounds({ rounds: wanted, progress }: SuiteOptions): Promise<Row[]> {
  const control = await startLocalDaemon([]);
  const daemon = new KilledDaemon(DAEMON);
  let [held, sent] = [0, 0];
  let seed = 20_251_128;
  const random = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
  const client = connect(control.endpoint);
  try {
    await daemon.start();
    for (; held < wanted; held++) {
      sent += await recoveryRound(daemon, client, random);
      progress(`recovery: round ${held + 1} of ${wanted} holds`);
    }
    await daemon.remove();
    return [
      row('recovery', 'rounds that hold', held, 'rounds', 'target', wanted),
      row('recovery', 'calls that were answered before', sent, 'calls'),
    ];
  } catch (error) {
    await daemon.end('SIGKILL');
    progress(
      `recovery: round ${held + 1} does not hold; what the daemon has left is in ${daemon.base}, and it said ${JSON.stringify(daemon.log)}`,
    );
    throw error;
  } finally {
    client.close();
    await control.stop();
  }
}

async function answers(length: 'short' | 'long', { progress }: SuiteOptions): Promise<Row[]> {
  const daemon = new KilledDaemon();
  try {
    await daemon.start();
    const { listed, processor, machine, all } = await firstAnswer(daemon, MACHINES, length === 'long', progress);
    const journals = `${length} journals`;
    return [
      bound('recovery', `first answer, ${MACHINES} machines, ${journals}`, listed, 's', 'at most', TARGET_SECONDS),
      row('recovery', `until then, of a processor, ${journals}`, processor, 's'),
      bound('recovery', `first answer of a machine, ${journals}`, machine, 's', 'at most', TARGET_SECONDS),
      row('recovery', `all machines are back, ${journals}`, all, 's'),
    ];
  } finally {
    await daemon.remove();
  }
}
