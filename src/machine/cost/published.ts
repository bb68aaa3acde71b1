// Published figures beside the constants: what the constants were made from, and what the model must meet without having been made from it.

/** An input fixes a constant; a check fixes none; a context is another clock's or another question's and is only shown. */
export type FigureRole = 'input' | 'check' | 'context';

export interface PublishedFigure {
  readonly name: string;
  readonly what: string;
  readonly value: number;
  /** "x UIPI", "x eventfd": a ping-pong's time, the one by user interrupt between running threads, or by eventfd, being 1. */
  readonly unit: 'cycles' | 'ns' | 'x UIPI' | 'x eventfd';
  /** What the model may come to; of a check that is not met, an assumed constant is implausible. */
  readonly from: number;
  readonly to: number;
  readonly role: FigureRole;
  /** Of the core on which nanoseconds were measured; 0 where it is not known, or the unit needs none. */
  readonly hertz: number;
  readonly source: string;
}

type Origin = Pick<PublishedFigure, 'source' | 'hertz'>;
const XUI: Origin = { source: 'xUI, ASPLOS 2025 (Xeon Gold 5420+, 2.0 GHz fixed)', hertz: 2_000_000_000 };
const VM: Origin = { source: 'measured on a Sapphire-Rapids-class VM', hertz: 2_900_000_000 };
const RFC: Origin = { source: 'cover letter of the Linux RFC "x86 User Interrupts support", September 2021', hertz: 0 };
const ASPEN: Origin = { source: 'Aspen, NSDI 2025 (clock not given: taken as 2.0 GHz)', hertz: 2_000_000_000 };
const PREEMPTDB: Origin = { source: 'PreemptDB, SIGMOD 2025: loaded database, 8 threads', hertz: 0 };
const SBB: Origin = { source: 'SBB', hertz: 0 };
const FIO: Origin = { source: 'fio t/io_uring (clock not given: taken as 2.9 GHz)', hertz: 2_900_000_000 };

type Tolerance = readonly [low: number, high: number];
const within = (part: number): Tolerance => [1 - part, 1 + part];
const EXACT = within(0.01);
/** Of a sum of a few primitives, some of them assumed. */
const SUM = within(0.25);
const FACTOR_TWO: Tolerance = [0.5, 2];

function figure(
  role: FigureRole,
  name: string,
  what: string,
  value: number,
  unit: PublishedFigure['unit'],
  [low, high]: Tolerance,
  origin: Origin,
): PublishedFigure {
  const rounded = (bound: number): number => Math.round(bound * value * 1000) / 1000;
  return { name, what, value, unit, from: rounded(low), to: rounded(high), role, ...origin };
}

export const PUBLISHED: readonly PublishedFigure[] = [
  figure('input', 'uipi_end_to_end', 'SENDUIPI to handler, receiver running', 1360, 'cycles', EXACT, XUI),
  figure('input', 'uipi_receiver', "receiver's cost of one UIPI: notification, delivery, UIRET", 720, 'cycles', within(0.05), XUI),
  figure('check', 'senduipi_aspen', 'SENDUIPI: 5 us for 22 cores', 227, 'ns', SUM, ASPEN),
  figure('check', 'preemption_uipi', 'preemption by user interrupt', 400, 'ns', SUM, ASPEN),
  figure('check', 'preemption_signal', 'preemption by signal', 2400, 'ns', SUM, ASPEN),
  figure('context', 'uipi_one_way_p50', 'UIPI one way: min 371, P50 514, P99 794 ns', 514, 'ns', FACTOR_TWO, PREEMPTDB),
  figure('input', 'ratio_eventfd', 'ping-pong by eventfd', 9.7, 'x UIPI', within(0.1), RFC),
  figure('check', 'ratio_blocked_uipi', 'ping-pong by user interrupt, blocked receivers', 8.9, 'x UIPI', FACTOR_TWO, RFC),
  figure('check', 'ratio_signal', 'ping-pong by signal', 14.8, 'x UIPI', FACTOR_TWO, RFC),
  figure('check', 'ratio_pipe', 'ping-pong by pipe', 16.3, 'x UIPI', FACTOR_TWO, RFC),
  figure('check', 'ratio_domain', 'ping-pong by domain socket', 17.3, 'x UIPI', FACTOR_TWO, RFC),
  figure('check', 'blocked_uipi_by_eventfd', 'the same by that of eventfd: 8.9 / 9.7', 0.92, 'x eventfd', within(0.2), RFC),
  figure('context', 'timer_from_user_mode', 'arm the local timer from user mode', 50, 'cycles', EXACT, SBB),
  figure('context', 'timer_by_setitimer', 'arm a timer by setitimer', 3000, 'ns', EXACT, SBB),
  figure('input', 'syscall', 'a system call that does nothing, no KPTI', 102, 'ns', within(0.05), VM),
  figure('check', 'signal_to_self', 'a signal to self and back', 1470, 'ns', SUM, VM),
  figure('input', 'eventfd_write_read', 'eventfd write + read, one thread', 334, 'ns', within(0.05), VM),
  figure('input', 'pipe_write_read', 'pipe write + read of 8 bytes, one thread', 389, 'ns', within(0.05), VM),
  figure('check', 'sched_yield', 'sched_yield with nothing else to run', 219, 'ns', SUM, VM),
  figure('input', 'pipe_ping_pong', 'pipe ping-pong of two processes on one CPU, round trip', 2730, 'ns', within(0.05), VM),
  figure('check', 'uring_nop', 'io_uring: one NOP', 164, 'ns', SUM, FIO),
  figure('check', 'uring_nop_of_32', 'io_uring: a NOP in a batch of 32', 32, 'ns', SUM, FIO),
];
