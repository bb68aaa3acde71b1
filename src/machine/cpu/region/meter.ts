// What a region counts by: one i64 that has the instructions executed in its low bits and above them the budget that is left, signed, in units
// of costs. What a block takes of it is small enough to be part of a machine instruction.

/** An instruction costs a unit at least, so that no more are executed than the budget of a slice (cpu.ts) has units. */
export const COUNT_BITS = 22n;
export const COUNT_MASK = (1n << COUNT_BITS) - 1n;

/** What `instructions` that cost so many units together take of the meter. */
export const chargeOf = (units: number, instructions: number): bigint => (BigInt(units) << COUNT_BITS) - BigInt(instructions);
