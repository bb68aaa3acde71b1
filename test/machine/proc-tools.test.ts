// Tools that read /proc and /sys: they run, and what they print parses and is about the machine.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { run } from './run-guest.ts';

const BUSYBOX = '/bin/busybox';
const isThere = existsSync(BUSYBOX);
if (!isThere) console.warn(`SKIPPED: no ${BUSYBOX}`);

const TOOLS: readonly (readonly [command: string, ...printed: RegExp[]])[] = [
  ['busybox ps', /^PID +USER +COMMAND$/m, /^ +1 root +\/sbin\/init$/m, /^ +2 root +\{program\} sh$/m],
  ['busybox ps -o pid,ppid,pgid,stat,tty,nice,rss,vsz,comm', /^ +1 +0 +1 SW /m, /^ +\d+ +\d+ +2 R /m],
  [
    'busybox top -b -n1',
    /^Mem: \d+K used, \d+K free/m,
    /^CPU: +\d+% usr +\d+% sys /m,
    /^Load average: 0\.00 0\.00 0\.00 1\/\d+ \d+$/m,
    / 2 +1 root +S /,
  ],
  ['busybox free', /^Mem: +262144 +\d+ +\d+ +\d+ +\d+ +\d+$/m, /^Swap: +0 +0 +0$/m],
  ['busybox uptime', /up 0 min, +0 users, +load average: 0\.00, 0\.00, 0\.00$/m],
  ['busybox pidof program', /\b2$/m],
  ['busybox mount', /^devpts on \/dev\/pts type devpts \(rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666\)$/m, /^sysfs on \/sys /m],
  ['busybox df', /^tmpfs +\d+ +\d+ +\d+ +\d+% \/dev\/shm$/m],
  ['busybox stat /dev/ptmx', /character special file$/m, /Device type: 5,2/m],
  ['busybox who; busybox w', /^USER/m],
  ['busybox nproc', /^2$/m],
  ['busybox lsmod', /Not tainted$/m],
  [
    'busybox sysctl kernel.pid_max vm.overcommit_memory dev.tty.legacy_tiocsti',
    /^kernel\.pid_max = 4194304$/m,
    /^dev\.tty\.legacy_tiocsti = 0$/m,
  ],
  ['busybox ls -l /proc/self/fd', /^lr-x------ .* 0 -> \/dev\/null$/m, /^l-wx------ .* 1 -> pipe:\[\d+\]$/m],
  ['busybox cat /sys/devices/system/cpu/online /sys/devices/system/node/node0/cpulist', /^0-1\n0-1$/m],
  ['busybox cat /proc/loadavg', /^0\.00 0\.00 0\.00 1\/\d+ \d+$/m],
  ['while :; do :; done & busybox sleep 0.05; busybox head -n 2 /proc/stat; kill $!', /^cpu +[3-9] 0 \d+ \d+ 0 0 0 0 0 0$/m],
  ['echo renamed > /proc/self/comm; echo $?; busybox cat /proc/2/wchan', /^0\nwait4$/m],
];

/** What each command prints, all of them in one shell of one machine. */
function outputs(image: Uint8Array): readonly string[] {
  const script = TOOLS.map(([command]) => `(${command}) </dev/null\necho ======`).join('\n');
  const files = [{ path: '/bin/busybox', bytes: image, mode: 0o755 }];
  const { stdout, status } = run(image, { arguments: ['sh'], stdin: `${script}\n`, files });
  expect(status).toBe(0);
  return stdout.split('======\n');
}

describe.runIf(isThere)('tools that read /proc', () => {
  let printed: readonly string[] | null = null;
  test.each(TOOLS.map(([command, ...forms], i) => [command, forms, i] as const))('%s', (_, forms, i) => {
    printed ??= outputs(new Uint8Array(readFileSync(BUSYBOX)));
    for (const form of forms) expect(printed[i]).toMatch(form);
  });
});
