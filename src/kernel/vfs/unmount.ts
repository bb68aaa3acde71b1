// What keeps a file system from being unmounted, and what becomes of one that is.

import { TmpfsDirectory } from '../fs/tmpfs-directory.ts';
import { InotifyFile } from '../ipc/inotify-file.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { Inode } from './inode.ts';
import { FIRST_LATER_DEVICE, type FileSystem, MOUNT_BYTES, type Mount } from './mount.ts';

/** Some task has a file of it open or mapped, or stands in it. */
export function isBusy(kernel: Kernel, fileSystem: FileSystem): boolean {
  return [...kernel.pids.tasks.values()].some((task) => uses(task, fileSystem));
}

function uses(task: Task, fileSystem: FileSystem): boolean {
  if (task.fs.cwd.inode.fileSystem === fileSystem || task.fs.root.inode.fileSystem === fileSystem) return true;
  if (task.files.list().some((fd) => task.files.get(fd)?.inode?.fileSystem === fileSystem)) return true;
  return task.mm.vmas.from(0).some(({ source }) => source instanceof Inode && source.fileSystem === fileSystem);
}

/** Takes a mount, and those within it, out of the tree. What is still in use goes on; a tmpfs that is not is freed. */
export function unmount(kernel: Kernel, mount: Mount): void {
  for (const inner of kernel.vfs.mounts.within(mount)) unmount(kernel, inner);
  const { fileSystem } = mount;
  const inUse = isBusy(kernel, fileSystem);
  tellWatches(kernel, fileSystem);
  kernel.vfs.mounts.remove(mount);
  if (fileSystem.device >= FIRST_LATER_DEVICE) kernel.memory.release(MOUNT_BYTES);
  if (!inUse && fileSystem.root.inode instanceof TmpfsDirectory) fileSystem.root.inode.dissolve();
}

function tellWatches(kernel: Kernel, fileSystem: FileSystem): void {
  const seen = new Set<InotifyFile>();
  for (const task of kernel.pids.tasks.values())
    for (const fd of task.files.list()) {
      const file = task.files.get(fd);
      if (file instanceof InotifyFile) seen.add(file);
    }
  for (const file of seen) for (const watch of [...file.watches.values()]) if (watch.inode.fileSystem === fileSystem) file.unmounted(watch);
}
