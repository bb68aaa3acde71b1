// What a machine's file system holds before anything is put into it: the directories of the FHS, the files libc reads, device nodes.

import { makeDevice } from '../abi/stat.ts';
import type { Dentry } from '../vfs/dentry.ts';
import type { Tmpfs } from './tmpfs.ts';
import { PROTOCOLS, SERVICES } from './network-names.ts';
import { TreeBuilder } from './tree-builder.ts';

const DIRECTORIES: readonly (readonly [path: string, mode: number])[] = [
  ['/bin', 0o755],
  ['/sbin', 0o755],
  ['/lib', 0o755],
  ['/lib64', 0o755],
  ['/usr', 0o755],
  ['/usr/bin', 0o755],
  ['/usr/sbin', 0o755],
  ['/usr/lib', 0o755],
  ['/usr/local', 0o755],
  ['/usr/local/bin', 0o755],
  ['/usr/share', 0o755],
  ['/dev', 0o755],
  ['/etc', 0o755],
  ['/home', 0o755],
  ['/mnt', 0o755],
  ['/opt', 0o755],
  ['/proc', 0o555],
  ['/root', 0o700],
  ['/run', 0o755],
  ['/srv', 0o755],
  ['/sys', 0o555],
  ['/tmp', 0o1777],
  ['/var', 0o755],
  ['/var/lib', 0o755],
  ['/var/log', 0o755],
  ['/var/tmp', 0o1777],
];

const FILES: readonly (readonly [path: string, text: string])[] = [
  ['/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n'],
  ['/etc/group', 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n'],
  ['/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files\n'],
  ['/etc/resolv.conf', ''],
  ['/etc/os-release', 'NAME="uintrd"\nID=uintrd\nPRETTY_NAME="uintrd emulated machine"\n'],
  ['/etc/shells', '/bin/sh\n'],
];

const SYMLINKS: readonly (readonly [path: string, target: string])[] = [
  ['/etc/mtab', '../proc/self/mounts'],
  ['/var/run', '../run'],
];

/** Numbers as in Documentation/admin-guide/devices.txt. */
const DEVICES: readonly (readonly [path: string, major: number, minor: number, mode: number])[] = [
  ['/null', 1, 3, 0o666],
  ['/zero', 1, 5, 0o666],
  ['/full', 1, 7, 0o666],
  ['/random', 1, 8, 0o666],
  ['/urandom', 1, 9, 0o666],
  ['/tty', 5, 0, 0o666],
  ['/console', 5, 1, 0o600],
  ['/ptmx', 5, 2, 0o666],
];

const DEVICE_SYMLINKS: readonly (readonly [path: string, target: string])[] = [
  ['/fd', '/proc/self/fd'],
  ['/stdin', '/proc/self/fd/0'],
  ['/stdout', '/proc/self/fd/1'],
  ['/stderr', '/proc/self/fd/2'],
];

/** Fills the root file system. */
export function buildRoot(root: Tmpfs, hostname: string, now: bigint): void {
  const builder = new TreeBuilder(root, now);
  for (const [path, mode] of DIRECTORIES) builder.directory(path, mode);
  for (const [path, text] of FILES) builder.file(path, text);
  for (const [path, target] of SYMLINKS) builder.symlink(path, target);
  builder.file('/etc/hostname', `${hostname}\n`);
  builder.file('/etc/hosts', `127.0.0.1\tlocalhost\n127.0.1.1\t${hostname}\n::1\tlocalhost ip6-localhost ip6-loopback\n`);
  builder.file('/etc/protocols', PROTOCOLS);
  builder.file('/etc/services', SERVICES);
}

/** Directories of /dev where other file systems are mounted. */
interface DeviceDirectories {
  readonly shm: Dentry;
  readonly pts: Dentry;
  readonly mqueue: Dentry;
}

/** Fills /dev. */
export function buildDevices(devices: Tmpfs, now: bigint): DeviceDirectories {
  const builder = new TreeBuilder(devices, now);
  for (const [path, major, minor, mode] of DEVICES) builder.device(path, makeDevice(major, minor), mode);
  for (const [path, target] of DEVICE_SYMLINKS) builder.symlink(path, target);
  return { shm: builder.directory('/shm', 0o1777), pts: builder.directory('/pts', 0o755), mqueue: builder.directory('/mqueue', 0o1777) };
}

/** The entry of a top-level directory of the initial tree. */
export function topDirectory(root: Tmpfs, path: string, now: bigint): Dentry {
  return new TreeBuilder(root, now).find(path);
}
