// uintrd with workers that note what they have synced (noting-worker.ts). Flags are those of uintrd.

import { pino } from 'pino';
import { readConfig } from '../../src/server/config.ts';
import { startDaemon } from '../../src/server/daemon.ts';
import type { Config } from '../../src/server/settings.ts';
import { WorkerPool } from '../../src/server/worker-pool.ts';

const config = readConfig(process.argv.slice(2), {}) as Config;
const log = pino({ level: 'error' }, pino.destination({ fd: 2, sync: true }));
const daemon = await startDaemon(config, log, 'bench', new WorkerPool(config, new URL('noting-worker.ts', import.meta.url)));
console.log(`listens on ${daemon.addresses.join(' ')}`);
process.on('SIGTERM', () => void daemon.stop().then(() => process.exit(0)));
