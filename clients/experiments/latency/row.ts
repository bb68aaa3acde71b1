// One state of the receiver in the result: latencies and legs over all repetitions.

import { scaled, summarize } from '../statistics.ts';
import { distance, type Basis, type Leg, type Measurement } from './leg.ts';
import type { Summary } from '../statistics.ts';
import type { State } from './states.ts';

export interface LegRow {
  readonly leg: string;
  readonly basis: Basis;
  readonly constants: string;
  readonly cycles: Summary;
  /** What the constants add up to; null where they do not decide it. */
  readonly expected: Summary | null;
  /** Repetitions in which the leg was not what is expected. */
  readonly deviating: number;
}

export interface LatencyRow {
  readonly state: string;
  readonly title: string;
  readonly about: string;
  readonly repetitions: number;
  /** Interrupts sent, delivered, and handlers that the guest counted: with the warm-up. */
  readonly sent: number;
  readonly delivered: number;
  readonly handled: number;
  /** Of all deliveries: those that name their interrupt and its sender, and nothing else. */
  readonly attributed: number;
  /** Repetitions in which the receiver was in the state. */
  readonly in_state: number;
  /** From SENDUIPI to the first instruction of the handler, by the machine's events. */
  readonly cycles: Summary;
  readonly nanoseconds: Summary;
  /** Less the legs whose length is the guest program's affair. */
  readonly mechanism_cycles: Summary;
  /** The same as `cycles`, as the guest measures it, less what its readings take. */
  readonly guest_cycles: Summary;
  /** The largest difference between the two, and the largest between a way and the sum of its legs. */
  readonly guest_difference: number;
  /** Cycles that the guest's readings take themselves. */
  readonly reading_cycles: number;
  readonly leg_sum_difference: number;
  readonly legs: readonly LegRow[];
  /** From the first instruction of the handler to behind UIRET; not in the latency. */
  readonly handler_cycles: Summary;
  /** Each repetition, in order. */
  readonly samples: readonly number[];
}

export interface Counts {
  readonly sent: number;
  readonly delivered: number;
  readonly handled: number;
  readonly attributed: number;
}

export function rowOf(state: State, measurements: readonly Measurement[], counts: Counts, hertz: number): LatencyRow {
  const latencies = measurements.map(({ way }) => distance(way.senduipi, way.delivered));
  const guest = measurements.map((one) => one.guest.began - one.guest.before - one.around);
  const legs = measurements.map((one) => state.legs(one));
  const cycles = summarize(latencies);
  return {
    state: state.name,
    title: state.title,
    about: state.about,
    repetitions: measurements.length,
    ...counts,
    in_state: measurements.filter(({ way }) => state.holds(way)).length,
    cycles,
    nanoseconds: scaled(cycles, 1e9 / hertz),
    mechanism_cycles: summarize(legs.map((one) => one.reduce((sum, { cycles: part, programs }) => (programs ? sum : sum + part), 0))),
    guest_cycles: summarize(guest),
    guest_difference: Math.max(...guest.map((value, at) => Math.abs(value - latencies[at]!))),
    reading_cycles: measurements[0]?.around ?? 0,
    leg_sum_difference: Math.max(...legs.map((one, at) => Math.abs(one.reduce((sum, { cycles: part }) => sum + part, 0) - latencies[at]!))),
    legs: legs[0]!.map((_, at) => legRow(legs.map((one) => one[at]!))),
    handler_cycles: summarize(measurements.map(({ way }) => (way.returned ? distance(way.delivered, way.returned) : Number.NaN))),
    samples: latencies,
  };
}

function legRow(legs: readonly Leg[]): LegRow {
  const { name, basis, constants, expected } = legs[0]!;
  return {
    leg: name,
    basis,
    constants,
    cycles: summarize(legs.map(({ cycles }) => cycles)),
    expected: expected === undefined ? null : summarize(legs.map((one) => one.expected!)),
    deviating: legs.filter((one) => one.expected !== undefined && one.expected !== one.cycles).length,
  };
}
