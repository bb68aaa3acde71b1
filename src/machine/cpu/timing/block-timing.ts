// The cost of every instruction of straight-line code, in sixteenths of a cycle: a pure function of the bytes of its page and its place
// there, never of how control came to it.
//
// Code from an instruction to the end of its cost block (its first branch, the page's end, or a 256-byte boundary that the next
// instruction lies behind) is estimated as T cycles; an instruction costs T less the T of the next one. So code that is entered anywhere
// costs the T of its entry, and a stop in the middle changes nothing. Loops of straight-line code, in which jumps may skip something, cost
// what an iteration takes once it has settled.

import { BranchOnData } from './misprediction.ts';
import { recurrenceCycles } from './recurrence.ts';
import { Demand, REPEAT_START, isFused, suffixCycles } from './suffix-cost.ts';
import type { TimedInstruction } from './timed-instruction.ts';

/** The unit of costs is a cycle divided by this. */
export const UNITS = 16;
/** A cost fits into 16 bits of a record. */
const MOST_UNITS = 0xffff;
/** Longest loop that is taken as one, from the first byte of its head to its last branch. */
export const LOOP_BYTES = 512;
const BLOCK_BYTES = 256;

/** Reads code of the page that is being timed. */
export interface CodeReader {
  /** The instructions from `address` on and before `upTo`, as far as control goes straight on and the page goes. */
  read(address: number, upTo: number): TimedInstruction[];
  /** Address of the first of them at or behind `upTo`; -1 if control does not get there. */
  reach(address: number, upTo: number): number;
}

/** No instruction of the cost block that holds `instruction` begins at this address or behind it. */
export function blockEnd(instruction: TimedInstruction): number {
  return endsBlock(instruction) ? instruction.next : instruction.address - (instruction.address % BLOCK_BYTES) + BLOCK_BYTES;
}

function endsBlock(instruction: TimedInstruction): boolean {
  return instruction.flow !== 'next' || instruction.address % BLOCK_BYTES > instruction.next % BLOCK_BYTES;
}

/**
 * Costs of the first `count` instructions of `run`, which follow one another in one page and are as many as timing needs: behind the last
 * of them come those up to LOOP_BYTES further, if control gets there and the page goes on.
 */
export function costsOf(run: readonly TimedInstruction[], count: number, reader: CodeReader): Uint16Array {
  const costs = new Uint16Array(count);
  addBlocks(run, count, costs);
  addLoops(run, count, reader, costs);
  return costs;
}

function addBlocks(run: readonly TimedInstruction[], count: number, costs: Uint16Array): void {
  for (let first = 0; first < count; ) {
    let last = first;
    while (last + 1 < run.length && !endsBlock(run[last]!)) last++;
    let behind = 0;
    suffixCycles(run, first, last, (at, cycles) => {
      const units = Math.max(behind + 1, Math.round(cycles * UNITS));
      if (at < count) costs[at] = Math.min(MOST_UNITS, units - behind);
      behind = units;
    });
    first = last + 1;
  }
}

/** Innermost loops first: those whose last branch comes first. */
function addLoops(run: readonly TimedInstruction[], count: number, reader: CodeReader, costs: Uint16Array): void {
  let assigned: Uint8Array | null = null;
  const last = run[count - 1]!.address;
  for (const [at, branch] of run.entries()) {
    if (!leadsBack(branch) || branch.target > last) continue;
    const body = bodyOf(run, at, reader);
    if (!body) continue;
    assigned ??= new Uint8Array(count);
    let loop: Uint16Array | null = null;
    let place = 0;
    for (const [n, { address }] of body.entries()) {
      while (place < count && run[place]!.address < address) place++;
      if (place === count) break;
      if (run[place]!.address !== address || assigned[place]) continue;
      loop ??= iterationCosts(body);
      costs[place] = loop[n]!;
      assigned[place] = 1;
    }
  }
}

/** Branches to itself or not far before it: perhaps the end of a loop. */
export function leadsBack({ target, address, next, flow }: TimedInstruction): boolean {
  return target >= 0 && target <= address && next - target <= LOOP_BYTES && flow !== 'leaves';
}

/** The instructions from the target of run[at] to it; null if straight-line code does not lead there, or another loop is in between. */
function bodyOf(run: readonly TimedInstruction[], at: number, reader: CodeReader): readonly TimedInstruction[] | null {
  const branch = run[at]!;
  let head = at;
  while (head > 0 && run[head]!.address > branch.target) head--;
  let body: readonly TimedInstruction[];
  if (run[head]!.address === branch.target) body = run.slice(head, at + 1);
  else {
    const start = run[0]!.address;
    const reached = branch.target < start ? reader.reach(branch.target, start) : branch.address;
    if (reached < 0) return null;
    if (reached === start) body = [...reader.read(branch.target, start), ...run.slice(0, at + 1)];
    else body = reader.read(branch.target, branch.next);
    if (body.at(-1)?.address !== branch.address) return null;
  }
  return body.some((one) => one !== branch && leadsBack(one) && one.target > branch.target) ? null : body;
}

/** A jump ahead is followed: its target, from what lies behind it. Pages end all this. */
export function isSkipped(next: number, target: number): boolean {
  return target >= next && target < next + LOOP_BYTES;
}

/** Address at which straight-line code goes on behind an instruction: the next one, or that which a jump leads ahead to. -1 if nowhere. */
export function continuation({ flow, next, target }: TimedInstruction): number {
  if (flow === 'leaves') return -1;
  return flow !== 'jump' ? next : isSkipped(next, target) ? target : -1;
}

/** What each instruction of a loop costs: an iteration takes as long as the core's width and its longest recurrence make it. */
function iterationCosts(body: readonly TimedInstruction[]): Uint16Array {
  const demand = new Demand();
  demand.pressure.atLeast(1);
  let serial = 0;
  const weights = new Float64Array(body.length);
  for (const [n, instruction] of body.entries()) {
    const fused = isFused(instruction, body[n + 1]);
    demand.add(instruction, fused);
    serial += instruction.serial + (body[n + 1]?.isRepeated ? REPEAT_START : 0);
    weights[n] = (fused ? 0 : instruction.issue) + instruction.serial;
  }
  serial += mispredictions(body);
  const cycles = serial + Math.max(demand.pressure.cycles, recurrenceCycles(body));
  return shared(Math.max(body.length, Math.round(cycles * UNITS)), weights);
}

function mispredictions(body: readonly TimedInstruction[]): number {
  const branch = new BranchOnData();
  let cycles = 0;
  for (let last = body.length - 1; last >= 0; last--) {
    if (body[last]!.flow !== 'conditional') continue;
    branch.begin(body[last]!, body, last === body.length - 1);
    for (let at = last - 1; at >= 0; at--) cycles += branch.meet(body[at]!);
  }
  return cycles;
}

/** `units` among as many as there are weights: one each, and of the rest by weight. */
function shared(units: number, weights: Float64Array): Uint16Array {
  const costs = new Uint16Array(weights.length);
  const rest = units - weights.length;
  const whole = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  let weight = 0;
  let given = 0;
  for (const n of weights.keys()) {
    weight += weights[n]!;
    const upTo = Math.round((rest * weight) / whole);
    costs[n] = Math.min(MOST_UNITS, 1 + upTo - given);
    given = upTo;
  }
  return costs;
}
