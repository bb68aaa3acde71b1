// A small generator of reproducible numbers (xorshift32 with a Weyl sequence); the recorded files depend on it, so it never changes.

export class Random {
  private state: number;
  private weyl = 0;

  constructor(seed: number) {
    this.state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
  }

  /** 32 bits. */
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    this.weyl = (this.weyl + 0x9e3779b9) >>> 0;
    return (Math.imul(this.state ^ (this.state >>> 15), 0x2c1b3c6d) + this.weyl) >>> 0;
  }

  below(n: number): number {
    return this.next() % n;
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  bits64(): bigint {
    return (BigInt(this.next()) << 32n) | BigInt(this.next());
  }

  bytes(count: number): Uint8Array {
    const out = new Uint8Array(count);
    for (let i = 0; i < count; i++) out[i] = this.next() >>> 24;
    return out;
  }
}
