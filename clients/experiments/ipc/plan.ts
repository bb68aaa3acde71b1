// Which runs an ipc experiment makes: every mechanism, way of waiting and size on two vCPUs; blocking ones at the first size on one vCPU too.

import { OptionError } from '../experiment.ts';
import { MECHANISMS, type Mechanism, type Placement, type Waiting } from './mechanisms.ts';

export interface PlannedRun {
  readonly mechanism: Mechanism;
  readonly waiting: Waiting;
  readonly placement: Placement;
  readonly size: number;
}

/** What both kinds of message queues take at most. */
export const MOST_BYTES = 8192;

export function planOf(mechanisms: readonly Mechanism[], sizes: readonly number[]): PlannedRun[] {
  return mechanisms.flatMap((mechanism) =>
    mechanism.waits.flatMap((waiting) => {
      const own = mechanism.carries ? sizes : sizes.slice(0, 1);
      const apart = own.map((size): PlannedRun => ({ mechanism, waiting, placement: 'two vCPUs', size }));
      return waiting === 'block' ? [...apart, { mechanism, waiting, placement: 'one vCPU' as const, size: sizes[0]! }] : apart;
    }),
  );
}

export function chosenMechanisms(text: string): readonly Mechanism[] {
  if (text === 'all') return MECHANISMS;
  const names = text.split(',').map((name) => name.trim());
  for (const name of names)
    if (!MECHANISMS.some((one) => one.name === name))
      throw new OptionError(`--mechanism: "${name}" is none of ${MECHANISMS.map((one) => one.name).join(', ')}`);
  return MECHANISMS.filter(({ name }) => names.includes(name));
}

export function chosenSizes(text: string): readonly number[] {
  const sizes = text.split(',').map((part) => {
    const value = /^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN;
    if (!(value >= 1 && value <= MOST_BYTES))
      throw new OptionError(`--size: "${part.trim()}" is not a number of bytes from 1 to ${MOST_BYTES}; several have commas between`);
    return value;
  });
  return [...new Set(sizes)].sort((a, b) => a - b);
}
