// The files of this host that a dynamically linked program needs to start: its interpreter and, found as ld.so(8) finds them, the
// libraries it is linked to. ld.so.cache is not read: it holds what /etc/ld.so.conf and the standard directories say. What a program
// opens later by dlopen(3) cannot be known.

import { readFileSync, realpathSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { UsageError } from '../usage-error.ts';
import { type DynamicObject, readDynamic } from './elf-dynamic.ts';
import type { PackedNode } from './tar-writer.ts';

const STANDARD = ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib64', '/usr/lib64', '/lib', '/usr/lib'];
/** Of musl, which brings the C library in its interpreter. */
const MUSL = {
  interpreter: /\/ld-musl-[^/]*$/,
  own: /^lib(c|pthread|rt|m|dl|util|xnet)\.so$|^libc\.musl-x86_64\.so\.1$/,
  standard: ['/lib', '/usr/local/lib', '/usr/lib'],
};
const MOST_SCRIPTS = 5;
/** glibc opens it when a thread is cancelled or exits. */
const UNWINDER = 'libgcc_s.so.1';

interface Loaded {
  /** On this host, and in the machine. */
  readonly path: string;
  readonly place: string;
  readonly object: DynamicObject;
  /** By whom it was needed. */
  readonly loader: Loaded | null;
}

export class HostLibraries {
  /** Path in the machine -> file of this host. */
  private readonly files = new Map<string, string>();
  private readonly configured = configuredDirectories('/etc/ld.so.conf', 0);
  private readonly libraryPath: readonly string[];
  private readonly exitCode: number;

  /** `libraryPath`: LD_LIBRARY_PATH of the program, or "". */
  constructor(libraryPath: string, exitCode: number) {
    this.libraryPath = libraryPath.split(/[:;]/).filter((path) => path !== '');
    this.exitCode = exitCode;
  }

  /** A program and what it needs. Returns where it is in the machine: as a rule, where it is on this host. */
  add(program: string): string {
    let path = realpathSync(program);
    // Below /dev the machine has files of its own alone.
    const place = /^\/(dev|proc|sys)\//.test(path) ? `/bin/${basename(path)}` : path;
    this.files.set(place, path);
    for (let depth = 0; depth < MOST_SCRIPTS; depth++) {
      const interpreter = scriptInterpreter(path);
      if (interpreter === null) {
        this.addNeedsOf(path, depth === 0 ? place : path);
        break;
      }
      path = resolve('/', interpreter);
      if (!isFile(path))
        throw new UsageError(`--libs-from-host: ${program}: there is no script interpreter ${interpreter} on this host`, this.exitCode);
      this.files.set(path, realpathSync(path));
    }
    return place;
  }

  /** What a file needs that comes to `place` in the machine otherwise. */
  addNeedsOf(file: string, place: string): void {
    const object = isFile(file) ? readDynamic(readFileSync(file)) : null;
    if (object) this.load({ path: realpathSync(file), place, object, loader: null });
  }

  /** In the order of paths; a file that is needed at two is linked. */
  get nodes(): PackedNode[] {
    const first = new Map<string, string>();
    return [...this.files]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([path, file]) => {
        const found = statSync(file);
        const bytes = (text: string): string => Buffer.from(text.slice(1)).toString('latin1');
        const node = {
          path: bytes(path),
          mode: found.mode & 0o777,
          uid: 0,
          gid: 0,
          modified: Math.floor(found.mtimeMs / 1000),
          size: 0,
          target: '',
          read: async () => {},
        };
        const linked = first.get(file);
        if (linked !== undefined) return { ...node, kind: 'hardlink' as const, target: linked };
        first.set(file, node.path);
        const contents = readFileSync(file);
        return { ...node, kind: 'file' as const, size: contents.length, read: async (into: Uint8Array) => into.set(contents) };
      });
  }

  /** Breadth first, as the dynamic linker loads. */
  private load(program: Loaded): void {
    const { interpreter } = program.object;
    const isMusl = MUSL.interpreter.test(interpreter);
    if (interpreter !== '') {
      if (!isFile(interpreter))
        throw new UsageError(
          `--libs-from-host: ${program.path}: its interpreter ${interpreter} is not on this host: link with -static`,
          this.exitCode,
        );
      this.files.set(interpreter, realpathSync(interpreter));
    }
    const seen = new Set<string>();
    const queue = [program];
    for (let loaded = queue.shift(); loaded; loaded = queue.shift())
      for (const name of [...loaded.object.needed, ...(loaded.object.needed.includes('libc.so.6') ? [UNWINDER] : [])]) {
        if (seen.has(name) || (isMusl && MUSL.own.test(name)) || interpreter.endsWith(`/${name}`)) continue;
        seen.add(name);
        const found = this.find(name, loaded, isMusl);
        if (found) queue.push(found);
        else if (name !== UNWINDER)
          throw new UsageError(
            `--libs-from-host: ${loaded.path} needs ${name}, which is not on this host: name its folder by --env LD_LIBRARY_PATH=FOLDER`,
            this.exitCode,
          );
      }
  }

  private find(name: string, loader: Loaded, isMusl: boolean): Loaded | null {
    if (name.includes('/')) return this.take(expand(name, loader), loader);
    const rpath: Place[] = [];
    if (loader.object.runpath.length === 0)
      for (let at: Loaded | null = loader; at; at = at.loader) rpath.push(...at.object.rpath.map((path) => expand(path, at!)));
    const asked = [...rpath, ...this.libraryPath.map(same), ...loader.object.runpath.map((path) => expand(path, loader))];
    const standard = (isMusl ? MUSL.standard : STANDARD).map(same);
    const configured = isMusl ? [] : this.configured.map(same);
    for (const directory of [...asked, ...configured, ...standard]) {
      const found = this.take({ host: `${directory.host}/${name}`, machine: `${directory.machine}/${name}` }, loader);
      if (!found) continue;
      // The machine has no ld.so.conf and no cache.
      if (configured.includes(directory) && !STANDARD.includes(directory.host))
        this.files.set(`/usr/lib/${name}`, realpathSync(found.path));
      return found;
    }
    return null;
  }

  private take({ host, machine }: Place, loader: Loaded): Loaded | null {
    const path = resolve('/', host);
    const place = resolve('/', machine);
    const object = isFile(path) ? readDynamic(readFileSync(path)) : null;
    if (!object) return null;
    this.files.set(place, realpathSync(path));
    return { path, place, object, loader };
  }
}

/** Where something is on this host, and where it goes in the machine. */
interface Place {
  readonly host: string;
  readonly machine: string;
}

const same = (path: string): Place => ({ host: path, machine: path });

/** $ORIGIN, $LIB and $PLATFORM, as ld.so(8) says. */
function expand(text: string, { path, place }: Loaded): Place {
  const from = (origin: string): string => {
    const values: Readonly<Record<string, string>> = { ORIGIN: origin, LIB: 'lib/x86_64-linux-gnu', PLATFORM: 'x86_64' };
    return text.replace(
      /\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM))/g,
      (_, braced: string, bare: string) => values[braced ?? bare]!,
    );
  };
  return { host: from(dirname(path)), machine: from(dirname(place)) };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Of a file that begins with "#!", else null. */
function scriptInterpreter(path: string): string | null {
  const line = readFileSync(path).toString('latin1', 0, 256).split('\n', 1)[0]!;
  const interpreter = /^#![ \t]*([^ \t]+)/.exec(line)?.[1];
  return interpreter ?? null;
}

/** Directories that a file like /etc/ld.so.conf names, and those it includes. */
function configuredDirectories(file: string, depth: number): string[] {
  if (depth > 4 || !isFile(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .flatMap((line) => {
      const pattern = /^include\s+(.+)$/.exec(line)?.[1];
      if (pattern === undefined) return line.startsWith('/') ? [line] : [];
      return included(resolve('/etc', pattern)).flatMap((found) => configuredDirectories(found, depth + 1));
    });
}

/** Files that a pattern with "*" in its last part names. */
function included(pattern: string): string[] {
  const directory = dirname(pattern);
  const parts = pattern
    .slice(directory.length + 1)
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return [];
  const expression = new RegExp(`^${parts.join('.*')}$`);
  return readdirSync(directory)
    .filter((name) => expression.test(name))
    .sort()
    .map((name) => `${directory}/${name}`);
}
