// The cost model: every constant of virtual time, in cycles of a nominal clock, with its source.
// One constant stands for one primitive and is shared by every mechanism that uses it; nothing is fitted per mechanism.

export interface Cost {
  readonly cycles: number;
  /** Where the figure comes from, or "assumed". */
  readonly source: string;
}

const XUI = 'xUI, ASPLOS 2025 (Xeon Gold 5420+, 2.0 GHz fixed)';
const VM = 'measured on a Sapphire-Rapids-class VM at 2.9 GHz, scaled to the preset clock';

/** Nanoseconds measured at 2.9 GHz, as cycles. */
const at29 = (nanoseconds: number): number => Math.round(nanoseconds * 2.9);
/** A pipe's read or write, and what sockets take on another machine as multiples of it there. */
const PIPE = at29((389 - 2 * 102) / 2);
const EPYC = 'measured on an EPYC VM (Linux 6.18) as a multiple of pipe_operation there (170 ns)';

const SPR_2_0_GHZ = {
  instruction: { cycles: 1, source: 'assumed: flat cost of straight-line code' },
  senduipi: { cycles: 383, source: XUI },
  senduipi_suppressed: { cycles: 120, source: 'assumed: SENDUIPI that posts without an IPI (ON or SN set)' },
  ipi_flight: { cycles: 277, source: `derived: 1360 end to end (${XUI}) less senduipi, notification_processing and delivery` },
  notification_processing: { cycles: 350, source: `assumed: half of the receiver's 720 (${XUI}) less UIRET` },
  delivery: { cycles: 350, source: `assumed: half of the receiver's 720 (${XUI}) less UIRET` },
  uiret: { cycles: 20, source: `assumed; part of the receiver's 720 (${XUI})` },
  clui: { cycles: 2, source: XUI },
  stui: { cycles: 32, source: XUI },
  testui: { cycles: 2, source: 'assumed' },
  visibility: { cycles: 100, source: `shared-memory visibility between running vCPUs, quoted from xUI; also the interleaving quantum` },
  syscall: { cycles: at29(102), source: VM },
  context_switch: { cycles: at29(1000), source: `${VM}: pipe ping-pong of two processes on one CPU` },
  eventfd_operation: { cycles: at29((334 - 2 * 102) / 2), source: `${VM}: eventfd write + read less two system calls, halved` },
  pipe_operation: { cycles: PIPE, source: `${VM}: pipe write + read of 8 bytes less two system calls, halved` },
  socket_operation: { cycles: Math.round(PIPE * 4.7), source: `${EPYC}: a message into or out of a domain socket` },
  loopback_packet: { cycles: Math.round(PIPE * 7.4), source: `${EPYC}: a UDP send + receive over loopback less two socket_operations` },
  uring_submission: { cycles: 100, source: 'assumed: one entry taken off a submission ring' },
  uring_completion: { cycles: 100, source: 'assumed: one completion placed in a ring' },
  uring_poll: { cycles: 200, source: 'assumed: one look of a polling submission thread' },
  copy_per_64_bytes: { cycles: 4, source: 'assumed: 16 bytes a cycle' },
  page_fault: { cycles: 1500, source: 'assumed' },
  fork: { cycles: 120_000, source: 'assumed' },
  exec: { cycles: 400_000, source: 'assumed' },
  thread_create: { cycles: 30_000, source: 'assumed' },
  signal_delivery: { cycles: 2000, source: 'assumed' },
  wake_up: { cycles: 500, source: 'assumed: make a task runnable on this or another CPU, without the IPI' },
  idle_exit: { cycles: 12_600, source: 'derived once from the eventfd ratio 9.7 of the Linux RFC cover letter: IPI, idle exit, switch-in' },
  timer_interrupt: { cycles: 1000, source: 'assumed' },
  kernel_interrupt: { cycles: 800, source: 'assumed: an ordinary interrupt through the IDT' },
  cpuid: { cycles: 100, source: 'assumed: CPUID without a hypervisor' },
  xsaves_uintr: { cycles: 60, source: 'assumed: component 14 in XSAVES and XRSTORS' },
} satisfies Record<string, Cost>;

export type CostName = keyof typeof SPR_2_0_GHZ;
export type CostTable = Readonly<Record<CostName, Cost>>;

export interface Preset {
  readonly name: string;
  /** Nominal clock; also the TSC rate. */
  readonly hertz: number;
  readonly costs: CostTable;
}

export const PRESETS: Readonly<Record<string, Preset>> = {
  'spr-2.0ghz': { name: 'spr-2.0ghz', hertz: 2_000_000_000, costs: SPR_2_0_GHZ },
};

/** Cycles by name, overrides applied. What the machine computes with. */
export type Costs = Readonly<Record<CostName, number>>;

/** Unknown names are the caller's to reject first (isCostName). */
export function resolveCosts(preset: Preset, overrides: Readonly<Partial<Record<CostName, number>>>): Costs {
  const costs: Partial<Record<CostName, number>> = {};
  for (const name of Object.keys(preset.costs) as CostName[]) costs[name] = overrides[name] ?? preset.costs[name].cycles;
  return costs as Costs;
}

export function isCostName(name: string): name is CostName {
  return name in SPR_2_0_GHZ;
}
