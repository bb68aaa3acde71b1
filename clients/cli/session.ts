// Where the daemon is, for one command: what was asked for on the command line, else in the environment, else the current context.

import { startLocalDaemon } from '../ts/local-daemon.ts';
import { checkEndpoint, contextNamed, readContexts } from './context-file.ts';
import { UsageError } from './usage-error.ts';
import type { UintrClient } from '../ts/client.ts';
import type { LocalDaemon } from '../ts/local-daemon.ts';
import type { Format } from './output.ts';

export const DEFAULT_ENDPOINT = '127.0.0.1:7420';

export interface GlobalOptions {
  readonly endpoint?: string;
  readonly context?: string;
  readonly local?: boolean;
  readonly output: Format;
}

export interface Session {
  readonly client: UintrClient;
  readonly format: Format;
  readonly endpoint: string;
  /** The daemon ends with this command. */
  readonly local: boolean;
  /** A sentence for people, for anything thrown. */
  readonly explain: (error: unknown) => string;
  close(): Promise<void>;
}

/** An endpoint, and what said so. */
export interface Target {
  readonly endpoint: string;
  readonly by: string;
}

/**
 * --endpoint or --context; UINTRCTL_ENDPOINT, UINTRD_ENDPOINT; UINTRCTL_CONTEXT; the current context; the default. An environment
 * variable that is empty counts as unset. --local comes before all of them.
 */
export function targetOf(options: Pick<GlobalOptions, 'endpoint' | 'context'>, environment: NodeJS.ProcessEnv = process.env): Target {
  if (options.endpoint !== undefined && options.context !== undefined) throw new UsageError('--endpoint and --context: give one of them');
  if (options.endpoint !== undefined) return { endpoint: checkEndpoint('--endpoint', options.endpoint), by: '--endpoint' };
  if (options.context !== undefined)
    return { endpoint: contextNamed(readContexts(), '--context', options.context).endpoint, by: `context ${options.context}` };
  for (const name of ['UINTRCTL_ENDPOINT', 'UINTRD_ENDPOINT'] as const) {
    const endpoint = environment[name];
    if (endpoint) return { endpoint: checkEndpoint(name, endpoint), by: name };
  }
  const named = environment['UINTRCTL_CONTEXT'];
  const file = readContexts();
  if (named) return { endpoint: contextNamed(file, 'UINTRCTL_CONTEXT', named).endpoint, by: `UINTRCTL_CONTEXT ${named}` };
  if (file.current !== '')
    return { endpoint: contextNamed(file, 'current context', file.current).endpoint, by: `current context ${file.current}` };
  return { endpoint: DEFAULT_ENDPOINT, by: 'default' };
}

export async function openSession(options: GlobalOptions, explain: (error: unknown, target: Target) => string): Promise<Session> {
  if (options.local && (options.endpoint !== undefined || options.context !== undefined))
    throw new UsageError(`--local starts a daemon of its own: leave out --${options.endpoint === undefined ? 'context' : 'endpoint'}`);
  const asked = options.local ? undefined : targetOf(options);
  // The library is loaded while the daemon starts.
  const starting: Promise<LocalDaemon | undefined> = options.local ? startLocalDaemon() : Promise.resolve(undefined);
  const [daemon, { connect }] = await Promise.all([starting, import('../ts/client.ts')]);
  const target = asked ?? { endpoint: daemon!.endpoint, by: '--local' };
  const client = connect(target.endpoint);
  return {
    client,
    format: options.output,
    endpoint: target.endpoint,
    local: daemon !== undefined,
    explain: (error) => explain(error, target),
    async close() {
      client.close();
      await daemon?.stop();
    },
  };
}
