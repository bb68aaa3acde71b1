// Texts about the whole machine (proc(5)): processors, memory, load, mounts.

import { PAGE_SIZE } from '../../../machine/memory/layout.ts';
import { RELEASE, VERSION } from '../../abi/uts.ts';
import type { Kernel } from '../../kernel.ts';
import { RESCHEDULE_VECTOR } from '../../task/scheduler.ts';
import { UINTR_KERNEL_VECTOR, UINTR_NOTIFICATION_VECTOR } from '../../uintr/profile.ts';
import { fullPath } from '../../vfs/dentry.ts';
import { lockLines } from './lock-lines.ts';

const USER_HERTZ = 100;
const NANOSECONDS = 1_000_000_000;
/** x86-64-v1 with XSAVE and user interrupts. */
const CPU_FLAGS =
  'fpu tsc msr pae cx8 apic sep cmov pat clflush mmx fxsr sse sse2 syscall nx rdtscp lm constant_tsc nopl xsave xsavec xsaves fsgsbase uintr';
const FILE_SYSTEMS = ['proc', 'tmpfs', 'devtmpfs', 'pipefs', 'sockfs', 'anon_inodefs', 'mqueue'];

/** Cycles as the ticks of /proc (1/100 s). */
export function ticks(kernel: Kernel, cycles: number): number {
  return Math.floor(kernel.clock.nanoseconds(cycles) / (NANOSECONDS / USER_HERTZ));
}

function seconds(kernel: Kernel, cycles: number): string {
  const hundredths = ticks(kernel, cycles);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
}

function cpuinfo(kernel: Kernel): string {
  const { vcpus, hertz } = kernel.hardware;
  const megahertz = (hertz / 1e6).toFixed(3);
  const blocks = vcpus.map((vcpu) =>
    [
      `processor\t: ${vcpu.id}`,
      'vendor_id\t: GenuineIntel',
      'cpu family\t: 6',
      'model\t\t: 143',
      `model name\t: uintrd virtual processor @ ${(hertz / 1e9).toFixed(2)}GHz`,
      'stepping\t: 4',
      `cpu MHz\t\t: ${megahertz}`,
      'cache size\t: 2048 KB',
      'physical id\t: 0',
      `siblings\t: ${vcpus.length}`,
      `core id\t\t: ${vcpu.id}`,
      `cpu cores\t: ${vcpus.length}`,
      `apicid\t\t: ${vcpu.apic.id}`,
      'fpu\t\t: yes',
      'fpu_exception\t: yes',
      'cpuid level\t: 32',
      'wp\t\t: yes',
      `flags\t\t: ${CPU_FLAGS}`,
      `bogomips\t: ${((hertz * 2) / 1e6).toFixed(2)}`,
      'clflush size\t: 64',
      'cache_alignment\t: 64',
      'address sizes\t: 46 bits physical, 47 bits virtual',
      'power management:',
    ].join('\n'),
  );
  return `${blocks.join('\n\n')}\n\n`;
}

function meminfo(kernel: Kernel): string {
  const { physical } = kernel.hardware;
  const kilobytes = (pages: number): number => (pages * PAGE_SIZE) / 1024;
  const cached = kernel.vfs.cachedPages;
  const rows: [string, number][] = [
    ['MemTotal', kilobytes(physical.frameCount)],
    ['MemFree', kilobytes(physical.freeFrames)],
    ['MemAvailable', kilobytes(physical.freeFrames)],
    ['Buffers', 0],
    ['Cached', kilobytes(cached)],
    ['SwapCached', 0],
    ['Shmem', kilobytes(cached)],
    ['SwapTotal', 0],
    ['SwapFree', 0],
  ];
  return rows.map(([name, value]) => `${`${name}:`.padEnd(15)} ${String(value).padStart(8)} kB\n`).join('');
}

function stat(kernel: Kernel): string {
  let [user, system] = [0, 0];
  for (const process of kernel.pids.processes.values()) {
    user += process.usage.user;
    system += process.usage.system;
    for (const task of process.tasks) {
      user += task.usage.user;
      system += task.usage.system;
    }
  }
  const elapsed = ticks(kernel, kernel.now) * kernel.hardware.vcpus.length;
  const [userTicks, systemTicks] = [ticks(kernel, user), ticks(kernel, system)];
  const idle = Math.max(0, elapsed - userTicks - systemTicks);
  const running = [...kernel.pids.tasks.values()].filter((task) => task.state === 'runnable').length;
  const bootTime = kernel.clock.epochNanoseconds / BigInt(NANOSECONDS);
  return [
    `cpu  ${userTicks} 0 ${systemTicks} ${idle} 0 0 0 0 0 0`,
    ...kernel.hardware.vcpus.map((vcpu) => `cpu${vcpu.id} 0 0 0 0 0 0 0 0 0 0`),
    'intr 0',
    `ctxt ${kernel.contextSwitches}`,
    `btime ${bootTime}`,
    `processes ${kernel.forks}`,
    `procs_running ${running}`,
    'procs_blocked 0',
    '',
  ].join('\n');
}

function uptime(kernel: Kernel): string {
  return `${seconds(kernel, kernel.now)} 0.00\n`;
}

function loadavg(kernel: Kernel): string {
  const tasks = [...kernel.pids.tasks.values()];
  const running = tasks.filter((task) => task.state === 'runnable').length;
  return `0.00 0.00 0.00 ${running}/${tasks.length} ${kernel.pids.lastAllocated}\n`;
}

/** Lines of /proc/mounts as a process with root directory "/" sees them. */
export function mountLines(kernel: Kernel): string {
  return kernel.vfs.mounts.mounts
    .map(({ source, fileSystem, at, options }) => `${source} ${at ? fullPath(at) : '/'} ${fileSystem.type} ${options} 0 0\n`)
    .join('');
}

/** Those that reach the kernel: a notification that the processor handles itself in user mode is not among them. */
const INTERRUPTS: readonly (readonly [name: string, vector: number, text: string])[] = [
  ['RES', RESCHEDULE_VECTOR, 'Rescheduling interrupts'],
  ['UIN', UINTR_NOTIFICATION_VECTOR, 'User-interrupt notification event'],
  ['UKN', UINTR_KERNEL_VECTOR, 'User-interrupt kernel notification event'],
];

function interrupts(kernel: Kernel): string {
  const { vcpus } = kernel.hardware;
  const column = (value: number | string): string => ` ${`${value}`.padStart(10)}`;
  const header = `    ${vcpus.map((vcpu) => column(`CPU${vcpu.id}`)).join('')}\n`;
  const rows = INTERRUPTS.map(([name, vector, text]) => {
    const counts = kernel.interruptCounts.get(vector) ?? vcpus.map(() => 0);
    return `${name}:${counts.map(column).join('')}   ${text}\n`;
  });
  return header + rows.join('');
}

export const SYSTEM_TEXTS: ReadonlyMap<string, (kernel: Kernel) => string> = new Map([
  ['cpuinfo', cpuinfo],
  ['filesystems', () => FILE_SYSTEMS.map((name) => `nodev\t${name}\n`).join('')],
  ['interrupts', interrupts],
  ['loadavg', loadavg],
  ['locks', lockLines],
  ['meminfo', meminfo],
  ['stat', stat],
  ['uptime', uptime],
  ['version', () => `Linux version ${RELEASE} (uintrd) ${VERSION}\n`],
]);
