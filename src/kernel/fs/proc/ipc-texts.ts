// /proc/sysvipc, and the settings of /proc/sys that are about IPC.

import { ERRNO } from '../../abi/errno.ts';
import { MQ_HARD_BYTES_MAX, MQ_HARD_MESSAGES_MAX } from '../../abi/ipc.ts';
import { PAGE_SIZE } from '../../../machine/memory/layout.ts';
import type { IpcLimits } from '../../ipc/ipc-limits.ts';
import type { SystemVObject } from '../../ipc/sysv/object.ts';
import { destroyOrphans } from '../../ipc/sysv/orphans.ts';
import type { Kernel } from '../../kernel.ts';
import { numberSetting, parseNumbers, type Setting } from './settings.ts';

type Column<T> = readonly [name: string, width: number, value: (object: T) => number | string];

const signed = (key: number): number => key | 0;

function identity<T extends SystemVObject>(name: string): Column<T>[] {
  return [
    ['key', 10, ({ key }) => signed(key)],
    [name, 10, ({ id }) => id],
    ['perms', 5, ({ mode }) => mode.toString(8)],
  ];
}

const OWNERS: readonly Column<SystemVObject>[] = [
  ['uid', 5, ({ uid }) => uid],
  ['gid', 5, ({ gid }) => gid],
  ['cuid', 5, ({ cuid }) => cuid],
  ['cgid', 5, ({ cgid }) => cgid],
];

function table<T>(columns: readonly Column<T>[], objects: readonly T[]): string {
  const row = (cell: (column: Column<T>) => number | string): string =>
    `${columns.map((column) => `${cell(column)}`.padStart(column[1])).join(' ')}\n`;
  return row(([name]) => name) + objects.map((object) => row(([, , value]) => value(object))).join('');
}

function segments(kernel: Kernel): string {
  return table(
    [
      ...identity('shmid'),
      ['size', 21, ({ bytes }) => bytes],
      ['cpid', 5, ({ creatorPid }) => creatorPid],
      ['lpid', 5, ({ lastPid }) => lastPid],
      ['nattch', 6, ({ attached }) => attached],
      ...OWNERS,
      ['atime', 10, ({ attachedAt }) => attachedAt],
      ['dtime', 10, ({ detachedAt }) => detachedAt],
      ['ctime', 10, ({ changed }) => changed],
      ['rss', 21, ({ pages }) => pages.residentPages * PAGE_SIZE],
      ['swap', 21, () => 0],
    ],
    kernel.ipc.segments.list(),
  );
}

function queues(kernel: Kernel): string {
  return table(
    [
      ...identity('msqid'),
      ['cbytes', 11, ({ bytes }) => bytes],
      ['qnum', 10, ({ messages }) => messages.length],
      ['lspid', 5, ({ lastSender }) => lastSender],
      ['lrpid', 5, ({ lastReceiver }) => lastReceiver],
      ...OWNERS,
      ['stime', 10, ({ sentAt }) => sentAt],
      ['rtime', 10, ({ receivedAt }) => receivedAt],
      ['ctime', 10, ({ changed }) => changed],
    ],
    kernel.ipc.queues.list(),
  );
}

function sets(kernel: Kernel): string {
  return table(
    [
      ...identity('semid'),
      ['nsems', 10, ({ count }) => count],
      ...OWNERS,
      ['otime', 10, ({ operatedAt }) => operatedAt],
      ['ctime', 10, ({ changed }) => changed],
    ],
    kernel.ipc.sets.list(),
  );
}

export const SYSVIPC_TEXTS: ReadonlyMap<string, (kernel: Kernel) => string> = new Map([
  ['msg', queues],
  ['sem', sets],
  ['shm', segments],
]);

type NumberLimit = { [K in keyof IpcLimits]: IpcLimits[K] extends number ? K : never }[keyof IpcLimits];

const INT_MAX = 0x7fff_ffff;
const UNSIGNED_LONG = 0xffff_ffff_ffff_ffffn;
/** Places in a table of objects (IPCMNI). */
const MOST_OBJECTS = 32_768;

function limit(name: NumberLimit, least = 0, most = INT_MAX): Setting {
  return numberSetting(
    (kernel) => kernel.ipc.limits[name],
    (kernel, value) => {
      kernel.ipc.limits[name] = Number(value);
    },
    least,
    most,
  );
}

function longLimit(name: 'shmmax' | 'shmall'): Setting {
  return numberSetting(
    (kernel) => kernel.ipc.limits[name],
    (kernel, value) => {
      kernel.ipc.limits[name] = value;
    },
    0,
    UNSIGNED_LONG,
  );
}

const SEMAPHORE_LIMITS = ['semmsl', 'semmns', 'semopm', 'semmni'] as const;

const semaphoreLimits: Setting = {
  read: ({ ipc }) => `${SEMAPHORE_LIMITS.map((name) => ipc.limits[name]).join('\t')}\n`,
  write: ({ ipc }, text) => {
    const values = parseNumbers(text, SEMAPHORE_LIMITS.length);
    if (!values || values.some((value) => value < -INT_MAX - 1 || value > INT_MAX)) return -ERRNO.EINVAL;
    const objects = values[3] ?? 0n;
    if (objects < 0n || objects > MOST_OBJECTS) return -ERRNO.ERANGE;
    for (const [i, value] of values.entries()) ipc.limits[SEMAPHORE_LIMITS[i]!] = Number(value);
    return 0;
  },
};

const removalForced: Setting = {
  read: limit('shmRmidForced').read,
  write: (kernel, text) => {
    const result = limit('shmRmidForced', 0, 1).write(kernel, text);
    if (result === 0) destroyOrphans(kernel);
    return result;
  },
};

export const KERNEL_IPC_SETTINGS: readonly (readonly [name: string, setting: Setting | ((kernel: Kernel) => string)])[] = [
  ['msg_next_id', () => '-1\n'],
  ['msgmax', limit('msgmax')],
  ['msgmnb', limit('msgmnb')],
  ['msgmni', limit('msgmni', 0, MOST_OBJECTS)],
  ['sem', semaphoreLimits],
  ['sem_next_id', () => '-1\n'],
  ['shm_next_id', () => '-1\n'],
  ['shm_rmid_forced', removalForced],
  ['shmall', longLimit('shmall')],
  ['shmmax', longLimit('shmmax')],
  ['shmmni', limit('shmmni', 0, MOST_OBJECTS)],
];

/** fs.epoll.max_user_watches. */
export const EPOLL_WATCHES = numberSetting(
  (kernel) => kernel.ipc.watches.limit,
  (kernel, value) => {
    kernel.ipc.watches.limit = Number(value);
  },
  0,
  Number.MAX_SAFE_INTEGER,
);

export const MQUEUE_SETTINGS: readonly (readonly [name: string, setting: Setting])[] = [
  ['msg_default', limit('mqDefaultMessages', 1, MQ_HARD_MESSAGES_MAX)],
  ['msg_max', limit('mqMessagesMax', 1, MQ_HARD_MESSAGES_MAX)],
  ['msgsize_default', limit('mqDefaultBytes', 128, MQ_HARD_BYTES_MAX)],
  ['msgsize_max', limit('mqBytesMax', 128, MQ_HARD_BYTES_MAX)],
  ['queues_max', limit('mqQueuesMax', -INT_MAX - 1, INT_MAX)],
];
