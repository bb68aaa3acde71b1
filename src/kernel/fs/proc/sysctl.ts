// /proc/sys: the settings programs look at. Those that may be changed are Settings.

import { RELEASE, VERSION } from '../../abi/uts.ts';
import type { Kernel } from '../../kernel.ts';
import { PID_MAX } from '../../task/pid-table.ts';
import { NR_OPEN } from '../../vfs/fd-table.ts';
import { MAX_QUEUED_EVENTS } from '../../ipc/inotify-file.ts';
import { PIPE_MAX_BYTES } from '../../ipc/pipe.ts';
import { MOST_TERMINALS } from '../../tty/terminals.ts';
import { MAX_USER_INSTANCES, MAX_USER_WATCHES } from '../../vfs/inotify-users.ts';
import { DROP_CACHES } from './block-texts.ts';
import { EPOLL_WATCHES, KERNEL_IPC_SETTINGS, MQUEUE_SETTINGS } from './ipc-texts.ts';
import { NETWORK_SETTINGS } from './network-texts.ts';
import { nameSetting } from './settings.ts';
import type { TreeNode } from './tree-node.ts';

function uuid(kernel: Kernel): string {
  const bytes = kernel.hardware.random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}\n`;
}

/** One identifier for the life of a machine, from where it was started. */
function bootId(kernel: Kernel): string {
  const digits = kernel.hardware.epochNanoseconds.toString(16).padStart(32, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}\n`;
}

const line = (text: string | number) => (): string => `${text}\n`;

/** Open descriptions that descriptors refer to. */
function openFiles(kernel: Kernel): number {
  const files = new Set<object>();
  for (const task of kernel.pids.tasks.values()) for (const fd of task.files.list()) files.add(task.files.get(fd)!);
  return files.size;
}

export const SYSCTL_TREE: TreeNode = new Map<string, TreeNode>([
  ['dev', new Map<string, TreeNode>([['tty', new Map<string, TreeNode>([['legacy_tiocsti', line(0)]])]])],
  [
    'kernel',
    new Map<string, TreeNode>([
      ['ostype', line('Linux')],
      ['osrelease', line(RELEASE)],
      ['version', line(VERSION)],
      [
        'hostname',
        nameSetting(
          (kernel) => kernel.hostname,
          (kernel, name) => {
            kernel.hostname = name;
          },
        ),
      ],
      [
        'domainname',
        nameSetting(
          (kernel) => kernel.domainName,
          (kernel, name) => {
            kernel.domainName = name;
          },
        ),
      ],
      ['pid_max', line(PID_MAX)],
      ['threads-max', line(65536)],
      ['tainted', line(0)],
      ['overflowuid', line(65534)],
      ['overflowgid', line(65534)],
      ['dmesg_restrict', line(1)],
      ['kptr_restrict', line(1)],
      ['perf_event_paranoid', line(3)],
      ['modules_disabled', line(1)],
      ['core_uses_pid', line(0)],
      ['panic', line(0)],
      ['printk', line('4\t4\t1\t7')],
      ['sched_rr_timeslice_ms', line(100)],
      ['sched_rt_period_us', line(1_000_000)],
      ['sched_rt_runtime_us', line(1_000_000)],
      ['ns_last_pid', (kernel) => `${kernel.pids.lastAllocated}\n`],
      [
        'pty',
        new Map<string, TreeNode>([
          ['max', line(MOST_TERMINALS)],
          ['nr', (kernel) => `${kernel.vfs.terminals.count}\n`],
          ['reserve', line(0)],
        ]),
      ],
      ['ngroups_max', line(65536)],
      ['cap_last_cap', line(40)],
      ['randomize_va_space', line(0)],
      ['core_pattern', line('core')],
      ...KERNEL_IPC_SETTINGS,
      [
        'random',
        new Map<string, TreeNode>([
          ['uuid', uuid],
          ['boot_id', bootId],
          ['entropy_avail', line(256)],
          ['poolsize', line(256)],
        ]),
      ],
    ]),
  ],
  [
    'fs',
    new Map<string, TreeNode>([
      ['file-max', line(Number.MAX_SAFE_INTEGER)],
      ['file-nr', (kernel) => `${openFiles(kernel)}\t0\t${Number.MAX_SAFE_INTEGER}\n`],
      ['overflowuid', line(65534)],
      ['overflowgid', line(65534)],
      ['protected_hardlinks', line(0)],
      ['protected_symlinks', line(0)],
      ['suid_dumpable', line(0)],
      ['nr_open', line(NR_OPEN)],
      [
        'inotify',
        new Map<string, TreeNode>([
          ['max_queued_events', line(MAX_QUEUED_EVENTS)],
          ['max_user_instances', line(MAX_USER_INSTANCES)],
          ['max_user_watches', line(MAX_USER_WATCHES)],
        ]),
      ],
      ['epoll', new Map<string, TreeNode>([['max_user_watches', EPOLL_WATCHES]])],
      ['mqueue', new Map<string, TreeNode>(MQUEUE_SETTINGS)],
      ['pipe-max-size', line(PIPE_MAX_BYTES)],
    ]),
  ],
  ['net', NETWORK_SETTINGS],
  [
    'vm',
    new Map<string, TreeNode>([
      ['overcommit_memory', line(0)],
      ['overcommit_ratio', line(50)],
      ['overcommit_kbytes', line(0)],
      ['swappiness', line(60)],
      ['nr_hugepages', line(0)],
      ['nr_overcommit_hugepages', line(0)],
      ['hugetlb_shm_group', line(0)],
      ['legacy_va_layout', line(0)],
      ['panic_on_oom', line(0)],
      ['mmap_min_addr', line(65536)],
      ['max_map_count', line(65530)],
      ['drop_caches', DROP_CACHES],
    ]),
  ],
]);
