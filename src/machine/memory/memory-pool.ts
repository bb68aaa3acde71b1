// WebAssembly memories of machines that have ended, all zero again, for the next machines of this thread: V8 takes each new one for an
// allocation of all its bytes and collects garbage before long, and bytes that the host has given already are cleared sooner than given.

/** Memories of one size at most, and of all sizes. The oldest goes first. */
const MOST_OF_A_SIZE = 4;
const MOST = 8;

export class MemoryPool<T extends { readonly memory: WebAssembly.Memory }> {
  private readonly kept: T[] = [];

  get size(): number {
    return this.kept.length;
  }

  /** The one given last that has `bytes` bytes, or any if that is 0; null if there is none. */
  take(bytes: number): T | null {
    const at = this.kept.findLastIndex(({ memory }) => bytes === 0 || memory.buffer.byteLength === bytes);
    return at < 0 ? null : this.kept.splice(at, 1)[0]!;
  }

  /** All of its bytes are zero, and nobody else uses it any more. */
  give(one: T): void {
    this.kept.push(one);
    const { byteLength } = one.memory.buffer;
    const alike = this.kept.filter(({ memory }) => memory.buffer.byteLength === byteLength);
    if (alike.length > MOST_OF_A_SIZE) this.kept.splice(this.kept.indexOf(alike[0]!), 1);
    else if (this.kept.length > MOST) this.kept.shift();
  }
}
