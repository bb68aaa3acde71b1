// Which executor runs changes nothing: guest programs by the step executor alone, by regions alone, mixed by heat and mixed at random.
// The long test has all of them.

import { expect, test } from 'vitest';
import type { MachineSpec } from '../../src/machine/machine-spec.ts';
import { guest } from './run-guest.ts';
import { FEW_SETTINGS, REFERENCE, tierOutcome } from './tier-runs.ts';

/** The flight of an inter-processor interrupt decides before which instruction a user interrupt arrives. */
const flight = (cycles: number): Partial<MachineSpec> => ({ cost_overrides: { ipi_flight: cycles } });

const PROGRAMS: readonly (readonly [name: string, spec: Partial<MachineSpec>, stops: number])[] = [
  ['hello', {}, 2],
  ['threads', { vcpus: 3 }, 3],
  ['signals', {}, 3],
  ['timers', {}, 2],
  ['traps', {}, 3],
  ['uipi_sample.poc', { abi: 'poc', ...flight(611) }, 0],
  ['uipi_sample.k518', { abi: 'k518', ...flight(633) }, 0],
  ['uipi_spin.poc', { abi: 'poc', ...flight(647) }, 0],
  ['uring/workers', { abi: 'none' }, 2],
];

test.each(PROGRAMS)('%s', (name, spec, stops) => {
  const program = { image: guest(name), spec: { abi: 'none', ...spec }, end: 800_000, stops, seed: 7n } as const;
  const expected = tierOutcome(program, REFERENCE);
  expect(expected.instructions).toBeGreaterThan(500);
  for (const setting of FEW_SETTINGS) expect({ ...setting, ...tierOutcome(program, setting) }).toEqual({ ...setting, ...expected });
});
