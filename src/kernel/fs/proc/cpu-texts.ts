// Texts about what the processors have done and which interrupts they took (proc(5)).

import type { Kernel } from '../../kernel.ts';
import { BLOCK_VECTOR } from '../../task/interrupts.ts';
import { RESCHEDULE_VECTOR } from '../../task/scheduler.ts';
import { taskCycles } from '../../time/process-time.ts';
import { UINTR_KERNEL_VECTOR, UINTR_NOTIFICATION_VECTOR } from '../../uintr/profile.ts';
import { seconds, ticks } from './numbers.ts';

const NANOSECONDS = 1_000_000_000;
/** Ticks of user code, niced user code, the kernel, idling; with the stretch that runs now. */
function processorTicks(kernel: Kernel, vcpu: number): readonly number[] {
  const used = { ...kernel.scheduler.processors[vcpu]!.used };
  const current = kernel.scheduler.currentOn(vcpu);
  if (current) {
    const { user, system } = taskCycles(kernel, current);
    used[current.scheduling.nice > 0 ? 'nice' : 'user'] += user - current.usage.user;
    used.system += system - current.usage.system;
  }
  return [used.user, used.nice, used.system, kernel.scheduler.idleCycles(kernel, vcpu)].map((cycles) => ticks(kernel, cycles));
}

/** Columns behind idle are never used: iowait, irq, softirq, steal, guest, guest_nice. */
const UNUSED_COLUMNS = ' 0 0 0 0 0 0';

export function stat(kernel: Kernel): string {
  const each = kernel.hardware.vcpus.map((vcpu) => processorTicks(kernel, vcpu.id));
  const sum = each.reduce((total, one) => total.map((value, i) => value + one[i]!));
  const tasks = [...kernel.pids.tasks.values()];
  const taken = [...kernel.interruptCounts.values()].flat().reduce((total, count) => total + count, 0);
  return [
    `cpu  ${sum.join(' ')}${UNUSED_COLUMNS}`,
    ...each.map((columns, id) => `cpu${id} ${columns.join(' ')}${UNUSED_COLUMNS}`),
    `intr ${taken}`,
    `ctxt ${kernel.contextSwitches}`,
    `btime ${kernel.clock.epochNanoseconds / BigInt(NANOSECONDS)}`,
    `processes ${kernel.forks}`,
    `procs_running ${tasks.filter((task) => task.state === 'runnable').length}`,
    `procs_blocked ${tasks.filter((task) => task.state === 'uninterruptible').length}`,
    'softirq 0 0 0 0 0 0 0 0 0 0 0',
    '',
  ].join('\n');
}

/** Since the machine began, and what all its processors have idled. */
export function uptime(kernel: Kernel): string {
  const idle = kernel.hardware.vcpus.reduce((sum, vcpu) => sum + kernel.scheduler.idleCycles(kernel, vcpu.id), 0);
  return `${seconds(kernel, kernel.now)} ${seconds(kernel, idle)}\n`;
}

export function loadavg(kernel: Kernel): string {
  const tasks = [...kernel.pids.tasks.values()];
  const running = tasks.filter((task) => task.state === 'runnable').length;
  return `${kernel.load.text(kernel)} ${running}/${tasks.length} ${kernel.pids.lastAllocated}\n`;
}

/** Those that reach the kernel: a notification that the processor handles itself in user mode is not among them. */
const INTERRUPTS: readonly (readonly [name: string, vector: number, text: string])[] = [
  ['RES', RESCHEDULE_VECTOR, 'Rescheduling interrupts'],
  ['UIN', UINTR_NOTIFICATION_VECTOR, 'User-interrupt notification event'],
  ['UKN', UINTR_KERNEL_VECTOR, 'User-interrupt kernel notification event'],
];

/** Of the block device, where there is one. */
function blockInterrupt({ vfs: { store } }: Kernel): readonly (readonly [string, number, string])[] {
  return store ? [[` ${BLOCK_VECTOR}`, BLOCK_VECTOR, `MSI-X  ${store.model.name}`]] : [];
}

export function interrupts(kernel: Kernel): string {
  const { vcpus } = kernel.hardware;
  const column = (value: number | string): string => ` ${`${value}`.padStart(10)}`;
  const header = `    ${vcpus.map((vcpu) => column(`CPU${vcpu.id}`)).join('')}\n`;
  const rows = [...blockInterrupt(kernel), ...INTERRUPTS].map(([name, vector, text]) => {
    const counts = kernel.interruptCounts.get(vector) ?? vcpus.map(() => 0);
    return `${name}:${counts.map(column).join('')}   ${text}\n`;
  });
  return header + rows.join('');
}
