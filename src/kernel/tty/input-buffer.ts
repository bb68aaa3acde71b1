// What a terminal has received and nobody has read: a ring of 4096 bytes. Places are counted from the terminal's start and never wrap.
// In canonical mode only what lies before `lines` can be read; a mark says where a line ends.

export const BUFFER_BYTES = 4096;
const MASK = BUFFER_BYTES - 1;

export class InputBuffer {
  private readonly bytes = new Uint8Array(BUFFER_BYTES);
  private readonly marks = new Uint8Array(BUFFER_BYTES);
  /** Place of the next byte to arrive, and of the next to be read. */
  head = 0;
  tail = 0;
  /** Everything before this place belongs to finished lines. */
  lines = 0;

  get length(): number {
    return this.head - this.tail;
  }

  at(place: number): number {
    return this.bytes[place & MASK]!;
  }

  put(byte: number): void {
    this.bytes[this.head & MASK] = byte;
    this.marks[this.head & MASK] = 0;
    this.head++;
  }

  /** As put, for as many as there is room for. */
  putAll(bytes: Uint8Array): void {
    for (const byte of bytes) this.put(byte);
  }

  /** The byte that ends a line, which is thereby finished. */
  endLine(byte: number): void {
    this.put(byte);
    this.marks[(this.head - 1) & MASK] = 1;
    this.lines = this.head;
  }

  /** Place of the first end of a line in from..until-1, or `until`. */
  findEnd(from: number, until: number): number {
    for (let place = from; place < until; place++) if (this.marks[place & MASK]) return place;
    return until;
  }

  isEnd(place: number): boolean {
    return this.marks[place & MASK] === 1;
  }

  copy(from: number, count: number): Uint8Array {
    const copy = new Uint8Array(count);
    for (let i = 0; i < count; i++) copy[i] = this.at(from + i);
    return copy;
  }

  clear(): void {
    this.head = 0;
    this.tail = 0;
    this.lines = 0;
    this.marks.fill(0);
  }

  /** ICANON has changed: what is there is a line by itself in canonical mode, and a mere run of bytes otherwise. */
  regroup(canonical: boolean): void {
    this.marks.fill(0);
    if (!canonical || this.length === 0) {
      this.lines = this.tail;
      return;
    }
    this.marks[(this.head - 1) & MASK] = 1;
    this.lines = this.head;
  }
}
