// The demonstration, on a private daemon and through the public API alone: programs that send user interrupts, the way of one of them,
// two remote threads that do the same by RPC, and a ring whose completion is a user interrupt.

import { connect } from '../ts/client.ts';
import { startLocalDaemon } from '../ts/local-daemon.ts';
import { converse } from './demo/conversation.ts';
import { showInterrupts } from './demo/one-interrupt.ts';
import { showRing } from './demo/ring-completion.ts';
import type { UintrClient } from '../ts/client.ts';

async function demonstrate(client: UintrClient): Promise<void> {
  const { version } = await client.lab.GetServerInfo({});
  const { hertz, preset } = await client.machines.GetCostTable({ preset: 'spr-2.0ghz' });
  console.log(`uintrd ${version}; virtual time by the cost table ${preset}, ${Number(hertz) / 1e9} GHz`);
  await showInterrupts(client, Number(hertz));
  console.log('\n== two remote threads: no program in the machine, each call is one RPC');
  await converse(client);
  console.log('\n== io_uring: uring_uintr.poc reads a file three times; each completion is a user interrupt. The guest says:');
  await showRing(client);
}

const daemon = await startLocalDaemon();
const client = connect(daemon.endpoint);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void daemon.stop().then(() => process.exit(signal === 'SIGINT' ? 130 : 143)));
try {
  await demonstrate(client);
} catch (error) {
  console.error(`demo: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  client.close();
  await daemon.stop();
}
