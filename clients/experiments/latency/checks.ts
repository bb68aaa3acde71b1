// What must hold of the result.

import type { Check } from '../experiment.ts';
import { READING_TOLERANCE } from './guest-sample.ts';
import type { CostTable } from './leg.ts';
import { END_TO_END_CYCLES } from './published.ts';
import type { LatencyRow } from './row.ts';

const TOLERANCE = 0.01;

export function checksOf(rows: readonly LatencyRow[], costs: CostTable, overridden: boolean): Check[] {
  return [
    ...rows.flatMap((row) => [inState(row), nothingLost(row), attribution(row), legsAgree(row), guestAgrees(row)]),
    // With costs of one's own there is no published figure to meet.
    ...(overridden ? [] : endToEnd(rows)),
    ...order(rows),
  ];
}

function inState({ state, in_state, repetitions }: LatencyRow): Check {
  return counted(`${state}: the receiver was in this state`, in_state, repetitions, 'repetitions');
}

function nothingLost({ state, sent, delivered, handled }: LatencyRow): Check {
  return {
    name: `${state}: nothing is lost`,
    expected: `${sent} sent, ${sent} delivered, ${sent} handled`,
    measured: `${sent} sent, ${delivered} delivered, ${handled} handled`,
    pass: sent === delivered && sent === handled,
  };
}

function attribution({ state, attributed, sent }: LatencyRow): Check {
  return counted(`${state}: deliveries name their interrupt and its sender`, attributed, sent, 'deliveries');
}

function counted(name: string, measured: number, expected: number, of: string): Check {
  return { name, expected: `${expected} of ${expected} ${of}`, measured: `${measured} of ${expected} ${of}`, pass: measured === expected };
}

/** Every leg, in every repetition, is what its constants add up to, and the legs are the whole way. */
function legsAgree({ state, legs, leg_sum_difference }: LatencyRow): Check {
  const decided = legs.filter(({ expected }) => expected !== null);
  const wrong = decided.filter(({ deviating }) => deviating > 0);
  const rest = leg_sum_difference === 0 ? '' : `; the legs miss the whole by up to ${leg_sum_difference} cycles`;
  return {
    name: `${state}: legs equal the sums of their constants`,
    expected: `${decided.length} legs, all repetitions`,
    measured:
      wrong.length === 0
        ? `${decided.length} legs, all repetitions${rest}`
        : `${wrong.map(({ leg, cycles, expected }) => `${leg}: ${cycles.avg} for ${expected!.avg}`).join(', ')}${rest}`,
    pass: wrong.length === 0 && leg_sum_difference === 0,
  };
}

function guestAgrees({ state, guest_difference, reading_cycles }: LatencyRow): Check {
  return {
    name: `${state}: RDTSC in the guest agrees with the events`,
    expected: `at most ${READING_TOLERANCE} cycles apart, less the ${reading_cycles} that two readings take themselves`,
    measured: `${guest_difference} cycles`,
    pass: guest_difference <= READING_TOLERANCE,
  };
}

function endToEnd(rows: readonly LatencyRow[]): Check[] {
  const row = rows.find(({ state }) => state === 'user');
  if (!row) return [];
  return (
    [
      ['by events', row.cycles],
      ['by RDTSC in the guest', row.guest_cycles],
    ] as const
  ).map(([how, { min, avg, max }]) => ({
    name: `user: end to end ${how} (by construction)`,
    expected: `${END_TO_END_CYCLES} cycles within ${TOLERANCE * 100} %`,
    measured: `${avg} cycles on average, ${min} to ${max}`,
    pass: [min, max].every((value) => Math.abs(value - END_TO_END_CYCLES) <= TOLERANCE * END_TO_END_CYCLES),
  }));
}

/** In this order: even the slowest of the one before is faster than the fastest of the next. */
function order(rows: readonly LatencyRow[]): Check[] {
  const of = (name: string): LatencyRow[] => rows.filter(({ state }) => state === name);
  const later = rows.filter(({ state }) => state === 'descheduled' || state.startsWith('blocked'));
  const pairs = [
    ...of('user').flatMap((user) => of('kernel').map((kernel) => [user, kernel] as const)),
    ...of('kernel').flatMap((kernel) => later.map((other) => [kernel, other] as const)),
  ];
  return pairs.map(([faster, slower]) => ({
    name: `order: ${faster.state} before ${slower.state}`,
    expected: `max of ${faster.state} < min of ${slower.state}`,
    measured: `${faster.cycles.max} and ${slower.cycles.min} cycles`,
    pass: faster.cycles.max < slower.cycles.min,
  }));
}
