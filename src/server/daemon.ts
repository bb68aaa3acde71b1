// The daemon as an object: everything wired together, listening, and stopped again.

import { chmod, lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { getChannelzHandlers, getChannelzServiceDefinition, logVerbosity, Server, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js';
import { ArtifactStore } from './artifact-store.ts';
import { ConfigError } from './settings.ts';
import { drainServer } from './drain.ts';
import { MachineRegistry } from './machine-registry.ts';
import { CallMetrics } from './metrics-calls.ts';
import { addReflection } from './reflection.ts';
import { Router } from './router.ts';
import { artifactService } from './services/artifact.ts';
import { eventService } from './services/event.ts';
import { guestService } from './services/guest.ts';
import { HealthState, healthService } from './services/health.ts';
import { labService } from './services/lab.ts';
import { machineService } from './services/machine.ts';
import { DataDirectory } from './store/data-directory.ts';
import { Store } from './store/store.ts';
import { uintrService } from './services/uintr.ts';
import { uringService } from './services/uring.ts';
import type { Logger } from 'pino';
import type { Config } from './settings.ts';
import type { MetricsServer } from './metrics-server.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface Daemon {
  /** As clients dial them; a port 0 has become a real one. */
  readonly addresses: readonly string[];
  /** HOST:PORT of GET /metrics, if that is on. */
  readonly metricsAddress: string | undefined;
  stop(): Promise<void>;
}

export async function startDaemon(config: Config, log: Logger, version: string, pool: WorkerPool): Promise<Daemon> {
  // What goes wrong reaches us as errors; the library's own lines would break the log's format.
  setLogVerbosity(logVerbosity.NONE);
  const kept = await openStore(config, pool);
  pool.warm();
  pool.onLost = (port, reason) => log.error({ worker: port.index, machines: port.targets.size, reason }, 'worker lost');
  const machines = new MachineRegistry(pool, config);
  const artifacts = new ArtifactStore(config.maxArtifactBytes);
  const health = new HealthState();
  const draining = new AbortController();

  const server = new Server({
    'grpc.max_receive_message_length': config.maxMessageBytes,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': config.maxStreams,
    'grpc.keepalive_time_ms': config.keepaliveMilliseconds,
    'grpc.keepalive_timeout_ms': config.keepaliveTimeoutMilliseconds,
    // It counts every call, so it costs something.
    'grpc.enable_channelz': config.channelz ? 1 : 0,
  });
  const calls = config.metricsListen ? new CallMetrics() : undefined;
  const router = new Router(server, log, draining.signal, {
    observer: calls?.observer,
    requestWindow: { entries: 1024, bytes: config.requestWindowBytes },
  });
  router.add('uintr.v1.LabService', labService(machines, artifacts, config, version));
  router.add('uintr.v1.MachineService', machineService(machines, artifacts));
  router.add('uintr.v1.ArtifactService', artifactService(artifacts));
  router.add('uintr.v1.GuestService', guestService(machines, artifacts));
  router.add('uintr.v1.UintrService', uintrService(machines));
  router.add('uintr.v1.UringService', uringService(machines));
  router.add('uintr.v1.EventService', eventService(machines));
  router.add('grpc.health.v1.Health', healthService(health));

  if (config.reflection) addReflection(server, router.host);
  if (config.channelz) server.addService(getChannelzServiceDefinition(), getChannelzHandlers());

  const addresses: string[] = [];
  let metrics: MetricsServer | undefined;
  try {
    if (calls) metrics = await startMetrics(config.metricsListen, calls, machines);
    for (const address of config.listen) addresses.push(await listen(server, address));
  } catch (error) {
    server.forceShutdown();
    await metrics?.stop();
    await pool.terminate();
    kept.close();
    throw error;
  }
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    health.stop();
    // Watchers hear it before their streams end.
    await new Promise((resolve) => setImmediate(resolve));
    await drainServer(server, draining, config.drainMilliseconds, log);
    await metrics?.stop();
    await pool.terminate();
    kept.close();
    await Promise.all(
      addresses.filter((address) => address.startsWith('unix:')).map((address) => unlink(address.slice(5)).catch(() => {})),
    );
  };
  return { addresses, metricsAddress: metrics?.address, stop: () => (stopping ??= stop()) };
}

/** The records of this daemon: in its data directory, or in memory. */
async function openStore(config: Config, pool: WorkerPool): Promise<DataDirectory | Store> {
  try {
    return config.dataDirectory === '' ? new Store(':memory:') : new DataDirectory(config.dataDirectory);
  } catch (error) {
    await pool.terminate();
    throw error;
  }
}

/** Loaded only where somebody wants it. */
async function startMetrics(address: string, calls: CallMetrics, machines: MachineRegistry): Promise<MetricsServer> {
  const [{ exposeMetrics }, { serveMetrics }] = await Promise.all([import('./metrics.ts'), import('./metrics-server.ts')]);
  return serveMetrics(address, exposeMetrics(calls, machines));
}

async function listen(server: Server, address: string): Promise<string> {
  const path = address.startsWith('unix:') ? address.slice(5) : undefined;
  if (path !== undefined) await removeStaleSocket(path);
  // The socket is born without rights for others; chmod then says so for good.
  const mask = process.umask(0o177);
  try {
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
    );
    if (path !== undefined) await chmod(path, 0o600);
    return path === undefined ? address.replace(/\d+$/, String(port)) : address;
  } catch (error) {
    throw new ConfigError(`cannot listen on ${address}: ${(error as Error).message}`);
  } finally {
    process.umask(mask);
  }
}

/** A socket file that nobody serves is left from a daemon that was killed. */
async function removeStaleSocket(path: string): Promise<void> {
  const file = await lstat(path).catch(() => null);
  if (!file) return;
  if (!file.isSocket()) throw new ConfigError(`cannot listen on unix:${path}: there is a file that is no socket`);
  const outcome = await new Promise<string>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve('served');
    });
    probe.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
  if (outcome === 'served') throw new ConfigError(`cannot listen on unix:${path}: another daemon does`);
  if (outcome === 'ECONNREFUSED') await unlink(path);
}
