// System V and POSIX IPC: flags, commands, limits (include/uapi/linux/ipc.h, shm.h, msg.h, sem.h, mqueue.h).

export const IPC_PRIVATE = 0;
export const IPC_CREAT = 0o1000;
export const IPC_EXCL = 0o2000;
export const IPC_NOWAIT = 0o4000;

/** Commands of all three *ctl calls. */
export const IPC_RMID = 0;
export const IPC_SET = 1;
export const IPC_STAT = 2;
export const IPC_INFO = 3;

/** sizeof(struct ipc64_perm). */
export const IPC_PERMISSION_BYTES = 48;

export const SHM_RDONLY = 0o10000;
export const SHM_RND = 0o20000;
export const SHM_REMAP = 0o40000;
export const SHM_EXEC = 0o100000;
export const SHM_HUGETLB = 0o4000;
export const SHM_NORESERVE = 0o10000;
/** Bits of the mode that shmctl reports beside the permissions: goes with its last attachment; may not be swapped out. */
export const SHM_DEST = 0o1000;
export const SHM_LOCKED = 0o2000;
export const SHM_LOCK = 11;
export const SHM_UNLOCK = 12;
export const SHM_STAT = 13;
export const SHM_INFO = 14;
export const SHM_STAT_ANY = 15;

export const MSG_NOERROR = 0o10000;
export const MSG_EXCEPT = 0o20000;
export const MSG_COPY = 0o40000;
export const MSG_STAT = 11;
export const MSG_INFO = 12;
export const MSG_STAT_ANY = 13;

export const SEM_UNDO = 0x1000;
export const GETPID = 11;
export const GETVAL = 12;
export const GETALL = 13;
export const GETNCNT = 14;
export const GETZCNT = 15;
export const SETVAL = 16;
export const SETALL = 17;
export const SEM_STAT = 18;
export const SEM_INFO = 19;
export const SEM_STAT_ANY = 20;

/** Bytes of a segment, pages of all of them, segments (kernel.shmmax, shmall, shmmni). */
export const SHMMAX = 0xffff_ffff_feff_ffffn;
export const SHMALL = 0xffff_ffff_feff_ffffn;
export const SHMMNI = 4096;
/** Bytes of a message, of a new queue, and queues (kernel.msgmax, msgmnb, msgmni). */
export const MSGMAX = 8192;
export const MSGMNB = 16_384;
export const MSGMNI = 32_000;
/** Semaphores of a set, of all sets, operations of a call, sets (kernel.sem), and the largest value. */
export const SEMMSL = 32_000;
export const SEMMNS = 1_024_000_000;
export const SEMOPM = 500;
export const SEMMNI = 32_000;
export const SEMVMX = 32_767;

/** POSIX message queues: attributes of a queue that names none, what a process without CAP_SYS_RESOURCE may ask for, queues (fs.mqueue). */
export const MQ_DEFAULT_MESSAGES = 10;
export const MQ_DEFAULT_BYTES = 8192;
export const MQ_MESSAGES_MAX = 10;
export const MQ_BYTES_MAX = 8192;
export const MQ_QUEUES_MAX = 256;
/** What even a privileged one may not exceed. */
export const MQ_HARD_MESSAGES_MAX = 65_536;
export const MQ_HARD_BYTES_MAX = 16 << 20;
export const MQ_PRIO_MAX = 32_768;
/** sizeof(struct mq_attr). */
export const MQ_ATTRIBUTE_BYTES = 64;

export const SIGEV_SIGNAL = 0;
export const SIGEV_NONE = 1;
export const SIGEV_THREAD = 2;
export const SIGEV_THREAD_ID = 4;
/** sizeof(struct sigevent). */
export const SIGEVENT_BYTES = 64;
