// setxattr(2), getxattr(2), listxattr(2), removexattr(2): by path, by link, by descriptor, and relative to a directory.

import { ERRNO } from '../abi/errno.ts';
import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW } from '../abi/fcntl.ts';
import { XATTR_ARGS_BYTES, XATTR_CREATE, XATTR_LIST_MAX, XATTR_NAME_MAX, XATTR_REPLACE, XATTR_SIZE_MAX } from '../abi/xattr.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { byteString, bytesOf } from '../vfs/byte-streams.ts';
import { getAttribute, listAttributes, removeAttribute, setAttribute } from '../vfs/extended-attributes.ts';
import type { Dentry } from '../vfs/dentry.ts';
import { identityOf } from '../vfs/permission.ts';
import { putBytes, readPath } from '../vfs/user-memory.ts';
import { entryAt, entryOfDescriptor, fileOf } from './file-arguments.ts';
import type { ArgumentKind, SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

/** Says which file a call is about, from its leading arguments; how many those are. */
interface Subject {
  readonly arguments: readonly ArgumentKind[];
  /** Of the arguments themselves, before anything is looked up. */
  readonly check?: (args: SyscallArguments) => number;
  readonly find: (kernel: Kernel, task: Task, args: SyscallArguments) => Dentry | number;
}

const byPath = (flags: number): Subject => ({
  arguments: ['path'],
  find: (kernel, task, args) => entryAt(kernel, task, AT_FDCWD, args.number(0), { follow: flags === 0 }),
});

const byDescriptor: Subject = {
  arguments: ['fd'],
  find: (_kernel, task, args) => (fileOf(task, args.i32(0)) ? entryOfDescriptor(task, args.i32(0)) : -ERRNO.EBADF),
};

/** (directory, path, flags). An empty path with AT_EMPTY_PATH is the descriptor, which must be open for more than O_PATH. */
const at: Subject = {
  arguments: ['fd', 'path', 'flags'],
  check: (args) => (args.u32(2) & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) ? -ERRNO.EINVAL : 0),
  find: (kernel, task, args) => {
    const flags = args.u32(2);
    const address = args.number(1);
    const isEmpty = (flags & AT_EMPTY_PATH) !== 0 && (address === 0 || readPath(task, address) === '');
    if (isEmpty && args.i32(0) !== AT_FDCWD) return byDescriptor.find(kernel, task, args);
    if (isEmpty) return task.fs.cwd;
    return entryAt(kernel, task, args.i32(0), address, { follow: !(flags & AT_SYMLINK_NOFOLLOW), flags });
  },
};

/** An attribute's name: -ERANGE if empty or too long, -EFAULT. */
function readName(task: Task, address: number): string | number {
  const raw = task.mm.user.copyInString(address, XATTR_NAME_MAX + 1);
  if (raw === null) return -ERRNO.EFAULT;
  return raw === 'too long' || raw.length === 0 ? -ERRNO.ERANGE : byteString(raw);
}

/** Where a value is, how long, and the call's flags: in registers, or in a struct xattr_args. */
interface ValuePlace {
  readonly address: number;
  readonly size: number;
  readonly flags: number;
}

function readPlace(task: Task, address: number, size: number): ValuePlace | number {
  if (size < XATTR_ARGS_BYTES) return -ERRNO.EINVAL;
  if (size > 4096) return -ERRNO.E2BIG;
  const raw = task.mm.user.copyIn(address, size);
  if (!raw) return -ERRNO.EFAULT;
  if (raw.subarray(XATTR_ARGS_BYTES).some((byte) => byte !== 0)) return -ERRNO.E2BIG;
  const view = new DataView(raw.buffer);
  return { address: Number(view.getBigUint64(0, true)), size: view.getUint32(8, true), flags: view.getUint32(12, true) };
}

function set(kernel: Kernel, task: Task, args: SyscallArguments, subject: Subject, nameAddress: number, place: ValuePlace): number {
  const refused = subject.check?.(args) ?? 0;
  if (refused < 0) return refused;
  if (place.flags & ~(XATTR_CREATE | XATTR_REPLACE)) return -ERRNO.EINVAL;
  const name = readName(task, nameAddress);
  if (typeof name === 'number') return name;
  if (place.size > XATTR_SIZE_MAX) return -ERRNO.E2BIG;
  const value = place.size === 0 ? new Uint8Array(0) : task.mm.user.copyIn(place.address, place.size);
  if (!value) return -ERRNO.EFAULT;
  const entry = subject.find(kernel, task, args);
  return typeof entry === 'number' ? entry : setAttribute(kernel, identityOf(task), entry, name, value, place.flags);
}

/** Gives bytes back: their count, which is all that a size of 0 asks for; -ERANGE if they do not fit. */
function answer(task: Task, bytes: Uint8Array, address: number, size: number): number {
  if (size === 0) return bytes.length;
  if (bytes.length > size) return -ERRNO.ERANGE;
  const put = putBytes(task, address, bytes);
  return put < 0 ? put : bytes.length;
}

function get(kernel: Kernel, task: Task, args: SyscallArguments, subject: Subject, nameAddress: number, place: ValuePlace): number {
  const refused = subject.check?.(args) ?? 0;
  if (refused < 0) return refused;
  const name = readName(task, nameAddress);
  if (typeof name === 'number') return name;
  const entry = subject.find(kernel, task, args);
  if (typeof entry === 'number') return entry;
  const value = getAttribute(identityOf(task), entry.inode, name);
  return typeof value === 'number' ? value : answer(task, value, place.address, place.size);
}

function list(kernel: Kernel, task: Task, args: SyscallArguments, subject: Subject, address: number, size: number): number {
  const refused = subject.check?.(args) ?? 0;
  if (refused < 0) return refused;
  const entry = subject.find(kernel, task, args);
  if (typeof entry === 'number') return entry;
  const names = listAttributes(identityOf(task), entry.inode);
  const bytes = bytesOf(names.map((name) => `${name}\0`).join(''));
  return bytes.length > XATTR_LIST_MAX && size >= XATTR_LIST_MAX ? -ERRNO.E2BIG : answer(task, bytes, address, size);
}

function remove(kernel: Kernel, task: Task, args: SyscallArguments, subject: Subject, nameAddress: number): number {
  const refused = subject.check?.(args) ?? 0;
  if (refused < 0) return refused;
  const name = readName(task, nameAddress);
  if (typeof name === 'number') return name;
  const entry = subject.find(kernel, task, args);
  return typeof entry === 'number' ? entry : removeAttribute(kernel, identityOf(task), entry, name);
}

/** The four operations on one kind of subject, whose arguments come first; value, size and flags are in registers. */
function rowsOf(subject: Subject, prefix: string, numbers: readonly [number, number, number, number]): SyscallRow[] {
  const place = (args: SyscallArguments, flags: number): ValuePlace => ({ address: args.number(2), size: args.number(3), flags });
  const first = subject.arguments;
  return [
    {
      number: numbers[0],
      name: `${prefix}setxattr`,
      arguments: [...first, 'path', 'pointer', 'size', 'flags'],
      handler: (k, t, a) => set(k, t, a, subject, a.number(1), place(a, a.u32(4))),
    },
    {
      number: numbers[1],
      name: `${prefix}getxattr`,
      arguments: [...first, 'path', 'pointer', 'size'],
      handler: (k, t, a) => get(k, t, a, subject, a.number(1), place(a, 0)),
    },
    {
      number: numbers[2],
      name: `${prefix}listxattr`,
      arguments: [...first, 'pointer', 'size'],
      handler: (k, t, a) => list(k, t, a, subject, a.number(1), a.number(2)),
    },
    {
      number: numbers[3],
      name: `${prefix}removexattr`,
      arguments: [...first, 'path'],
      handler: (k, t, a) => remove(k, t, a, subject, a.number(1)),
    },
  ];
}

/** Runs `run` with the value's place from a struct xattr_args. */
function withPlace(task: Task, args: SyscallArguments, run: (place: ValuePlace) => SyscallResult): SyscallResult {
  const place = readPlace(task, args.number(4), args.number(5));
  return typeof place === 'number' ? place : run(place);
}

export const extendedAttributeRows: readonly SyscallRow[] = [
  ...rowsOf(byPath(0), '', [188, 191, 194, 197]),
  ...rowsOf(byPath(AT_SYMLINK_NOFOLLOW), 'l', [189, 192, 195, 198]),
  ...rowsOf(byDescriptor, 'f', [190, 193, 196, 199]),
  {
    number: 463,
    name: 'setxattrat',
    arguments: [...at.arguments, 'path', 'pointer', 'size'],
    handler: (k, t, a) => withPlace(t, a, (place) => set(k, t, a, at, a.number(3), place)),
  },
  {
    number: 464,
    name: 'getxattrat',
    arguments: [...at.arguments, 'path', 'pointer', 'size'],
    handler: (k, t, a) => withPlace(t, a, (place) => (place.flags === 0 ? get(k, t, a, at, a.number(3), place) : -ERRNO.EINVAL)),
  },
  {
    number: 465,
    name: 'listxattrat',
    arguments: [...at.arguments, 'pointer', 'size'],
    handler: (k, t, a) => list(k, t, a, at, a.number(3), a.number(4)),
  },
  { number: 466, name: 'removexattrat', arguments: [...at.arguments, 'path'], handler: (k, t, a) => remove(k, t, a, at, a.number(3)) },
];
