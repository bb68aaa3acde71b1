// Flags that give a machine a root file system: an archive, a folder, or just what a dynamically linked program of this host needs.

import { readFile, realpath, stat } from 'node:fs/promises';
import { packFolder } from './pack/folder.ts';
import { HostLibraries } from './pack/host-libraries.ts';
import { packedBytes, writeTar } from './pack/tar-writer.ts';
import type { Command } from 'commander';
import type { UintrClient } from '../ts/client.ts';
import { progressOn } from './progress.ts';
import { UsageError } from './usage-error.ts';

export interface RootOptions {
  readonly root?: string;
  readonly sysroot?: string;
}

export function addRootOptions(command: Command): Command {
  return command
    .option('--root <file>', 'a tar archive (also .tar.gz, .tar.zst) that the machine has as its root file system')
    .option('--sysroot <folder>', 'a folder that the machine has as its root file system');
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** The archive that --root or --sysroot ask for, or null. `ramBytes`: of the machine that is to have it. */
export async function rootArchive(
  connecting: Promise<UintrClient>,
  options: RootOptions,
  ramBytes: number,
  exitCode: number,
): Promise<Uint8Array | null> {
  if (options.root !== undefined && options.sysroot !== undefined)
    throw new UsageError('--root and --sysroot: a machine has one root file system; give one of them', exitCode);
  if (options.root !== undefined) return readArchive(connecting, options.root, exitCode);
  if (options.sysroot !== undefined) return packSysroot(connecting, options.sysroot, ramBytes, exitCode);
  return null;
}

async function readArchive(connecting: Promise<UintrClient>, path: string, exitCode: number): Promise<Uint8Array> {
  const fail = (error: NodeJS.ErrnoException): never => {
    throw new UsageError(`--root: ${error.message}`, exitCode);
  };
  const found = await stat(path).catch(fail);
  if (found.isDirectory()) throw new UsageError(`--root: ${path} is a folder: use --sysroot ${path}, or pack it with tar`, exitCode);
  await checkSize(connecting, '--root', path, found.size, exitCode);
  return readFile(path).catch(fail);
}

/** Artifacts have a common limit; what goes beyond it need not be read first. */
async function checkSize(connecting: Promise<UintrClient>, flag: string, path: string, bytes: number, exitCode: number): Promise<void> {
  const { limits, artifact_bytes } = await (await connecting).lab.GetServerInfo({});
  const left = Number(limits!.artifact_bytes - artifact_bytes);
  if (bytes > left)
    throw new UsageError(
      `${flag}: ${path} takes ${mebibytes(bytes)} MiB, and this daemon has room for ${mebibytes(left)} MiB of artifacts (uintrd --max-artifact-bytes)`,
      exitCode,
    );
}

async function packSysroot(connecting: Promise<UintrClient>, folder: string, ramBytes: number, exitCode: number): Promise<Uint8Array> {
  const progress = progressOn();
  try {
    const path = await realpath(folder).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`--sysroot: ${error.message}`, exitCode);
    });
    if (!(await stat(path)).isDirectory()) throw new UsageError(`--sysroot: ${folder} is no folder: use --root for an archive`, exitCode);
    const { nodes, bytes, skipped } = await packFolder(path, exitCode, (count) => progress.show(`looking at ${folder}: ${count} files`));
    if (bytes > ramBytes / 2)
      throw new UsageError(
        `--sysroot: ${folder} has ${mebibytes(bytes)} MiB in files, which may take half of a machine's RAM: give it more (--ram ${Math.ceil((2.5 * bytes) / 2 ** 20)}M), or name a smaller folder`,
        exitCode,
      );
    await checkSize(connecting, '--sysroot', folder, packedBytes(nodes), exitCode);
    const archive = await writeTar(nodes, (packed) => progress.show(`packing ${folder}: ${packed} of ${nodes.length} files`));
    progress.clear();
    if (skipped.length > 0) {
      const more = skipped.length > 3 ? ` and ${skipped.length - 3} more` : '';
      process.stderr.write(`uintrctl: --sysroot: left out, being sockets or devices: ${skipped.slice(0, 3).join(', ')}${more}\n`);
    }
    return archive;
  } finally {
    progress.clear();
  }
}

/** HOST:GUEST of --file. */
export interface HostFileOption {
  readonly host: string;
  readonly path: string;
}

export interface HostProgram {
  /** Where the first program is in the machine. */
  readonly path: string;
  /** With the programs and all they need. */
  readonly archive: Uint8Array;
}

/** For --libs-from-host: `programs` and what they need; of `files`, which come to the machine otherwise, only what they need. */
export async function packPrograms(
  programs: readonly string[],
  files: readonly HostFileOption[],
  libraryPath: string,
  exitCode: number,
): Promise<HostProgram> {
  const libraries = new HostLibraries(libraryPath, exitCode);
  const paths = programs.map((program) => libraries.add(program));
  for (const { host, path } of files) libraries.addNeedsOf(host, path);
  return { path: paths[0]!, archive: await writeTar(libraries.nodes) };
}
