// Everything the machine has of files: mounted trees, file systems without a tree, and the console.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import type { StorageModel } from '../../machine/cost/storage.ts';
import { BlockDevice } from '../block/block-device.ts';
import type { KernelHardware } from '../hardware.ts';
import { Console } from '../fs/console.ts';
import { DEVPTS_OPTIONS, DevptsFileSystem } from '../fs/devpts.ts';
import { buildDevices, buildRoot, topDirectory } from '../fs/initial-tree.ts';
import { ProcFileSystem } from '../fs/proc/proc-file-system.ts';
import { SysFileSystem } from '../fs/sysfs.ts';
import { type FilePages, Tmpfs } from '../fs/tmpfs.ts';
import { MqueueFileSystem } from '../ipc/mqueue/mqueue-file-system.ts';
import { Terminals } from '../tty/terminals.ts';
import { AnonymousFileSystem } from './anonymous.ts';
import { FsContext } from './fs-context.ts';
import { InotifyUsers } from './inotify-users.ts';
import { FIRST_LATER_DEVICE, MountTable } from './mount.ts';
import type { OpenFiles } from './fd-table.ts';
import { PipeBuffers } from '../ipc/pipe-buffers.ts';
import type { Dentry } from './dentry.ts';

const PIPEFS_MAGIC = 0x50495045;
const SOCKFS_MAGIC = 0x534f434b;
const ANON_INODE_MAGIC = 0x09041934;
/** "disk" numbers of anonymous file systems, in the order of their making. */
const DEVICE = {
  pipes: 12,
  sockets: 8,
  objects: 14,
  memory: 1,
  root: 20,
  dev: 21,
  proc: 22,
  shm: 23,
  pts: 24,
  sys: 26,
  queues: 25,
} as const;

/** Linux's default for fs.file-max: a tenth of RAM in units of 1 KiB, as if each took that much. */
const BYTES_PER_OPEN_FILE = 10_240;
const FEWEST_OPEN_FILES = 8192;

export class Vfs {
  readonly mounts = new MountTable();
  readonly pipes = new AnonymousFileSystem('pipefs', DEVICE.pipes, PIPEFS_MAGIC);
  readonly sockets = new AnonymousFileSystem('sockfs', DEVICE.sockets, SOCKFS_MAGIC);
  readonly objects = new AnonymousFileSystem('anon_inodefs', DEVICE.objects, ANON_INODE_MAGIC);
  /** Pages of all file contents, against the machine's limit. */
  readonly filePages: FilePages;
  /** Holds memfds. */
  readonly memory: Tmpfs;
  /** POSIX message queues. */
  readonly queues: MqueueFileSystem;
  /** Where /dev/console writes. */
  readonly console = new Console(null, false);
  readonly terminals: Terminals;
  readonly inotify = new InotifyUsers();
  readonly pipeBuffers: PipeBuffers;
  /** Descriptors of all processes (fs.file-max). */
  readonly openFiles: OpenFiles;
  /** The block device below the root file system; null: its files are in RAM and nowhere else. */
  readonly store: BlockDevice | null;

  private nextDevice = FIRST_LATER_DEVICE;

  constructor(hardware: KernelHardware, hostname: string, fileBytes: number, storage: StorageModel | null) {
    const now = hardware.epochNanoseconds;
    const { physical } = hardware;
    this.pipeBuffers = new PipeBuffers(physical.frameCount);
    this.openFiles = { count: 0, limit: Math.max(FEWEST_OPEN_FILES, Math.floor(physical.ramBytes / BYTES_PER_OPEN_FILE)) };
    this.filePages = { pages: 0, limit: Math.floor(fileBytes / PAGE_SIZE) };
    this.memory = new Tmpfs(physical, this.filePages, DEVICE.memory, now, 0o777, physical.frameCount);
    this.store = storage && new BlockDevice(storage, hardware.hertz, Math.min(fileBytes, physical.ramBytes));
    const root = new Tmpfs(physical, this.filePages, DEVICE.root, now, 0o755, undefined, 'tmpfs', this.store);
    this.mounts.mount('tmpfs', root, null);
    buildRoot(root, hostname, now);
    const devices = new Tmpfs(physical, this.filePages, DEVICE.dev, now, 0o755, undefined, 'devtmpfs');
    const { shm, pts, mqueue } = buildDevices(devices, now);
    this.mounts.mount('devtmpfs', devices, topDirectory(root, '/dev', now), 'rw,nosuid,relatime');
    this.mounts.mount('proc', new ProcFileSystem(DEVICE.proc, now), topDirectory(root, '/proc', now), 'rw,nosuid,nodev,noexec,relatime');
    this.mounts.mount('tmpfs', new Tmpfs(physical, this.filePages, DEVICE.shm, now, 0o1777), shm, 'rw,nosuid,nodev');
    this.mounts.mount('sysfs', new SysFileSystem(DEVICE.sys, now), topDirectory(root, '/sys', now), 'rw,nosuid,nodev,noexec,relatime');
    const devpts = new DevptsFileSystem(DEVICE.pts, now);
    this.mounts.mount('devpts', devpts, pts, DEVPTS_OPTIONS);
    this.queues = new MqueueFileSystem(DEVICE.queues, now);
    this.mounts.mount('mqueue', this.queues, mqueue, 'rw,nosuid,nodev,noexec,relatime');
    this.terminals = new Terminals(devpts, this.console);
  }

  /** A number for a file system that is mounted later on. */
  newDevice(): number {
    return this.nextDevice++;
  }

  /** Pages that hold file contents. */
  get cachedPages(): number {
    return this.filePages.pages;
  }

  get root(): Dentry {
    return this.mounts.root;
  }

  /** Root and working directory "/" for a new process. */
  newContext(): FsContext {
    return new FsContext(this.root, this.root);
  }
}
