// Where a machine answers otherwise than Linux 6.18, on purpose or for want of what the call is about. Calls that
// src/kernel/syscalls/unsupported.ts declares absent need no entry: they must answer what is declared there.

export interface KnownDifference {
  /** Matches whole rows: "read / 0 fd: closed". */
  readonly rows: RegExp;
  readonly reason: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    rows: /^lseek( dir)? .*(smax|0x4000000000000000)/,
    reason: 'file offsets are exact numbers: none is above 2^53, where Linux allows 2^63',
  },
  { rows: /^fcntl F_NOTIFY/, reason: 'directory change signals are not modelled: as a kernel without CONFIG_DNOTIFY; there is inotify' },
  { rows: /^fcntl wild \/ 1 int: 17$/, reason: 'F_GETOWNER_UIDS: as a kernel without CONFIG_CHECKPOINT_RESTORE' },
  { rows: /^memfd_create \/ 1 bits: b2$/, reason: 'MFD_HUGETLB: there are no huge pages' },
  { rows: /^openat2 dir \/ 2 in: cached$/, reason: 'RESOLVE_CACHED: everything is in RAM, even that a name does not exist' },
  {
    rows: /^mmap (file|shared write) \/ 4 fd: (tcp|tlisten)$/,
    reason: 'receiving from TCP by mapping (TCP_ZEROCOPY_RECEIVE) is not modelled',
  },
  { rows: /^(munmap|mremap) \/ 1 size: 0x100000001$/, reason: 'unmaps its own stack, which lies below 4 GiB here' },
  { rows: /^madvise \/ 2 int: 102$/, reason: 'MADV_GUARD_INSTALL is not modelled: as a kernel before 6.13' },
  {
    rows: /^(process_vm_(read|write)v|setpriority|getpriority|sched_[gs]et\w+|sched_rr_get_interval|get_robust_list|tkill|ioprio_[gs]et) \/ 0 pid.*: 1$|^[gs]etpriority \/ 1 pid: 1$/,
    reason: 'process 1 is the kernel that reaps orphans: it has no thread',
  },
  { rows: /^sched_getaffinity/, reason: 'masks are as long as the possible processors need: 64 here, 256 on the host' },
  { rows: /^flistxattr \/ 0 fd: (u|t)/, reason: 'sockets have no attribute system.sockprotoname' },
  { rows: /^prctl PR_SET_VMA/, reason: 'names of anonymous memory: as a kernel without CONFIG_ANON_VMA_NAME' },
  { rows: /^prctl PR_[SG]ET_MDWE/, reason: 'memory that is denied execution (PR_SET_MDWE): as a kernel before 6.3' },
  { rows: /^clone \/ 0 int: 0x10000000$/, reason: 'one machine holds one set of namespaces, that of users included' },
  { rows: /^(kcmp \/ [01] pid|ioprio_[gs]et \/ 1 pid): 1$/, reason: 'process 1 is the kernel that reaps orphans: it has no thread' },
  {
    rows: /^ioprio_set \/ 0 int \+ 1 pid: 3\+0$/,
    reason: 'Linux takes user 0 for root here, not for the caller: root has no thread in the machine',
  },
  { rows: /^shmget/, reason: 'segments are in RAM at once: one that is larger than it is refused, where Linux overcommits' },
  { rows: /^socket \/ 0 int: 40$/, reason: 'AF_VSOCK: there is no hypervisor to talk to' },
  { rows: /: address=192\.0\.2\.1$/, reason: 'the only interface is loopback: nothing else can be reached' },
  { rows: / fd: pidfd$/, reason: 'process descriptors are objects without a type here, regular files of pidfs on Linux' },
];

/** Rows that depend on the host and not on the version of its kernel. */
export const HOST_DIFFERENCES: readonly KnownDifference[] = [
  { rows: / pid: 1$/, reason: 'how the host runs its process 1' },
  { rows: /: address=192\.0\.2\.1$/, reason: 'whether the host has a way to other networks' },
  { rows: /^sched_getaffinity/, reason: 'how many processors the host could have' },
  { rows: /^ioprio_[gs]et \/ 0 int \+ 1 pid: [23]\+0$/, reason: 'which other processes the user runs' },
];
