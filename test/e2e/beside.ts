// A program of this host beside itself: natively, and in a machine with the same files. Nothing of it is ours, so equal output is evidence.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants as os, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'vitest';
import { HostLibraries } from '../../clients/cli/pack/host-libraries.ts';
import { type PackedNode, writeTar } from '../../clients/cli/pack/tar-writer.ts';
import type { MachineSpec } from '../../src/machine/machine-spec.ts';
import { finish, newMachine } from '../machine/run-guest.ts';

export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code, or -signal; null if it never ends. */
  readonly status: number | null;
}

export interface Invocation {
  /** In both worlds. */
  readonly program: string;
  /** With argument 0. */
  readonly argv: readonly string[];
  readonly stdin?: string;
  /** Beside PATH=/bin and T, an empty folder to work in. */
  readonly environment?: Readonly<Record<string, string>>;
}

const PATH = '/usr/bin:/bin';

export function natively({ program, argv, stdin = '', environment = {} }: Invocation): Result {
  const folder = mkdtempSync(join(tmpdir(), 'uintrd-native-'));
  try {
    const result = spawnSync(program, argv.slice(1), {
      argv0: argv[0]!,
      input: stdin,
      encoding: 'latin1',
      env: { PATH, T: folder, ...environment },
      cwd: '/',
      timeout: 50_000,
      maxBuffer: 64 << 20,
    });
    if (result.error) throw result.error;
    const status = result.status ?? -os.signals[result.signal!];
    // Its folder has another name there.
    const here = (text: string): string => text.replaceAll(folder, '/tmp/t');
    return { stdout: here(result.stdout), stderr: here(result.stderr), status };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function inMachine(
  { program, argv, stdin = '', environment = {} }: Invocation,
  archive: Uint8Array,
  spec: Partial<MachineSpec> = {},
): Result {
  const machine = newMachine({ abi: 'none', ram_bytes: 512 << 20, ...spec, root: { artifact: 'root', sha256: '', archive } });
  const { pid } = machine.apply('spawn_process', {
    program: { path: program, image: null },
    arguments: argv,
    environment: Object.entries({ PATH, T: '/tmp/t', ...environment }).map(([name, value]) => `${name}=${value}`),
    workingDirectory: '/',
    stdin: new Uint8Array(Buffer.from(stdin, 'latin1')),
    files: [],
    affinity: 0,
  });
  const decode = (text: string): string => Buffer.from(text).toString('latin1');
  const { stdout, stderr, status } = finish(machine, pid, 200e9);
  return { stdout: decode(stdout), stderr: decode(stderr), status };
}

const node = { uid: 0, gid: 0, modified: 0, size: 0, target: '', mode: 0o755, read: async () => {} };
const latin = (path: string): string => Buffer.from(path.slice(1)).toString('latin1');

export function file(path: string, contents: Uint8Array | string, mode = 0o755): PackedNode {
  const bytes = Buffer.from(contents);
  return { ...node, path: latin(path), kind: 'file', mode, size: bytes.length, read: async (into) => into.set(bytes) };
}

export const hostFile = (path: string): PackedNode => file(path, readFileSync(path));
export const directory = (path: string): PackedNode => ({ ...node, path: latin(path), kind: 'directory' });
export const symlink = (path: string, target: string): PackedNode => ({ ...node, path: latin(path), kind: 'symlink', target });

/** An archive of programs of this host with the libraries that they and `needing` need, an empty /tmp/t, and more. */
export function rootOf(
  programs: readonly string[],
  more: readonly PackedNode[] = [],
  needing: readonly string[] = [],
): Promise<Uint8Array> {
  const libraries = new HostLibraries('', 2);
  for (const path of needing) libraries.addNeedsOf(path, path);
  const links: PackedNode[] = [];
  for (const program of programs) {
    const real = libraries.add(program);
    if (real !== program) links.push(symlink(program, real));
  }
  return writeTar([directory('/tmp/t'), ...libraries.nodes, ...links, ...more]);
}

/** The first that PATH has, or undefined. */
export function which(program: string): string | undefined {
  const paths = program.startsWith('/') ? [program] : PATH.split(delimiter).map((folder) => `${folder}/${program}`);
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** True if all are there, programs by name and files by path; says loudly what is skipped otherwise. */
export function have(what: string, ...programs: readonly string[]): boolean {
  const missing = programs.filter((program) => (program.startsWith('/') ? !existsSync(program) : which(program) === undefined));
  if (missing.length === 0) return true;
  console.warn(`SKIPPED: ${what} (not on this machine: ${missing.join(', ')})`);
  test.skip(`${what} need ${missing.join(', ')}`, () => {});
  return false;
}
