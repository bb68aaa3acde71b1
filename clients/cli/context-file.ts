// Named daemons and how to come in, kept in a file of the user's: uintrctl/config.json in XDG_CONFIG_HOME or ~/.config.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { UsageError } from './usage-error.ts';

/** Files of this host, by absolute paths. */
export interface TlsPaths {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface Context {
  readonly endpoint: string;
  /** Whose resources short names are. */
  readonly project?: string;
  /** A secret: the file has mode 0600. */
  readonly token?: string;
  /** Speak TLS. */
  readonly tls?: TlsPaths;
}

export interface ContextFile {
  /** The one that is used where nothing else says which; '' for none. */
  readonly current: string;
  readonly contexts: Readonly<Record<string, Context>>;
}

const EMPTY: ContextFile = { current: '', contexts: {} };
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** The XDG base directory specification has relative paths ignored. */
export function contextPath(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment['XDG_CONFIG_HOME'];
  return join(base && isAbsolute(base) ? base : join(environment['HOME'] || homedir(), '.config'), 'uintrctl', 'config.json');
}

export function readContexts(path = contextPath()): ContextFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return EMPTY;
    throw new UsageError(`cannot read the contexts: ${(error as Error).message}`);
  }
  return parse(text, path);
}

function parse(text: string, path: string): ContextFile {
  const wrong = (what: string): UsageError => new UsageError(`${path}: ${what}; mend it, or remove it and add the contexts again`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(`not JSON: ${(error as Error).message}`);
  }
  const { current, contexts } = (value ?? {}) as { readonly current?: unknown; readonly contexts?: unknown };
  if (typeof contexts !== 'object' || contexts === null || Array.isArray(contexts)) throw wrong('"contexts" is not an object');
  for (const [name, context] of Object.entries(contexts))
    if (typeof (context as Context | null)?.endpoint !== 'string') throw wrong(`context "${name}" has no endpoint`);
  return { current: typeof current === 'string' ? current : '', contexts: contexts as Record<string, Context> };
}

/** Whole or not at all. */
export function writeContexts(file: ContextFile, path = contextPath()): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

export function checkContextName(name: string): string {
  if (!NAME.test(name)) throw new UsageError(`"${name}" is no name for a context: letters, digits, ".", "_" and "-", at most 63`);
  return name;
}

/** unix:PATH or HOST:PORT. */
export function checkEndpoint(flag: string, text: string): string {
  const unix = /^unix:(.+)$/.exec(text);
  const port = /^.*[^:]:(\d+)$/.exec(text) ?? /^\[.*\]:(\d+)$/.exec(text);
  if (!unix && !(port && Number(port[1]) > 0 && Number(port[1]) < 65536))
    throw new UsageError(`${flag}: "${text}" is no address: unix:PATH or HOST:PORT`);
  return text;
}

export function contextNamed(file: ContextFile, flag: string, name: string): Context {
  const context = Object.hasOwn(file.contexts, name) ? file.contexts[name] : undefined;
  if (context) return context;
  const names = Object.keys(file.contexts).join(', ');
  throw new UsageError(
    `${flag}: there is no context "${name}"; ${names === '' ? 'add one with "uintrctl context add"' : `there are: ${names}`}`,
  );
}
