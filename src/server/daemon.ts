// The daemon as an object: everything wired together, listening, and stopped again.

import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { ArtifactStore } from './artifacts/artifact-store.ts';
import { Guard } from './auth/door.ts';
import { FailedAttempts } from './auth/failed-attempts.ts';
import { makeFirstAdmin } from './auth/first-admin.ts';
import { Tokens } from './auth/tokens.ts';
import { Users } from './auth/users.ts';
import { addChannelz } from './channelz.ts';
import { Entrances } from './entrances.ts';
import { endCallsWithLeases } from './lease/live-leases.ts';
import { Leases } from './lease/leases.ts';
import { LiveCalls } from './live-calls.ts';
import { MachineKeeper } from './durable/machine-keeper.ts';
import { MachineRegistry } from './machine-registry.ts';
import { CallMetrics } from './metrics-calls.ts';
import { Mover } from './placement/mover.ts';
import { Parking } from './placement/parking.ts';
import { Projects } from './projects.ts';
import { EndedMachines } from './retention/ended-machines.ts';
import { retentionKinds } from './retention/kinds.ts';
import { Leftovers } from './retention/leftovers.ts';
import { Removals } from './retention/removals.ts';
import { Retention } from './retention/retention.ts';
import { Quotas } from './quota/quotas.ts';
import { addReflection } from './reflection.ts';
import { Router } from './router.ts';
import { AuditLog } from './audit/audit-log.ts';
import { auditService } from './services/audit.ts';
import { artifactService } from './services/artifact.ts';
import { eventService } from './services/event.ts';
import { guestService } from './services/guest.ts';
import { HealthState, healthService } from './services/health.ts';
import { leaseService } from './services/lease.ts';
import { labService } from './services/lab.ts';
import { machineService } from './services/machine.ts';
import { projectService } from './services/project.ts';
import { tokenService } from './services/token.ts';
import { DataDirectory } from './store/data-directory.ts';
import { Store } from './store/store.ts';
import { snapshotService } from './services/snapshot.ts';
import { SnapshotStore } from './snapshots/snapshot-store.ts';
import { EventFiles } from './events/event-files.ts';
import { engineFingerprint } from './engine.ts';
import { AnswerStore } from './store/answer-store.ts';
import { BlobStore } from './store/blobs/blob-store.ts';
import { uintrService } from './services/uintr.ts';
import { uringService } from './services/uring.ts';
import { userService } from './services/user.ts';
import type { Logger } from 'pino';
import type { Config } from './settings.ts';
import type { RestoredMachine } from '../machine/protocol.ts';
import type { MachineHandle } from './machine-handle.ts';
import type { LabFigures } from './metrics.ts';
import type { MetricsServer } from './metrics-server.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Entries of the audit log where there is no data directory. */
const MOST_IN_MEMORY = 10_000;

export interface Daemon {
  /** As clients dial them; a port 0 has become a real one. */
  readonly addresses: readonly string[];
  /** HOST:PORT of GET /metrics, if that is on. */
  readonly metricsAddress: string | undefined;
  /** The file with the first administrator's token, if this start has made one. */
  readonly adminTokenFile: string | undefined;
  stop(): Promise<void>;
}

export async function startDaemon(config: Config, log: Logger, version: string, pool: WorkerPool): Promise<Daemon> {
  // What goes wrong reaches us as errors; the library's own lines would break the log's format.
  setLogVerbosity(logVerbosity.NONE);
  const kept = await openStore(config, pool);
  const store = kept instanceof DataDirectory ? kept.store : kept;
  const [projects, users, tokens] = [new Projects(store), new Users(store), new Tokens(store)];
  const quotas = new Quotas(projects, pool.accounts);
  const live = new LiveCalls();
  const removals = new Removals(store);
  const health = new HealthState();
  const audit = new AuditLog(store, config.dataDirectory === '' ? MOST_IN_MEMORY : config.maxAuditEntries, (error) => {
    health.setTrouble('audit log', error !== null);
    if (error) log.error({ err: error }, 'the audit log cannot be written');
    else log.info('the audit log can be written again');
  });
  pool.onLost = (port, reason) => log.error({ worker: port.index, machines: port.targets.size, reason }, 'worker lost');
  const blobs = new BlobStore(kept instanceof DataDirectory ? kept.blobs : '');
  const artifacts = new ArtifactStore(config.maxArtifactBytes, kept instanceof DataDirectory ? { store, blobs } : null, removals);
  const allow = (project: string, present: number, more: number): void => quotas.checkSnapshot(project, present, more);
  const snapshots = new SnapshotStore(store, blobs, config.maxSnapshotBytes, engineFingerprint, allow, removals);
  const keeper = kept instanceof DataDirectory ? new MachineKeeper(store, blobs, kept.journals, engineFingerprint()) : null;
  pool.warm(Math.max(1, keeper?.all().length ?? 0));
  const files =
    kept instanceof DataDirectory
      ? new EventFiles(
          blobs,
          kept.events,
          (uid, error) => log.error({ uid, err: error }, 'events could not be kept: those before are gone'),
          config.eventDiskBytes,
        )
      : null;
  const machines = new MachineRegistry(pool, config, quotas, keeper, files, removals);
  const mover = new Mover({
    pool,
    machines: () => machines.list(),
    accounts: pool.accounts,
    milliseconds: config.balanceMilliseconds,
    log,
  });
  const parking = new Parking({
    machines: () => machines.list(),
    park: (handle, idleSeconds) => machines.park(handle, idleSeconds),
    isFailing: (handle) => machines.checkpoints.isFailing(handle),
    afterSeconds: keeper ? config.parkAfterSeconds : 0,
    log,
  });
  machines.onCrash = ({ identity: { name }, cycle, stateReason: reason }) => log.error({ machine: name, cycle, reason }, 'crashed');
  machines.checkpoints.observer = {
    failed: ({ identity: { name } }, error, delay) =>
      log.error({ machine: name, err: error, again_in_seconds: delay / 1000 }, 'could not be saved: until it is, its journal grows'),
    mended: ({ identity: { name } }) => log.info({ machine: name }, 'saved again'),
    troubled: (isTroubled) => health.setTrouble('machines', isTroubled),
  };
  machines.expectAll(
    (handle, outcome) => logRecovery(log, handle, outcome),
    (root) => artifacts.holdAgain(root),
  );
  await artifacts.settle();
  const leases = new Leases(store, {
    longest: config.maxLeaseMinutes * 60_000,
    uidOf: (name) => machines.uidOf(name),
    ...endCallsWithLeases(live),
  });
  const leftovers = kept instanceof DataDirectory && keeper ? new Leftovers(kept, blobs, keeper) : null;
  const ended = new EndedMachines({ machines, keeper, leases, live });
  const retention = new Retention({
    kinds: retentionKinds(config, { machines, ended, artifacts, snapshots, files }),
    audit,
    auditSeconds: config.auditKeepSeconds,
    tidy: async () => (leftovers && !leftovers.isDone ? leftovers.step() : null),
    milliseconds: config.retentionMilliseconds,
    log,
  });
  const draining = new AbortController();
  const guard = config.auth ? new Guard(users, tokens, new FailedAttempts()) : undefined;

  let entrances: Entrances | undefined;
  let adminTokenFile: string | undefined;
  let addresses: readonly string[];
  let metrics: MetricsServer | undefined;
  const release = async (): Promise<void> => {
    live.close();
    mover.stop();
    parking.stop();
    await retention.stop();
    machines.checkpoints.stop();
    audit.close();
    leases.close();
    await metrics?.stop();
    await pool.terminate();
    await blobs.close();
    kept.close();
  };
  try {
    const host = { log, draining: draining.signal, live, audit, quotas, leases, recoveries: machines.recoveries };
    entrances = new Entrances(config, guard, host);
    const calls = config.metricsListen ? new CallMetrics() : undefined;
    const router = new Router(entrances.list, host, {
      observer: calls?.observer,
      requestWindow: { entries: 1024, bytes: config.requestWindowBytes },
      answers: kept instanceof DataDirectory ? new AnswerStore(store) : null,
    });
    router.add('uintr.v1.LabService', labService(machines, artifacts, config, version));
    router.add('uintr.v1.ProjectService', projectService(projects, machines, artifacts, snapshots, users, quotas, removals));
    router.add('uintr.v1.UserService', userService(users, tokens, projects, live));
    router.add('uintr.v1.TokenService', tokenService(users, tokens, live));
    router.add('uintr.v1.LeaseService', leaseService(leases, machines, users));
    router.add('uintr.v1.AuditService', auditService(audit, projects));
    router.add('uintr.v1.MachineService', machineService(machines, artifacts, projects, mover, parking));
    router.add('uintr.v1.ArtifactService', artifactService(artifacts, projects, quotas));
    router.add('uintr.v1.SnapshotService', snapshotService(machines, snapshots, projects));
    router.add('uintr.v1.GuestService', guestService(machines, artifacts));
    router.add('uintr.v1.UintrService', uintrService(machines));
    router.add('uintr.v1.UringService', uringService(machines));
    router.add('uintr.v1.EventService', eventService(machines));
    router.add('grpc.health.v1.Health', healthService(health));
    for (const entrance of entrances.list) {
      if (config.reflection) addReflection(entrance, router.host);
      if (config.channelz) addChannelz(entrance, router.host);
    }
    if (config.auth) adminTokenFile = makeFirstAdmin(users, tokens, config.dataDirectory);
    if (calls)
      metrics = await startMetrics(config.metricsListen, calls, machines, {
        live,
        leases,
        audit,
        failed: guard?.failed,
        mover,
        parking,
        retention,
      });
    addresses = await entrances.listen();
    recover(machines, log);
    retention.start();
  } catch (error) {
    entrances?.close();
    await release();
    throw error;
  }
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    health.stop();
    mover.stop();
    parking.stop();
    await retention.stop();
    // Watchers hear it before their streams end.
    await new Promise((resolve) => setImmediate(resolve));
    await entrances.drain(draining, config.drainMilliseconds);
    await machines.saveAll(({ identity }, error) =>
      log.error({ machine: identity.name, err: error }, 'could not be saved: its journal will be replayed'),
    );
    await release();
  };
  return { addresses, metricsAddress: metrics?.address, adminTokenFile, stop: () => (stopping ??= stop()) };
}

function logRecovery(log: Logger, { identity: { name } }: MachineHandle, outcome: RestoredMachine | Error): void {
  if (outcome instanceof Error)
    return log.error({ machine: name, reason: outcome.message, err: outcome }, 'refused: it cannot be recovered');
  const { state, reason, cycle, replayed: records, torn } = outcome;
  if (state === 'crashed') log.error({ machine: name, cycle, reason, records, torn }, 'recovered, as crashed as it was');
  else log.info({ machine: name, cycle, records, torn }, 'recovered');
}

/** In the background: the daemon answers already. */
function recover({ recoveries }: MachineRegistry, log: Logger): void {
  const { count } = recoveries;
  recoveries.begin();
  if (count === 0) return;
  const start = performance.now();
  log.info({ machines: count }, 'machines are on their way back');
  void recoveries
    .end()
    .then(() => log.info({ machines: count, seconds: (performance.now() - start) / 1000 }, 'all machines have been looked at'));
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
async function startMetrics(address: string, calls: CallMetrics, machines: MachineRegistry, lab: LabFigures): Promise<MetricsServer> {
  const [{ exposeMetrics }, { serveMetrics }] = await Promise.all([import('./metrics.ts'), import('./metrics-server.ts')]);
  return serveMetrics(address, exposeMetrics(calls, machines, lab));
}
