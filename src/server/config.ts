// The daemon's settings: flags, else UINTRD_* variables, else defaults. Where it may listen is decided here.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export interface Config {
  /** gRPC addresses: "unix:/path" or a loopback "host:port". */
  readonly listen: readonly string[];
  readonly workers: number;
  readonly maxMachines: number;
  readonly maxMachineRamBytes: number;
  readonly maxArtifactBytes: number;
  readonly eventLogBytes: number;
  readonly maxMessageBytes: number;
  readonly drainMilliseconds: number;
  /** A worker that answers nothing for so long is given up. */
  readonly heartbeatMilliseconds: number;
  readonly workerHeapMebibytes: number;
  readonly logLevel: string;
  /** Exit when standard input ends: for a daemon that belongs to one client. */
  readonly exitWithStdin: boolean;
}

export const DEFAULT_LISTEN = '127.0.0.1:7420';
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

export class ConfigError extends Error {}

interface Setting {
  readonly flag: string;
  readonly fallback: number;
  readonly minimum: number;
  readonly about: string;
}

const MIB = 1 << 20;
const NUMBERS = {
  workers: { flag: 'workers', fallback: Math.max(1, Math.min(8, availableParallelism())), minimum: 1, about: 'threads that run machines' },
  maxMachines: { flag: 'max-machines', fallback: 256, minimum: 1, about: 'machines at one time' },
  maxMachineRamBytes: { flag: 'max-machine-ram-bytes', fallback: 64 * 2 ** 30, minimum: 16 * MIB, about: 'RAM of all machines together' },
  maxArtifactBytes: { flag: 'max-artifact-bytes', fallback: 512 * MIB, minimum: 0, about: 'bytes of all artifacts together' },
  eventLogBytes: { flag: 'event-log-bytes', fallback: 64 * MIB, minimum: 64 * 1024, about: 'event log of each machine' },
  maxMessageBytes: { flag: 'max-message-bytes', fallback: 4 * MIB, minimum: 64 * 1024, about: 'largest request' },
  drainMilliseconds: { flag: 'drain-ms', fallback: 5000, minimum: 0, about: 'how long calls may take to end after SIGTERM' },
  heartbeatMilliseconds: { flag: 'heartbeat-ms', fallback: 20_000, minimum: 50, about: 'silence after which a worker is given up' },
  workerHeapMebibytes: { flag: 'worker-heap-mib', fallback: 1024, minimum: 32, about: 'JavaScript heap of a worker, without machine RAM' },
} as const satisfies Record<string, Setting>;

/** Throws ConfigError unless it is a unix socket or a loopback address: there is no authentication, so nothing else is safe. */
export function checkAddress(address: string): string {
  if (address.startsWith('unix:')) {
    if (address.length <= 'unix:'.length) throw new ConfigError(`--listen ${address}: the path of the socket is missing`);
    return address;
  }
  const match = /^(.*):(\d{1,5})$/.exec(address);
  if (!match || Number(match[2]) > 65_535) throw new ConfigError(`--listen ${address}: must be unix:PATH or HOST:PORT`);
  const host = match[1]!.replace(/^\[(.*)\]$/, '$1');
  if (host === 'localhost' || host === '::1' || /^127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(host)) return address;
  throw new ConfigError(
    `--listen ${address}: refused. uintrd has no authentication, so it listens on unix sockets and loopback addresses only (127.0.0.1, [::1], localhost)`,
  );
}

export function usage(): string {
  const rows = Object.values(NUMBERS).map(({ flag, fallback, about }) => `  --${flag.padEnd(24)} ${about} (${fallback})`);
  return [
    'Usage: uintrd [flags]',
    '',
    `  --${'listen ADDRESS'.padEnd(24)} unix:PATH or a loopback HOST:PORT, may be repeated (${DEFAULT_LISTEN})`,
    ...rows,
    `  --${'log-level'.padEnd(24)} ${LOG_LEVELS.join(', ')} (info)`,
    `  --${'exit-with-stdin'.padEnd(24)} stop when standard input ends`,
    `  --${'help, --version'.padEnd(24)} say so and exit`,
    '',
    'Each flag may come as a variable instead: --max-machines as UINTRD_MAX_MACHINES. UINTRD_LISTEN separates addresses by commas.',
  ].join('\n');
}

export function readConfig(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Config | 'help' | 'version' {
  const variable = (flag: string): string | undefined => environment[`UINTRD_${flag.toUpperCase().replaceAll('-', '_')}`] || undefined;
  let values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  try {
    const options = Object.fromEntries(Object.values(NUMBERS).map(({ flag }) => [flag, { type: 'string' as const }]));
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        ...options,
        listen: { type: 'string', multiple: true },
        'log-level': { type: 'string' },
        'exit-with-stdin': { type: 'boolean' },
        help: { type: 'boolean' },
        version: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
  if (values['help']) return 'help';
  if (values['version']) return 'version';

  const numbers = Object.fromEntries(
    Object.entries(NUMBERS).map(([name, { flag, fallback, minimum }]) => {
      const text = (values[flag] as string | undefined) ?? variable(flag);
      const number = text === undefined ? fallback : /^\d+$/.test(text) ? Number(text) : Number.NaN;
      if (!Number.isSafeInteger(number) || number < minimum)
        throw new ConfigError(`--${flag}: must be an integer of at least ${minimum}, got "${text}"`);
      return [name, number];
    }),
  ) as Record<keyof typeof NUMBERS, number>;

  const logLevel = (values['log-level'] as string | undefined) ?? variable('log-level') ?? 'info';
  if (!LOG_LEVELS.includes(logLevel)) throw new ConfigError(`--log-level: must be one of ${LOG_LEVELS.join(', ')}, got "${logLevel}"`);
  const listen = (values['listen'] as string[] | undefined) ?? variable('listen')?.split(',') ?? [DEFAULT_LISTEN];
  return { ...numbers, listen: listen.map(checkAddress), logLevel, exitWithStdin: values['exit-with-stdin'] === true };
}
