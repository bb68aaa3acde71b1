// System V IPC where a program on Linux cannot look: permissions of other users, limits, bounded memory, the settings of /proc/sys.

import { describe, expect, test } from 'vitest';
import { exitTask } from '../../../../src/kernel/task/exit.ts';
import { Bench, type Caller } from '../../file-bench.ts';

const IPC_CREAT = 0o1000;
const IPC_NOWAIT = 0o4000;
const [IPC_RMID, IPC_SET, IPC_STAT] = [0, 1, 2];
const [SHM_LOCK, SHM_STAT, SHM_STAT_ANY] = [11, 13, 15];
const [GETALL, GETVAL, SETVAL] = [13, 12, 16];
const SHM_RDONLY = 0o10000;
const O_RDWR = 2;

const message = (type: number, bytes: number): Uint8Array => {
  const raw = new Uint8Array(8 + bytes);
  new DataView(raw.buffer).setBigInt64(0, BigInt(type), true);
  return raw;
};

const sembuf = (number: number, change: number, flags = 0): Uint8Array => new Uint8Array(Int16Array.of(number, change, flags).buffer);

function setting(caller: Caller, path: string, text: string): string | number {
  const fd = caller.open(`/proc/sys/${path}`, O_RDWR);
  const outcome = caller.write(fd, text);
  caller.call('close', fd);
  return outcome;
}

const read = (caller: Caller, path: string): string => caller.read(caller.open(`/proc/sys/${path}`));

describe('permissions', () => {
  const bench = new Bench();
  const [root, owner, stranger] = [bench.process(0), bench.process(1000), bench.process(1001)];

  test.each([
    [0o600, 'EACCES', 'EACCES'],
    [0o644, 'ok', 'EACCES'],
    [0o606, 'ok', 'ok'],
    [0o622, 'EACCES', 'EACCES'],
  ])('a segment of mode %o: read %s, write %s', (mode, reads, writes) => {
    const id = owner.call('shmget', 0, 4096, mode);
    const attach = (caller: Caller, flags: number): string => {
      const at = caller.call('shmat', id, 0, flags);
      return typeof at === 'number' ? 'ok' : at;
    };
    expect([attach(stranger, SHM_RDONLY), attach(stranger, 0)]).toEqual([reads, writes]);
    expect([attach(owner, 0), attach(root, 0)]).toEqual(['ok', 'ok']);
    const status = stranger.space(112);
    expect(stranger.call('shmctl', id, IPC_STAT, status)).toBe(reads === 'ok' ? 0 : 'EACCES');
    expect(stranger.call('shmctl', Number(id) % 32768, SHM_STAT, status)).toBe(reads === 'ok' ? id : 'EACCES');
    expect(stranger.call('shmctl', Number(id) % 32768, SHM_STAT_ANY, status)).toBe(id);
    expect(stranger.call('shmctl', id, SHM_LOCK, 0)).toBe('EPERM');
    expect(stranger.call('shmctl', id, IPC_RMID, 0)).toBe('EPERM');
    expect(stranger.call('shmctl', id, IPC_SET, status)).toBe('EPERM');
    expect(owner.call('shmctl', id, IPC_RMID, 0)).toBe(0);
  });

  test('a key finds what may be used as asked', () => {
    const id = owner.call('msgget', 77, IPC_CREAT | 0o640);
    expect(stranger.call('msgget', 77, 0)).toBe(id);
    expect(stranger.call('msgget', 77, 0o400)).toBe('EACCES');
    expect(owner.call('msgget', 77, 0o600)).toBe(id);
    expect(stranger.call('msgsnd', id, message(1, 1), 1, 0)).toBe('EACCES');
    expect(stranger.call('msgrcv', id, stranger.space(16), 8, 0, IPC_NOWAIT)).toBe('EACCES');
    expect(stranger.call('msgctl', id, IPC_RMID, 0)).toBe('EPERM');
    expect(root.call('msgctl', id, IPC_RMID, 0)).toBe(0);
  });

  test('a waiting for zero reads, anything else alters', () => {
    const id = owner.call('semget', 0, 1, 0o604);
    expect(stranger.call('semop', id, sembuf(0, 0), 1)).toBe(0);
    expect(stranger.call('semop', id, sembuf(0, 1), 1)).toBe('EACCES');
    expect(stranger.call('semctl', id, 0, GETVAL, 0)).toBe(0);
    expect(stranger.call('semctl', id, 0, SETVAL, 1)).toBe('EACCES');
    expect(stranger.call('semctl', id, 0, GETALL, stranger.space(2))).toBe(0);
  });

  test('a new owner has the rights of the owner', () => {
    const id = owner.call('msgget', 0, 0o600);
    const status = owner.space(120);
    owner.call('msgctl', id, IPC_STAT, status);
    const bytes = owner.bytes(status, 120);
    const view = new DataView(bytes.buffer);
    view.setUint32(4, 1001, true);
    expect(owner.call('msgctl', id, IPC_SET, bytes)).toBe(0);
    expect(stranger.call('msgsnd', id, message(1, 1), 1, 0)).toBe(0);
    view.setBigUint64(88, 16_385n, true);
    expect(stranger.call('msgctl', id, IPC_SET, bytes)).toBe('EPERM');
    view.setBigUint64(88, 10n, true);
    view.setUint32(8, 0xffff_ffff, true);
    expect(stranger.call('msgctl', id, IPC_SET, bytes)).toBe('EINVAL');
  });

  test('permissions are looked at again when a receiver is woken', () => {
    const id = root.call('msgget', 0, 0o644);
    expect(stranger.call('msgrcv', id, stranger.space(16), 8, 0, 0)).toBe('blocked');
    const bytes = new Uint8Array(120);
    new DataView(bytes.buffer).setBigUint64(88, 100n, true);
    expect(root.call('msgctl', id, IPC_SET, bytes)).toBe(0);
    expect(stranger.again()).toBe('EACCES');
  });
});

describe('bounds', () => {
  test('memory for messages and semaphores is a share of RAM', () => {
    const bench = new Bench(16 << 20);
    const caller = bench.process();
    const sent: (string | number)[] = [];
    while (sent.at(-1) !== 'ENOMEM' && sent.length < 100_000) {
      const id = caller.call('msgget', 0, 0o600);
      for (let i = 0; i < 2; i++) sent.push(caller.call('msgsnd', id, message(1, 8192), 8192, IPC_NOWAIT));
    }
    expect(sent.length).toBeLessThan(1000);
    expect(caller.call('semget', 0, 32_000, 0o600)).toBe('ENOMEM');
    expect(bench.kernel.memory.used).toBeLessThanOrEqual(4 << 20);
    for (const queue of bench.kernel.ipc.queues.list()) caller.call('msgctl', queue.id, IPC_RMID, 0);
    expect(bench.kernel.memory.used).toBe(0);
    expect(caller.call('semget', 0, 32_000, 0o600)).toBe(0);
    expect(caller.call('semctl', 0, 0, IPC_RMID, 0)).toBe(0);
    expect(bench.kernel.memory.used).toBe(0);
  });

  test('segments larger than RAM, and too many', () => {
    const bench = new Bench(16 << 20);
    const caller = bench.process();
    expect(caller.call('shmget', 0, 17 << 20, 0o600)).toBe('ENOMEM');
    for (let i = 0; i < 4096; i++) caller.call('shmget', 0, 1, 0o600);
    expect(caller.call('shmget', 0, 1, 0o600)).toBe('ENOSPC');
    const removed = bench.kernel.ipc.segments.at(100)!;
    caller.call('shmctl', removed.id, IPC_RMID, 0);
    expect(caller.call('shmget', 0, 1, 0o600)).toBe(4096);
  });

  test('identifiers come back late', () => {
    const caller = new Bench().process();
    const ids = new Set<string | number>();
    for (let i = 0; i < 1000; i++) {
      const id = caller.call('msgget', 0, 0o600);
      ids.add(id);
      caller.call('msgctl', id, IPC_RMID, 0);
    }
    expect(ids.size).toBe(1000);
  });
});

describe('settings', () => {
  const bench = new Bench();
  const root = bench.process();

  test.each([
    ['kernel/msgmax', '100\n', '100\n'],
    ['kernel/msgmax', '0x20', '32\n'],
    ['kernel/msgmax', '-1', 'EINVAL'],
    ['kernel/msgmax', '5x', 'EINVAL'],
    ['kernel/msgmax', '2147483648', 'EINVAL'],
    ['kernel/msgmni', '32769', 'EINVAL'],
    ['kernel/shmmax', '5000 6000', '5000\n'],
    ['kernel/sem', '5', '5\t1024000000\t500\t32000\n'],
    ['kernel/sem', '250 32000 100 128', '250\t32000\t100\t128\n'],
    ['kernel/sem', '1 1 1 99999', 'ERANGE'],
    ['kernel/shm_rmid_forced', '2', 'EINVAL'],
    ['fs/mqueue/msg_max', '0', 'EINVAL'],
    ['fs/mqueue/msg_max', '20', '20\n'],
  ])('%s: writing %j gives %j', (path, text, expected) => {
    const outcome = setting(root, path, text);
    expect(typeof outcome === 'number' ? read(root, path) : outcome).toBe(expected);
  });

  test('they limit', () => {
    setting(root, 'kernel/msgmax', '10');
    const id = root.call('msgget', 0, 0o600);
    expect(root.call('msgsnd', id, message(1, 11), 11, 0)).toBe('EINVAL');
    setting(root, 'kernel/shmmax', '4096');
    expect(root.call('shmget', 0, 4097, 0o600)).toBe('EINVAL');
    setting(root, 'kernel/sem', '3 4 2 100');
    expect(root.call('semget', 0, 4, 0o600)).toBe('EINVAL');
    expect(root.call('semget', 0, 3, 0o600)).toBe(0);
    expect(root.call('semget', 0, 2, 0o600)).toBe('ENOSPC');
    expect(root.call('semop', 0, new Uint8Array(18), 3)).toBe('E2BIG');
    setting(root, 'kernel/msgmni', '1');
    expect(root.call('msgget', 0, 0o600)).toBe('ENOSPC');
  });

  test('others may only look', () => {
    expect(bench.process(1000).call('openat', -100, '/proc/sys/kernel/msgmax', O_RDWR)).toBe('EACCES');
    expect(root.call('openat', -100, '/proc/sys/kernel/shm_next_id', O_RDWR)).toBe('EACCES');
  });

  test('shm_rmid_forced: what a process has left behind goes', () => {
    const child = bench.process();
    const [unused, used] = [child.call('shmget', 0, 100, 0o600), child.call('shmget', 0, 100, 0o600)];
    expect(root.call('shmat', used, 0, 0)).toBeGreaterThan(0);
    const address = Number(root.call('shmat', used, 0, 0));
    setting(root, 'kernel/shm_rmid_forced', '1');
    exitTask(bench.kernel, child.task, 0);
    expect(root.call('shmat', unused, 0, 0)).toBe('EINVAL');
    expect(root.call('shmdt', address)).toBe(0);
    const status = root.space(112);
    expect(root.call('shmctl', used, IPC_STAT, status)).toBe(0);
  });
});
