// System calls that exist in Linux (x86-64, up to 6.18) and not here, each with its reason. Most answer ENOSYS; some what a kernel
// without the feature, or without the privilege, would.

import { ERRNO } from '../abi/errno.ts';
import type { SyscallRow } from './row.ts';

interface Absence {
  readonly reason: string;
  readonly error?: number;
  readonly calls: Readonly<Record<number, string>>;
}

const ABSENT: readonly Absence[] = [
  {
    reason: 'one machine holds one set of namespaces',
    error: ERRNO.EPERM,
    calls: { 155: 'pivot_root' },
  },
  {
    reason: 'tracing another process is not modelled',
    error: ERRNO.EPERM,
    calls: { 101: 'ptrace' },
  },
  {
    reason: 'there is no keyring',
    calls: { 248: 'add_key', 249: 'request_key', 250: 'keyctl' },
  },
  {
    reason: 'mount(2) and umount2(2) are what there is to change the tree with',
    error: ERRNO.EPERM,
    calls: {
      428: 'open_tree',
      429: 'move_mount',
      430: 'fsopen',
      431: 'fsconfig',
      432: 'fsmount',
      433: 'fspick',
      442: 'mount_setattr',
      457: 'statmount',
      458: 'listmount',
      467: 'open_tree_attr',
    },
  },
  {
    reason: 'there is no swap',
    error: ERRNO.EPERM,
    calls: { 167: 'swapon', 168: 'swapoff' },
  },
  {
    reason: 'there are no modules and no second kernel',
    error: ERRNO.EPERM,
    calls: {
      174: 'create_module',
      175: 'init_module',
      176: 'delete_module',
      177: 'get_kernel_syms',
      178: 'query_module',
      246: 'kexec_load',
      313: 'finit_module',
      320: 'kexec_file_load',
    },
  },
  {
    reason: 'the machine is started and stopped from outside',
    error: ERRNO.EPERM,
    calls: { 163: 'acct', 169: 'reboot' },
  },
  {
    reason: 'removed from Linux long ago',
    calls: {
      134: 'uselib',
      136: 'ustat',
      139: 'sysfs',
      156: '_sysctl',
      180: 'nfsservctl',
      181: 'getpmsg',
      182: 'putpmsg',
      183: 'afs_syscall',
      184: 'tuxcall',
      185: 'security',
      205: 'set_thread_area',
      211: 'get_thread_area',
      212: 'lookup_dcookie',
      214: 'epoll_ctl_old',
      215: 'epoll_wait_old',
      236: 'vserver',
    },
  },
  {
    reason: '16-bit and 32-bit code is not executed',
    calls: { 154: 'modify_ldt' },
  },
  {
    reason: 'user code has no I/O ports',
    error: ERRNO.EPERM,
    calls: { 172: 'iopl', 173: 'ioperm' },
  },
  {
    reason: 'there is one memory node',
    calls: {
      237: 'mbind',
      238: 'set_mempolicy',
      239: 'get_mempolicy',
      256: 'migrate_pages',
      279: 'move_pages',
      450: 'set_mempolicy_home_node',
    },
  },
  {
    reason: 'disk quotas are not modelled',
    calls: { 179: 'quotactl', 443: 'quotactl_fd' },
  },
  {
    reason: 'performance counters are not modelled: virtual time is exact',
    calls: { 298: 'perf_event_open' },
  },
  {
    reason: 'replaced by io_uring',
    calls: { 206: 'io_setup', 207: 'io_destroy', 208: 'io_getevents', 209: 'io_submit', 210: 'io_cancel', 333: 'io_pgetevents' },
  },
  {
    reason: 'fanotify hands out descriptors and waits for permission; inotify is what there is',
    calls: {
      300: 'fanotify_init',
      301: 'fanotify_mark',
    },
  },
  {
    reason: 'BPF is not modelled',
    error: ERRNO.EPERM,
    calls: { 321: 'bpf' },
  },
  {
    reason: 'system-call filters are not modelled',
    calls: {
      317: 'seccomp',
      444: 'landlock_create_ruleset',
      445: 'landlock_add_rule',
      446: 'landlock_restrict_self',
      459: 'lsm_get_self_attr',
      460: 'lsm_set_self_attr',
      461: 'lsm_list_modules',
    },
  },
  {
    reason: 'page faults are not handed to user code',
    error: ERRNO.EPERM,
    calls: { 323: 'userfaultfd' },
  },
  {
    reason: 'protection keys are not in the processor',
    calls: { 329: 'pkey_mprotect', 330: 'pkey_alloc', 331: 'pkey_free' },
  },
  {
    reason: 'shadow stacks are not in the processor',
    error: ERRNO.EOPNOTSUPP,
    calls: { 453: 'map_shadow_stack' },
  },
  {
    reason: 'user programs are not probed: what a breakpoint shows, control of the machine shows',
    calls: { 335: 'uretprobe', 336: 'uprobe' },
  },
  {
    reason: 'the kernel has no log',
    error: ERRNO.EPERM,
    calls: { 103: 'syslog' },
  },
  {
    reason: 'the kernel itself sees all memory, so that none can be kept from it',
    calls: { 447: 'memfd_secret' },
  },
  {
    reason: 'files have no attributes of FS_IOC_FSGETXATTR',
    calls: { 468: 'file_getattr', 469: 'file_setattr' },
  },
  {
    reason: 'page-cache statistics are not modelled',
    calls: { 451: 'cachestat' },
  },
  {
    reason: 'needs the rings, which this machine lacks',
    calls: { 425: 'io_uring_setup', 426: 'io_uring_enter', 427: 'io_uring_register' },
  },
];

export const UNSUPPORTED_ROWS: readonly SyscallRow[] = ABSENT.flatMap(({ reason, error, calls }) =>
  Object.entries(calls).map(([number, name]) => ({
    number: Number(number),
    name,
    arguments: [],
    unsupported: reason,
    ...(error === undefined ? {} : { error }),
  })),
);
