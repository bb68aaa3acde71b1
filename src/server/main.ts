// uintrd: reads its settings, starts the daemon, and stops it on SIGTERM or SIGINT; or does one of the commands of upkeep/commands.ts. Logs go
// to standard error, one JSON object a line.

import { existsSync, readFileSync } from 'node:fs';
import { printConfig, readConfig, usage } from './config.ts';
import { ConfigError } from './settings.ts';
import { StoreError } from './store/store-error.ts';
import { runUpkeep } from './upkeep/commands.ts';
import { WorkerPool } from './worker-pool.ts';
import { boundYoungGeneration } from './young-generation.ts';

/** From src/server/ in a checkout, from dist/src/server/ in the package. */
const manifest = ['../../package.json', '../../../package.json']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url))!;
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };

const done = await runUpkeep(process.argv.slice(2));
if (done === undefined) await serve();
else process.exitCode = done;

async function serve(): Promise<void> {
  try {
    const config = readConfig(process.argv.slice(2), process.env);
    if (config === 'help') console.log(usage());
    else if (config === 'version') console.log(version);
    else if ('print' in config) console.log(printConfig(config.print));
    else {
      // The first worker loads its code on its own thread, so it starts before this one loads the rest.
      const pool = new WorkerPool(config);
      boundYoungGeneration();
      pool.warm();
      const [{ pino }, { startDaemon }] = await Promise.all([import('pino'), import('./daemon.ts')]);
      const log = pino({ name: 'uintrd', level: config.logLevel }, pino.destination({ fd: 2, sync: true }));
      const daemon = await startDaemon(config, log, version, pool);
      // One line a program can wait for.
      console.log(`uintrd ${version} listens on ${daemon.addresses.join(' ')}`);
      if (daemon.adminTokenFile !== undefined)
        console.log(
          `the token of the first administrator, users/admin, is in ${daemon.adminTokenFile}; take it from there and remove the file`,
        );
      log.info({ addresses: daemon.addresses, metrics: daemon.metricsAddress, version, node: process.versions.node }, 'listening');

      let asked = false;
      const stop = (why: string): void => {
        if (asked) {
          if (why !== 'stdin') process.exit(130);
          return;
        }
        asked = true;
        log.info({ why }, 'stopping');
        daemon.stop().then(
          () => process.exit(0),
          (error: unknown) => {
            log.fatal({ err: error }, 'could not stop');
            process.exit(1);
          },
        );
      };
      process.on('SIGTERM', () => stop('SIGTERM'));
      process.on('SIGINT', () => stop('SIGINT'));
      if (config.exitWithStdin) {
        process.stdin.on('end', () => stop('stdin'));
        process.stdin.on('error', () => stop('stdin'));
        process.stdin.resume();
      }
    }
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof StoreError)) throw error;
    console.error(`uintrd: ${error.message}`);
    process.exitCode = 2;
  }
}
