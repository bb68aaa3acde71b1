// A guest that takes as much as there is of one thing meets its limit and its error; afterwards the machine has everything again,
// and another program runs in it.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SPEC } from '../../src/machine/machine-spec.ts';
import { finish, guest, newMachine, spawn } from '../machine/run-guest.ts';

const RAM = 48 << 20;

const MODES: readonly (readonly [mode: string, said: string])[] = [
  ['memory', 'memory: the child was killed by 9\n'],
  // The limit of files is met before that of RAM: SIGBUS, as where a file system is full.
  ['shared', 'shared: the child was killed by 7\n'],
  ['descriptors', 'open after 1000 or more: ENFILE\ndup(0): ENFILE\nfork(): ENOMEM\nsocket(AF_UNIX, SOCK_STREAM, 0): ENFILE\n'],
  [
    'pipes',
    'pipe after 1000 or more: ENFILE\nthe last took 8192 bytes, less than RAM: 1\nfcntl(pair[0], F_SETPIPE_SZ, 1 << 20): 1048576\n',
  ],
  ['sizes', 'F_SETPIPE_SZ after 10 or more: ENOMEM\n'],
  [
    'inodes',
    [
      'mknod after 1000 or more: ENOSPC',
      'mkdir("d", 0700): ENOSPC',
      'symlink("x", "s"): ENOSPC',
      'link("0", "l"): ENOSPC',
      'setxattr("0", "user.a", "x", 1, 0): ENOSPC',
      'unlink("0"): 0',
      'mkdir("d", 0700): 0',
      'rmdir("d"): 0',
      'rmdir("/dev/shm/many"): 0\n',
    ].join('\n'),
  ],
  [
    'bytes',
    [
      'then a write of -1',
      'write after 10 or more: ENOSPC',
      'ftruncate(fd, 8l << 30): 0',
      'a store where there is no room: signal 7',
      'fallocate(fd, 0, 5l << 30, 4096): ENOSPC',
      'write elsewhere after 1 or more: ENOSPC',
      'munmap(at, 4096): 0',
      'unlink("/dev/shm/big"): 0',
      'unlink("/tmp/big"): 0',
      'write(fd, chunk, sizeof chunk): 1048576',
      'unlink("/dev/shm/big"): 0\n',
    ].join('\n'),
  ],
  [
    'mappings',
    [
      'mprotect after 10000 or more: ENOMEM',
      '(long)mmap(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0): ENOMEM',
      'munmap(area + 60000l * 2 * PAGE + PAGE, 20000l * PAGE): 0',
      'mprotect(area + PAGE, PAGE, PROT_READ): 0\n',
    ].join('\n'),
  ],
  ['locks', '3000 locks\nfcntl(fd, F_SETLK, &lock): 0\nunlink("/dev/shm/locked"): 0\n'],
  ['watches', 'inotify_init after 100 or more: EMFILE\nevents have come: 1\nrmdir("/dev/shm/watched"): 0\n'],
];

it('exhaust console: each stream has its own limit, and keeps what came before it', () => {
  const machine = newMachine({ limits: { ...DEFAULT_SPEC.limits, console_bytes: 100_500 } });
  const pid = spawn(machine, guest('exhaust'), { arguments: ['exhaust', 'console'] });
  const { stdout, stderr, status } = finish(machine, pid);
  expect({ stdout, written: stderr.length, status }).toEqual({
    stdout: 'write(2, ...) after 100 or more: ENOSPC\n',
    written: 100_500,
    status: 0,
  });
});

describe('exhaust', () => {
  it.each(MODES)('%s', (mode, said) => {
    const machine = newMachine({ ram_bytes: RAM, limits: { ...DEFAULT_SPEC.limits, file_bytes: 32 << 20 } });
    const { kernel, physical } = machine.board;
    const hello = guest('hello');
    finish(machine, spawn(machine, hello));
    const before = {
      used: kernel.memory.used,
      open: kernel.vfs.openFiles.count,
      files: kernel.vfs.filePages.pages,
      free: physical.freeFrames,
    };
    const pid = spawn(machine, guest('exhaust'), { arguments: ['exhaust', mode] });
    expect(finish(machine, pid)).toMatchObject({ stdout: said, stderr: '', status: 0 });
    const again = finish(machine, spawn(machine, hello));
    expect(again.stdout).toBe(readFileSync(new URL('../../guests/expected/hello.txt', import.meta.url), 'utf8'));
    const after = {
      used: kernel.memory.used,
      open: kernel.vfs.openFiles.count,
      files: kernel.vfs.filePages.pages,
      free: physical.freeFrames,
    };
    expect(after).toEqual(before);
  });

  it('names its ways', () => {
    const machine = newMachine();
    const { stdout } = finish(machine, spawn(machine, guest('exhaust')));
    expect(stdout).toBe([...MODES.map(([mode]) => mode), 'console'].map((mode) => `exhaust ${mode}\n`).join(''));
  });
});
