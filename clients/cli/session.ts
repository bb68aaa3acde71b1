// Where the daemon is, for one command: what was asked for on the command line, else in the environment, else the current context.

import { readFileSync } from 'node:fs';
import { startLocalDaemon } from '../ts/local-daemon.ts';
import { checkEndpoint, contextNamed, readContexts } from './context-file.ts';
import { projectName, useProject } from './names.ts';
import { UsageError } from './usage-error.ts';
import type { Access, UintrClient } from '../ts/client.ts';
import type { LocalDaemon } from '../ts/local-daemon.ts';
import type { Context, TlsPaths } from './context-file.ts';
import type { Format } from './output.ts';

export const DEFAULT_ENDPOINT = '127.0.0.1:7420';

export interface GlobalOptions {
  readonly endpoint?: string;
  readonly context?: string;
  readonly local?: boolean;
  readonly project?: string;
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
export interface Target extends Context {
  readonly by: string;
}

/**
 * --endpoint or --context; UINTRCTL_ENDPOINT, UINTRD_ENDPOINT; UINTRCTL_CONTEXT; the current context; the default. An environment
 * variable that is empty counts as unset. --local comes before all of them. A token belongs to what names the daemon: a context's own, else
 * UINTRCTL_TOKEN, which is never sent to the daemon of a context that has one.
 */
export function targetOf(
  options: Pick<GlobalOptions, 'endpoint' | 'context' | 'project'>,
  environment: NodeJS.ProcessEnv = process.env,
): Target {
  const target = daemonOf(options, environment);
  const project = options.project ?? (environment['UINTRCTL_PROJECT'] || target.project);
  const token = target.token ?? (environment['UINTRCTL_TOKEN'] || undefined);
  const ca = environment['UINTRCTL_CA'];
  return {
    ...target,
    ...(project === undefined ? {} : { project }),
    ...(token === undefined ? {} : { token }),
    ...(ca && !target.tls ? { tls: { ca } } : {}),
  };
}

function daemonOf(options: Pick<GlobalOptions, 'endpoint' | 'context'>, environment: NodeJS.ProcessEnv): Target {
  if (options.endpoint !== undefined && options.context !== undefined) throw new UsageError('--endpoint and --context: give one of them');
  if (options.endpoint !== undefined) return { endpoint: checkEndpoint('--endpoint', options.endpoint), by: '--endpoint' };
  if (options.context !== undefined)
    return { ...contextNamed(readContexts(), '--context', options.context), by: `context ${options.context}` };
  for (const name of ['UINTRCTL_ENDPOINT', 'UINTRD_ENDPOINT'] as const) {
    const endpoint = environment[name];
    if (endpoint) return { endpoint: checkEndpoint(name, endpoint), by: name };
  }
  const named = environment['UINTRCTL_CONTEXT'];
  const file = readContexts();
  if (named) return { ...contextNamed(file, 'UINTRCTL_CONTEXT', named), by: `UINTRCTL_CONTEXT ${named}` };
  if (file.current !== '') return { ...contextNamed(file, 'current context', file.current), by: `current context ${file.current}` };
  return { endpoint: DEFAULT_ENDPOINT, by: 'default' };
}

/** What a connection to a context needs. Throws UsageError if a file cannot be read. */
export function accessOf({ token, tls, project }: Omit<Context, 'endpoint'>): Access {
  return {
    ...(token === undefined ? {} : { token }),
    ...(project === undefined ? {} : { project: projectName(project) }),
    ...(tls ? { tls: readTls(tls) } : {}),
  };
}

function readTls(paths: TlsPaths): NonNullable<Access['tls']> {
  const read = ([what, path]: [string, string]): [string, Buffer] => {
    try {
      return [what, readFileSync(path)];
    } catch (error) {
      throw new UsageError(`TLS ${what}: ${(error as Error).message}`);
    }
  };
  return Object.fromEntries(Object.entries(paths).map(read));
}

export async function openSession(options: GlobalOptions, explain: (error: unknown, target: Target) => string): Promise<Session> {
  if (options.local && (options.endpoint !== undefined || options.context !== undefined))
    throw new UsageError(`--local starts a daemon of its own: leave out --${options.endpoint === undefined ? 'context' : 'endpoint'}`);
  const asked = options.local ? undefined : targetOf(options);
  // The library is loaded while the daemon starts.
  const starting: Promise<LocalDaemon | undefined> = options.local ? startLocalDaemon() : Promise.resolve(undefined);
  const [daemon, { connect }] = await Promise.all([starting, import('../ts/client.ts')]);
  const target: Target = asked ?? {
    endpoint: daemon!.endpoint,
    by: '--local',
    ...(options.project === undefined ? {} : { project: options.project }),
  };
  const client = connect(target.endpoint, accessOf(target));
  useProject(client.project);
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
