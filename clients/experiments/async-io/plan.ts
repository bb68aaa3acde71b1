// Which tasks there are, which methods do them, and where the polled one polls.

import { type ExperimentContext, flagOption, integerOption, OptionError } from '../experiment.ts';
import { METHODS, type MethodName } from './methods.ts';

/** Multiplications in the shortest computation of the report. */
export const REPORT_UNIT = 700_000;
/** Reads and computations of the report. */
export const REPORT_TASKS = { reads: 200, computations: 1000 } as const;
const MOST_TASKS = 20_000;
const MOST_UNIT = 100_000_000;

export interface Workload {
  readonly reads: number;
  readonly computations: number;
  readonly unit: number;
  readonly blocking: boolean;
  /** As many computations a read, and as long, as the report has: its inequalities are about that. */
  readonly isReports: boolean;
}

/** Polls after so many computations, and inside of them after so many multiplications (0: not). */
export interface Polling {
  readonly tasks: number;
  readonly chunk: number;
}

export interface PlannedRun {
  readonly method: MethodName;
  readonly polling: Polling;
}

export const EACH_TASK: Polling = { tasks: 1, chunk: 0 };

/** From where polling costs more than the work to where reads wait for it longer than they take. */
const SWEEP: readonly Polling[] = [
  ...[30, 100, 300, 1000, 3000, 10_000, 100_000, 300_000, 1_000_000].map((chunk) => ({ tasks: 1, chunk })),
  ...[1, 2, 5].map((tasks) => ({ tasks, chunk: 0 })),
];

export function workloadOf(context: ExperimentContext): Workload {
  const scale = scaleOption(context);
  const reads = scaled(context, 'io', 1, scale);
  const computations = scaled(context, 'compute', 0, scale);
  const unit = integerOption(context, 'unit', 1, MOST_UNIT);
  const alike = reads * REPORT_TASKS.computations === computations * REPORT_TASKS.reads;
  return { reads, computations, unit, blocking: flagOption(context, 'blocking'), isReports: alike && unit === REPORT_UNIT };
}

function scaleOption({ options }: ExperimentContext): number {
  const text = options['scale']!;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value > 0 && value <= 100)) throw new OptionError(`--scale: "${text}" is not a number above 0 and up to 100`);
  return value;
}

function scaled(context: ExperimentContext, name: string, least: number, scale: number): number {
  const count = Math.max(least, Math.round(integerOption(context, name, least, MOST_TASKS) * scale));
  if (count > MOST_TASKS) throw new OptionError(`--${name}: ${count} by --scale are more than ${MOST_TASKS}`);
  return count;
}

export function chosenMethods(text: string): readonly MethodName[] {
  const names = text.split(',').map((name) => name.trim());
  for (const name of names)
    if (!METHODS.some((one) => one.name === name))
      throw new OptionError(`--method: "${name}" is none of ${METHODS.map((one) => one.name).join(', ')}`);
  return METHODS.map(({ name }) => name).filter((name) => names.includes(name));
}

/** The methods, and for a sweep the polled one at every interval that is not among them. A sweep compares with user interrupts. */
export function planOf(methods: readonly MethodName[], sweeps: boolean): PlannedRun[] {
  const runs = methods.map((method): PlannedRun => ({ method, polling: EACH_TASK }));
  if (!sweeps) return runs;
  for (const method of ['uring', 'uintr'] as const)
    if (!methods.includes(method)) throw new OptionError(`--sweep: holds uring against uintr, and --method leaves out ${method}`);
  return [
    ...runs,
    ...SWEEP.filter(({ tasks, chunk }) => tasks !== 1 || chunk !== 0).map((polling): PlannedRun => ({ method: 'uring', polling })),
  ];
}
