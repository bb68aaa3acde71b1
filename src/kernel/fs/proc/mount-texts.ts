// What is mounted, in the three forms of /proc/PID (proc(5)): mounts, mountinfo, mountstats.

import { deviceMajor, deviceMinor } from '../../abi/stat.ts';
import type { Kernel } from '../../kernel.ts';
import { fullPath } from '../../vfs/dentry.ts';
import type { FileSystem, Mount } from '../../vfs/mount.ts';

/** The root's parent: a mount that nobody sees. */
const HIDDEN_MOUNT_ID = 1;
/** Options that belong to a mount point; the others are the file system's own. */
const MOUNT_OPTIONS = new Set(['rw', 'ro', 'nosuid', 'nodev', 'noexec', 'relatime', 'noatime']);

export function mountId(kernel: Kernel, fileSystem: FileSystem): number {
  return kernel.vfs.mounts.idOf(fileSystem);
}

function place(mount: Mount): string {
  return mount.at ? fullPath(mount.at) : '/';
}

/** As a process with root directory "/" sees them. */
export function mounts(kernel: Kernel): string {
  return kernel.vfs.mounts.mounts
    .map((mount) => `${mount.source} ${place(mount)} ${mount.fileSystem.type} ${mount.options} 0 0\n`)
    .join('');
}

export function mountinfo(kernel: Kernel): string {
  return kernel.vfs.mounts.mounts
    .map((mount) => {
      const { fileSystem, at, source } = mount;
      const parent = at ? mountId(kernel, at.inode.fileSystem) : HIDDEN_MOUNT_ID;
      const options = mount.options.split(',');
      const own = options.filter((option) => MOUNT_OPTIONS.has(option)).join(',');
      const others = ['rw', ...options.filter((option) => !MOUNT_OPTIONS.has(option))].join(',');
      const device = `${deviceMajor(fileSystem.device)}:${deviceMinor(fileSystem.device)}`;
      return `${mountId(kernel, fileSystem)} ${parent} ${device} / ${place(mount)} ${own} - ${fileSystem.type} ${source} ${others}\n`;
    })
    .join('');
}

export function mountstats(kernel: Kernel): string {
  return kernel.vfs.mounts.mounts
    .map((mount) => `device ${mount.source} mounted on ${place(mount)} with fstype ${mount.fileSystem.type}\n`)
    .join('');
}

/** Types that exist, mounted or not. */
const WITHOUT_MOUNT = ['pipefs', 'sockfs', 'anon_inodefs'];

export function filesystems(kernel: Kernel): string {
  const types = new Set([...kernel.vfs.mounts.mounts.map(({ fileSystem }) => fileSystem.type), ...WITHOUT_MOUNT]);
  return [...types].map((type) => `nodev\t${type}\n`).join('');
}
