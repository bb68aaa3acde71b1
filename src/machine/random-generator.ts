// The machine's own source of randomness: xoshiro128** (Blackman, Vigna), seeded through SplitMix32 from the spec's seed.
// Its four words are state like any register: hashed, saved, replayed.

export class RandomGenerator {
  private readonly words: Uint32Array;

  /** `seed`: any 64-bit value. */
  constructor(seed: bigint) {
    this.words = new Uint32Array(4);
    let low = Number(seed & 0xffff_ffffn);
    const high = Number((seed >> 32n) & 0xffff_ffffn);
    for (let i = 0; i < 4; i++) {
      low = (low + 0x9e37_79b9) >>> 0;
      let mixed = low ^ (i & 1 ? high : 0);
      mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
      this.words[i] = mixed ^ (mixed >>> 15);
    }
    if (this.words.every((w) => w === 0)) this.words[0] = 1;
  }

  /** 32 random bits. */
  next(): number {
    const w = this.words;
    const scrambled = Math.imul(w[1]!, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = w[1]! << 9;
    w[2] = w[2]! ^ w[0]!;
    w[3] = w[3]! ^ w[1]!;
    w[1] = w[1]! ^ w[2]!;
    w[0] = w[0]! ^ w[3]!;
    w[2] = w[2]! ^ shifted;
    w[3] = (w[3]! << 11) | (w[3]! >>> 21);
    return result;
  }

  bytes(count: number): Uint8Array {
    const out = new Uint8Array(count);
    for (let at = 0; at < count; at += 4) {
      const word = this.next();
      for (let i = 0; i < 4 && at + i < count; i++) out[at + i] = word >>> (8 * i);
    }
    return out;
  }
}
