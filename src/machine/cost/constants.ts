// What each primitive costs, in cycles of the core's clock, and where the figure comes from.
// One constant stands for one primitive and is shared by every mechanism that uses it; nothing is fitted per mechanism.
// Every constant is an input of the model. Figures that it must meet are in published.ts, and no constant is made from one of those.

export interface Cost {
  readonly cycles: number;
  /** Where the figure comes from, or "assumed". */
  readonly source: string;
}

const XUI = 'xUI, ASPLOS 2025 (Xeon Gold 5420+, 2.0 GHz fixed)';
const VM = 'measured on a Sapphire-Rapids-class VM at 2.9 GHz';
const EPYC = 'measured on an EPYC VM (Linux 6.18) as a multiple of pipe_operation there (170 ns)';

/** Nanoseconds measured on the VM, as cycles of its measured clock: with another clock the cycles stay and the nanoseconds change. */
const ofVm = (nanoseconds: number): number => Math.round(nanoseconds * 2.9);

const SYSCALL = ofVm(102);
const IPI_FLIGHT = 277;
const KERNEL_INTERRUPT = 800;
const WAKE_UP = 500;
const PIPE = ofVm((389 - 2 * 102) / 2);
/** Half a ping-pong is a write, a read, a wake-up and a switch. */
const CONTEXT_SWITCH = ofVm((2730 - 2 * 389) / 2) - WAKE_UP;
/** From the wake-up of a task whose CPU is idle to its first instruction in the kernel: 6.3 us at 2.0 GHz. */
const IDLE_WAKE = 12_600;
const SIGNAL_DELIVERY = 2000;

export const CONSTANTS = {
  instruction: { cycles: 0, source: 'assumed: 0 for the estimate of straight-line code by block (cpu/timing); else a flat cost' },
  senduipi: { cycles: 383, source: XUI },
  senduipi_suppressed: { cycles: 120, source: 'assumed: SENDUIPI that posts without an IPI (ON or SN set)' },
  ipi_flight: { cycles: IPI_FLIGHT, source: `derived: 1360 end to end (${XUI}) less senduipi, notification_processing and delivery` },
  notification_processing: { cycles: 350, source: `assumed: half of the receiver's 720 (${XUI}) less UIRET` },
  delivery: { cycles: 350, source: `assumed: half of the receiver's 720 (${XUI}) less UIRET` },
  uiret: { cycles: 20, source: `assumed; part of the receiver's 720 (${XUI})` },
  clui: { cycles: 2, source: XUI },
  stui: { cycles: 32, source: XUI },
  testui: { cycles: 2, source: 'assumed' },
  visibility: { cycles: 100, source: `shared-memory visibility between running vCPUs, quoted from xUI; half the interleaving quantum` },
  syscall: { cycles: SYSCALL, source: VM },
  context_switch: {
    cycles: CONTEXT_SWITCH,
    source: `derived: half a pipe ping-pong on one CPU (2.73 us, ${VM}) less a write, a read (389 ns) and wake_up`,
  },
  scheduler_pass: { cycles: WAKE_UP / 2, source: 'assumed: half of wake_up; a look at the run queue that changes nothing (sched_yield)' },
  eventfd_operation: { cycles: ofVm((334 - 2 * 102) / 2), source: `${VM}: eventfd write + read less two system calls, halved` },
  pipe_operation: { cycles: PIPE, source: `${VM}: pipe write + read of 8 bytes less two system calls, halved` },
  socket_operation: { cycles: Math.round(PIPE * 4.7), source: `${EPYC}: a message into or out of a domain socket` },
  loopback_packet: { cycles: Math.round(PIPE * 7.4), source: `${EPYC}: a UDP send + receive over loopback less two socket_operations` },
  message_operation: { cycles: Math.round(PIPE * 3.3), source: `${EPYC}: a message into or out of a message queue, System V or POSIX` },
  semaphore_operation: { cycles: Math.round(PIPE * 1.6), source: `${EPYC}: a semop of one operation that does not wait` },
  uring_submission: { cycles: 40, source: 'assumed: one entry taken off a submission ring' },
  uring_completion: { cycles: 40, source: 'assumed: one completion placed in a ring' },
  uring_poll: { cycles: 200, source: 'assumed: one look of a polling submission thread' },
  copy_per_64_bytes: { cycles: 4, source: 'assumed: 16 bytes a cycle; an EPYC copies 26 in its first cache and 13 in its last one' },
  file_operation: {
    cycles: Math.round(PIPE * 1.34),
    source: `${EPYC}: a read of a byte of a cached file, less syscall and page_cache_page`,
  },
  page_cache_page: {
    cycles: Math.round(PIPE * 0.37),
    source: `${EPYC}: what a page of 4 MiB on ext4 adds to a read of them, less a memcpy of a page`,
  },
  copy_far_per_64_bytes: {
    cycles: 8,
    source: 'assumed: a core copies about 10 GB/s from DRAM; on top of copy_per_64_bytes, for files larger than the last-level cache',
  },
  block_request: { cycles: 1500, source: 'assumed: a request through the block layer and the driver, without its interrupt' },
  page_fault: { cycles: 1500, source: 'assumed' },
  fork: { cycles: 120_000, source: 'assumed' },
  exec: { cycles: 400_000, source: 'assumed' },
  thread_create: { cycles: 30_000, source: 'assumed' },
  signal_generation: { cycles: WAKE_UP, source: 'assumed: as much as wake_up; find the receiver, queue the signal' },
  signal_delivery: { cycles: SIGNAL_DELIVERY, source: 'assumed: write the frame, with all register state, and enter the handler' },
  signal_return: { cycles: SIGNAL_DELIVERY / 2, source: 'assumed: half of signal_delivery; read the frame back, without the system call' },
  wake_up: { cycles: WAKE_UP, source: 'assumed: make a task runnable on this or another CPU, without the IPI' },
  idle_exit: {
    cycles: IDLE_WAKE - IPI_FLIGHT - KERNEL_INTERRUPT - CONTEXT_SWITCH,
    source: `derived once from the eventfd ratio 9.7 of the Linux RFC cover letter: ${IDLE_WAKE} for IPI, interrupt, idle exit and switch-in, less ipi_flight, kernel_interrupt and context_switch`,
  },
  timer_interrupt: { cycles: 1000, source: 'assumed' },
  kernel_interrupt: { cycles: KERNEL_INTERRUPT, source: 'assumed: an ordinary interrupt through the IDT' },
  cpuid: { cycles: 100, source: 'assumed: CPUID without a hypervisor' },
  xsaves_uintr: { cycles: 60, source: 'assumed: component 14 in XSAVES and XRSTORS' },
} satisfies Record<string, Cost>;

export type CycleCostName = keyof typeof CONSTANTS;
export type CostTable = Readonly<Record<CycleCostName, Cost>>;
