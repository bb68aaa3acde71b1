// Every setting of the daemon, once: its flag, its default, its bounds and what it is for. The flag's name is also the key in a
// configuration file, and UINTRD_ with the name in capitals the variable. Help and docs/operations.md are made from this table.

import { availableParallelism } from 'node:os';

export interface Config {
  /** gRPC addresses: "unix:/path" or "host:port". */
  readonly listen: readonly string[];
  /** Callers must say who they are; else all of them may do everything. */
  readonly auth: boolean;
  /** PEM files; empty: no TLS. */
  readonly tlsCert: string;
  readonly tlsKey: string;
  /** Empty: client certificates are not asked for. */
  readonly tlsClientCa: string;
  readonly tlsRequireClientCert: boolean;
  readonly allowUnprotectedNetwork: boolean;
  readonly workers: number;
  readonly workerNice: number;
  /** Between two looks at whether a machine should go to another worker; 0: never. */
  readonly balanceMilliseconds: number;
  /** A machine that nobody has used for so long is parked; 0: never. */
  readonly parkAfterSeconds: number;
  readonly maxMachines: number;
  readonly maxMachineRamBytes: number;
  readonly maxArtifactBytes: number;
  readonly maxSnapshotBytes: number;
  readonly journalBytes: number;
  readonly eventLogBytes: number;
  readonly eventDiskBytes: number;
  readonly maxMessageBytes: number;
  readonly maxStreams: number;
  readonly requestWindowBytes: number;
  readonly maxAuditEntries: number;
  /** Between two looks at what is too old or too much. */
  readonly retentionMilliseconds: number;
  /** Of each kind: after so long it goes, or while all together have more; 0: never. */
  readonly eventKeepSeconds: number;
  readonly eventKeepBytes: number;
  readonly artifactKeepSeconds: number;
  readonly artifactKeepBytes: number;
  readonly snapshotKeepSeconds: number;
  readonly snapshotKeepBytes: number;
  readonly recordingKeepSeconds: number;
  readonly recordingKeepBytes: number;
  readonly machineKeepSeconds: number;
  readonly machineKeepBytes: number;
  readonly auditKeepSeconds: number;
  readonly maxLeaseMinutes: number;
  readonly drainMilliseconds: number;
  /** A worker that answers nothing for so long is given up. */
  readonly heartbeatMilliseconds: number;
  readonly keepaliveMilliseconds: number;
  readonly keepaliveTimeoutMilliseconds: number;
  readonly workerHeapMebibytes: number;
  readonly logLevel: string;
  /** "host:port"; empty is off. */
  readonly metricsListen: string;
  readonly reflection: boolean;
  readonly channelz: boolean;
  /** Where machines and records are kept; empty: nowhere, all is in memory. */
  readonly dataDirectory: string;
  /** Exit when standard input ends: for a daemon that belongs to one client. */
  readonly exitWithStdin: boolean;
}

export class ConfigError extends Error {}

interface Common {
  readonly name: keyof Config;
  readonly flag: string;
  readonly about: string;
}
export type Setting = Common &
  (
    | {
        readonly kind: 'integer';
        readonly fallback: number;
        readonly fallbackText?: string;
        readonly minimum: number;
        readonly maximum?: number;
      }
    | { readonly kind: 'choice'; readonly fallback: string; readonly choices: readonly string[] }
    | { readonly kind: 'flag'; readonly fallback: boolean }
    /** A directory or file of this host, or none. */
    | { readonly kind: 'path'; readonly fallback: '' }
    /** One HOST:PORT, or none. */
    | { readonly kind: 'address'; readonly fallback: '' }
    | { readonly kind: 'addresses'; readonly fallback: readonly string[] }
  );

export const DEFAULT_LISTEN = '127.0.0.1:7420';
const MIB = 1 << 20;

/** A bound of retention. */
const kept = (name: keyof Config, flag: string, fallback: number, about: string): Setting => ({
  name,
  flag,
  kind: 'integer',
  fallback,
  minimum: 0,
  about,
});

export const SETTINGS: readonly Setting[] = [
  {
    name: 'listen',
    flag: 'listen',
    kind: 'addresses',
    fallback: [DEFAULT_LISTEN],
    about: 'where to serve gRPC: unix:PATH or HOST:PORT, beyond loopback only with auth and TLS; may be repeated',
  },
  {
    name: 'auth',
    flag: 'auth',
    kind: 'flag',
    fallback: false,
    about: 'callers must show a token or a client certificate, but for the owner of the unix socket; needs data-dir',
  },
  { name: 'tlsCert', flag: 'tls-cert', kind: 'path', fallback: '', about: 'PEM file of the certificate (chain) for HOST:PORT addresses' },
  { name: 'tlsKey', flag: 'tls-key', kind: 'path', fallback: '', about: 'PEM file of its private key' },
  {
    name: 'tlsClientCa',
    flag: 'tls-client-ca',
    kind: 'path',
    fallback: '',
    about: 'PEM file of the authorities whose client certificates name users by their common name',
  },
  {
    name: 'tlsRequireClientCert',
    flag: 'tls-require-client-cert',
    kind: 'flag',
    fallback: false,
    about: 'no connection without a client certificate; a token may still say who calls',
  },
  {
    name: 'allowUnprotectedNetwork',
    flag: 'allow-unprotected-network',
    kind: 'flag',
    fallback: false,
    about: 'listen beyond loopback without TLS or without auth: whoever reaches the address can read and do everything',
  },
  {
    name: 'workers',
    flag: 'workers',
    kind: 'integer',
    fallback: Math.max(1, Math.min(8, availableParallelism())),
    fallbackText: 'one a CPU, at most 8',
    minimum: 1,
    maximum: 256,
    about: 'threads that run machines',
  },
  {
    name: 'workerNice',
    flag: 'worker-nice',
    kind: 'integer',
    fallback: 5,
    minimum: 0,
    maximum: 19,
    about: 'how far threads that run machines stand behind the one that answers calls, on Linux',
  },
  {
    name: 'balanceMilliseconds',
    flag: 'balance-ms',
    kind: 'integer',
    fallback: 1000,
    minimum: 0,
    maximum: 2 ** 31 - 1,
    about: 'how often it is looked at whether a machine should go to another worker; 0 is never',
  },
  {
    name: 'parkAfterSeconds',
    flag: 'park-after-seconds',
    kind: 'integer',
    fallback: 1800,
    minimum: 0,
    maximum: 2 ** 31 - 1,
    about: 'a machine in which no time passes, and that nobody uses, goes to the data directory after so long; 0 is never',
  },
  { name: 'maxMachines', flag: 'max-machines', kind: 'integer', fallback: 256, minimum: 1, about: 'machines at one time' },
  {
    name: 'maxMachineRamBytes',
    flag: 'max-machine-ram-bytes',
    kind: 'integer',
    fallback: 64 * 2 ** 30,
    minimum: 16 * MIB,
    about: 'RAM of all machines together',
  },
  {
    name: 'maxArtifactBytes',
    flag: 'max-artifact-bytes',
    kind: 'integer',
    fallback: 512 * MIB,
    minimum: 0,
    about: 'bytes of all artifacts together',
  },
  {
    name: 'maxSnapshotBytes',
    flag: 'max-snapshot-bytes',
    kind: 'integer',
    fallback: 8 * 2 ** 30,
    minimum: 0,
    about: 'what all snapshots together may take up, compressed',
  },
  {
    name: 'journalBytes',
    flag: 'journal-bytes',
    kind: 'integer',
    fallback: 16 * MIB,
    minimum: 0,
    about: "without data-dir: of a machine's inputs that are kept, for recordings; with more it is recorded no longer",
  },
  {
    name: 'eventLogBytes',
    flag: 'event-log-bytes',
    kind: 'integer',
    fallback: 64 * MIB,
    minimum: 64 * 1024,
    about: 'event log of each machine',
  },
  {
    name: 'eventDiskBytes',
    flag: 'event-disk-bytes',
    kind: 'integer',
    fallback: 2 ** 30,
    minimum: 4 * MIB,
    about: 'events of each machine that are kept on the disk, compressed; the oldest go for more',
  },
  {
    name: 'maxMessageBytes',
    flag: 'max-message-bytes',
    kind: 'integer',
    fallback: 4 * MIB,
    minimum: 64 * 1024,
    maximum: 1024 * MIB,
    about: 'largest request',
  },
  {
    name: 'maxStreams',
    flag: 'max-streams',
    kind: 'integer',
    fallback: 1000,
    minimum: 1,
    maximum: 1_000_000,
    about: 'calls in flight on one connection; further ones wait in the client',
  },
  {
    name: 'requestWindowBytes',
    flag: 'request-window-bytes',
    kind: 'integer',
    fallback: 16 * MIB,
    minimum: 0,
    about: 'answers kept for repeated request_ids',
  },
  {
    name: 'maxAuditEntries',
    flag: 'max-audit-entries',
    kind: 'integer',
    fallback: 1_000_000,
    minimum: 1000,
    about: 'entries of the audit log in the data directory; older ones are dropped',
  },
  {
    name: 'retentionMilliseconds',
    flag: 'retention-ms',
    kind: 'integer',
    fallback: 60_000,
    minimum: 10,
    maximum: 2 ** 31 - 1,
    about: 'how often it is looked at what is too old or too much, as the following say',
  },
  kept('eventKeepSeconds', 'event-keep-seconds', 0, 'events on the disk are removed after so long; 0 is never'),
  kept('eventKeepBytes', 'event-keep-bytes', 16 * 2 ** 30, 'events of all machines on the disk; the oldest go for more, 0 is no bound'),
  kept('artifactKeepSeconds', 'artifact-keep-seconds', 0, 'an artifact that nobody has used for so long is removed; 0 is never'),
  kept('artifactKeepBytes', 'artifact-keep-bytes', 0, 'of more than so much the artifacts that were used least lately go; 0 is no bound'),
  kept('snapshotKeepSeconds', 'snapshot-keep-seconds', 0, 'a snapshot that is not pinned is removed after so long; 0 is never'),
  kept('snapshotKeepBytes', 'snapshot-keep-bytes', 0, 'of more than so much the oldest snapshots that are not pinned go; 0 is no bound'),
  kept('recordingKeepSeconds', 'recording-keep-seconds', 0, 'a recording that is not pinned is removed after so long; 0 is never'),
  kept('recordingKeepBytes', 'recording-keep-bytes', 0, 'of more than so much the oldest recordings that are not pinned go; 0 is no bound'),
  kept('machineKeepSeconds', 'machine-keep-seconds', 0, 'a machine that has ended and is not used is deleted after so long; 0 is never'),
  kept(
    'machineKeepBytes',
    'machine-keep-bytes',
    0,
    'of more than so much on the disk the machines that ended first are deleted; 0 is no bound',
  ),
  kept('auditKeepSeconds', 'audit-keep-seconds', 365 * 86_400, 'entries of the audit log are removed after so long; 0 is never'),
  {
    name: 'maxLeaseMinutes',
    flag: 'max-lease-minutes',
    kind: 'integer',
    fallback: 1440,
    minimum: 1,
    maximum: 57_600,
    about: 'after so long a lease of a machine ends, however often it is extended',
  },
  {
    name: 'drainMilliseconds',
    flag: 'drain-ms',
    kind: 'integer',
    fallback: 5000,
    minimum: 0,
    maximum: 2 ** 31 - 1,
    about: 'how long calls may take to end after SIGTERM',
  },
  {
    name: 'heartbeatMilliseconds',
    flag: 'heartbeat-ms',
    kind: 'integer',
    fallback: 20_000,
    minimum: 50,
    maximum: 2 ** 31 - 1,
    about: 'silence after which a worker is given up; waiting for a processor of the host is none',
  },
  {
    name: 'keepaliveMilliseconds',
    flag: 'keepalive-ms',
    kind: 'integer',
    fallback: 60_000,
    minimum: 1000,
    maximum: 2 ** 31 - 1,
    about: 'silence of a client after which it is pinged',
  },
  {
    name: 'keepaliveTimeoutMilliseconds',
    flag: 'keepalive-timeout-ms',
    kind: 'integer',
    fallback: 20_000,
    minimum: 1000,
    maximum: 2 ** 31 - 1,
    about: 'how long a client may take to answer a ping before its connection is closed',
  },
  {
    name: 'workerHeapMebibytes',
    flag: 'worker-heap-mib',
    kind: 'integer',
    fallback: 1024,
    minimum: 32,
    maximum: 1 << 20,
    about: 'JavaScript heap of a worker, without machine RAM',
  },
  {
    name: 'logLevel',
    flag: 'log-level',
    kind: 'choice',
    fallback: 'info',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    about: 'the least that is logged',
  },
  {
    name: 'metricsListen',
    flag: 'metrics-listen',
    kind: 'address',
    fallback: '',
    about: 'where to serve metrics to Prometheus over plain HTTP: a loopback HOST:PORT',
  },
  { name: 'reflection', flag: 'reflection', kind: 'flag', fallback: true, about: 'serve grpc.reflection; --no-reflection turns it off' },
  {
    name: 'channelz',
    flag: 'channelz',
    kind: 'flag',
    fallback: false,
    about: 'serve grpc.channelz.v1: connections, sockets and calls of this process',
  },
  {
    name: 'dataDirectory',
    flag: 'data-dir',
    kind: 'path',
    fallback: '',
    about: 'the directory where what must outlive the daemon is kept, made if missing; without one all is in memory',
  },
  { name: 'exitWithStdin', flag: 'exit-with-stdin', kind: 'flag', fallback: false, about: 'stop when standard input ends' },
];

export const variableOf = (flag: string): string => `UINTRD_${flag.toUpperCase().replaceAll('-', '_')}`;

const LOOPBACK = /^(?:localhost|::1|127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3})$/;

const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1');
export const isUnixSocket = (address: string): boolean => address.startsWith('unix:');
const isPublic = (address: string): boolean => !isUnixSocket(address) && !LOOPBACK.test(hostOf(address));

/** Throws ConfigError unless it is a unix socket or HOST:PORT. */
export function checkAddress(address: string, setting = '--listen', tcpOnly = false): string {
  if (isUnixSocket(address) && !tcpOnly) {
    if (address.length <= 'unix:'.length) throw new ConfigError(`${setting} ${address}: the path of the socket is missing`);
    return address;
  }
  const match = /^(.*):(\d{1,5})$/.exec(address);
  if (!match || Number(match[2]) > 65_535)
    throw new ConfigError(`${setting} ${address}: must be ${tcpOnly ? '' : 'unix:PATH or '}HOST:PORT`);
  return address;
}

/** Throws ConfigError if the settings leave out something that others need, or open the daemon to strangers. */
export function checkTogether(config: Config): void {
  const { auth, tlsCert, tlsKey, tlsClientCa, metricsListen } = config;
  const needs = (flag: string, what: string): ConfigError => new ConfigError(`--${flag} needs ${what}`);
  if (auth && config.dataDirectory === '') throw needs('auth', '--data-dir, where users and tokens are kept');
  if ((tlsCert === '') !== (tlsKey === '')) throw new ConfigError('--tls-cert and --tls-key: give both of them');
  if (tlsClientCa !== '' && tlsCert === '') throw needs('tls-client-ca', '--tls-cert and --tls-key');
  if (tlsClientCa !== '' && !auth) throw needs('tls-client-ca', '--auth: without it, nobody is asked who they are');
  if (config.tlsRequireClientCert && tlsClientCa === '') throw needs('tls-require-client-cert', '--tls-client-ca');
  if (config.allowUnprotectedNetwork) return;
  const missing = [...(auth ? [] : ['--auth']), ...(tlsCert === '' ? ['--tls-cert and --tls-key'] : [])].join(' and ');
  const open = config.listen.find(isPublic);
  if (open !== undefined && missing !== '')
    throw new ConfigError(
      `--listen ${open}: refused, for others can reach it. It needs ${missing}; --allow-unprotected-network does without. Safe as they are: unix sockets, 127.0.0.1, [::1], localhost`,
    );
  if (isPublic(metricsListen) && metricsListen !== '')
    throw new ConfigError(
      `--metrics-listen ${metricsListen}: refused, for metrics are served without authentication. Use a loopback address, or --allow-unprotected-network`,
    );
}

/** The default as text for people. */
export function fallbackText(setting: Setting): string {
  if (setting.kind === 'integer') return setting.fallbackText ?? String(setting.fallback);
  if (setting.kind === 'flag') return setting.fallback ? 'on' : 'off';
  return String(setting.fallback) || 'off';
}

/** The known word that a misspelt one may mean. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const distances = known.map((candidate) => [candidate, distance(word, candidate)] as const).sort((a, b) => a[1] - b[1]);
  const best = distances[0];
  return best && best[1] <= Math.max(2, Math.floor(word.length / 4)) ? best[0] : undefined;
}

/** Edit distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_unused, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
