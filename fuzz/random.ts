// Choices from a seed, for suites that make their input here.

import { RandomGenerator } from '../src/machine/random-generator.ts';

export class Choices {
  private readonly generator: RandomGenerator;

  constructor(seed: number) {
    this.generator = new RandomGenerator(BigInt(seed));
  }

  /** From 0 to below the limit. */
  below(limit: number): number {
    return Math.floor((this.generator.next() / 2 ** 32) * limit);
  }

  chance(probability: number): boolean {
    return this.generator.next() / 2 ** 32 < probability;
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  bits64(): bigint {
    return (BigInt(this.generator.next()) << 32n) | BigInt(this.generator.next());
  }

  bytes(count: number): Uint8Array {
    return this.generator.bytes(count);
  }
}
