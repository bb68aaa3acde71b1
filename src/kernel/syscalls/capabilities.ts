// capget(2) and capset(2), in the three versions of their structures.

import { CAP } from '../abi/capability.ts';
import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel.ts';
import { isCapable, type Credentials } from '../task/credentials.ts';
import type { Task } from '../task/task.ts';
import type { SyscallArguments, SyscallResult, SyscallRow } from './row.ts';

/** Words of each set, by version. */
const VERSIONS: Readonly<Record<number, number>> = { 0x1998_0330: 1, 0x2007_1026: 2, 0x2008_0522: 2 };
const LATEST = 0x2008_0522;
const WORD = 0xffff_ffffn;

/** How many words a set has. An unknown version is answered with the latest, and EINVAL. */
function wordsOf(task: Task, header: number): number {
  const version = task.mm.user.read32(header);
  if (version === null) return -ERRNO.EFAULT;
  const words = VERSIONS[version];
  if (words !== undefined) return words;
  return task.mm.user.write32(header, LATEST) ? -ERRNO.EINVAL : -ERRNO.EFAULT;
}

function capget(kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const words = wordsOf(task, args.number(0));
  if (words < 0) return args.number(1) === 0 && words === -ERRNO.EINVAL ? 0 : words;
  if (args.number(1) === 0) return 0;
  const pid = task.mm.user.readInt32(args.number(0) + 4);
  if (pid === null) return -ERRNO.EFAULT;
  if (pid < 0) return -ERRNO.EINVAL;
  const credentials = pid === 0 ? task.credentials : credentialsAt(kernel, pid);
  if (!credentials) return -ERRNO.ESRCH;
  const bytes = new Uint8Array(words * 12);
  const view = new DataView(bytes.buffer);
  const sets = [credentials.effective, credentials.permitted, credentials.inheritable];
  for (let i = 0; i < words; i++)
    for (const [at, set] of sets.entries()) view.setUint32(i * 12 + at * 4, Number((set >> BigInt(i * 32)) & WORD), true);
  return task.mm.user.copyOut(args.number(1), bytes) ? 0 : -ERRNO.EFAULT;
}

function credentialsAt(kernel: Kernel, tid: number): Credentials | null {
  return (kernel.pids.tasks.get(tid) ?? kernel.pids.processes.get(tid))?.credentials ?? null;
}

/** Capabilities can be given up; what is gained must be permitted already. */
function capset(_kernel: Kernel, task: Task, args: SyscallArguments): SyscallResult {
  const words = wordsOf(task, args.number(0));
  if (words < 0) return words;
  const pid = task.mm.user.readInt32(args.number(0) + 4);
  if (pid === null) return -ERRNO.EFAULT;
  if (pid !== 0 && pid !== task.tid) return -ERRNO.EPERM;
  const raw = task.mm.user.copyIn(args.number(1), words * 12);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const read = (at: number): bigint => {
    let set = 0n;
    for (let i = 0; i < words; i++) set |= BigInt(view.getUint32(i * 12 + at * 4, true)) << BigInt(i * 32);
    return set;
  };
  const old = task.credentials;
  const known = (set: bigint): bigint => set & ((1n << 41n) - 1n);
  const [effective, permitted, inheritable] = [known(read(0)), known(read(1)), known(read(2))];
  const exceeds = (set: bigint, limit: bigint): boolean => (set & ~limit) !== 0n;
  if (!isCapable(old, CAP.SETPCAP) && exceeds(inheritable, old.inheritable | old.permitted)) return -ERRNO.EPERM;
  if (exceeds(inheritable, old.inheritable | old.bounding)) return -ERRNO.EPERM;
  if (exceeds(permitted, old.permitted) || exceeds(effective, permitted)) return -ERRNO.EPERM;
  task.credentials = { ...old, effective, permitted, inheritable, ambient: old.ambient & permitted & inheritable };
  return 0;
}

export const CAPABILITY_ROWS: readonly SyscallRow[] = [
  { number: 125, name: 'capget', arguments: ['pointer', 'pointer'], handler: capget },
  { number: 126, name: 'capset', arguments: ['pointer', 'pointer'], handler: capset },
];
