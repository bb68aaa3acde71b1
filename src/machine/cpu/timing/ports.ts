// The execution ports of Golden Cove, and the sets of them whose use bounds how fast a stretch of code can go.
// Intel 64 and IA-32 Architectures Optimization Reference Manual, "Golden Cove microarchitecture"; port use as uops.info lists it (Alder Lake-P).

/** Micro-operations that are renamed in a cycle; what is micro-fused or macro-fused counts once. */
export const ISSUE_WIDTH = 6;
/** Loads of up to 256 bits in a cycle (ports 2, 3, 11). */
export const LOADS_A_CYCLE = 3;
/** Cycles of a store that leaves for the cache: two go together where they are to one line. */
export const STORE = 1;
export const STORE_TO_SAME_LINE = 0.5;

const P0 = 1;
const P1 = 2;
const P5 = 4;
const P6 = 8;
const P10 = 16;

/** Groups of ports by the letter that the class table names them with. */
export const PORTS = {
  /** Any of the five that do integer arithmetic. */
  any: P0 | P1 | P5 | P6 | P10,
  /** Shifts, conditions, branches that may fall through. */
  shift: P0 | P6,
  /** Taken branches. */
  jump: P6,
  /** Integer multiplication, division and bit scans. */
  multiply: P1,
  /** Vector logic and addition. */
  vector: P0 | P1 | P5,
  /** Floating-point multiplication; vector shifts. */
  float: P0 | P1,
  /** Floating-point addition; shuffles. */
  add: P1 | P5,
  /** Floating-point division and square root, and what leaves the vector registers. */
  divide: P0,
  /** What enters the vector registers; long shuffles; x87 addition. */
  enter: P5,
} as const;
export type PortGroup = keyof typeof PORTS;

/** Unions that bound: micro-operations confined to one of them take at least their number divided by its size. */
const UNIONS = [...new Set([...Object.values(PORTS), P0 | P5, P0 | P1 | P6])];
const SIZES = UNIONS.map((union) => [...union.toString(2)].filter((bit) => bit === '1').length);
const WITHIN: readonly (readonly number[])[] = Array.from({ length: 32 }, (_, mask) =>
  mask === 0 ? [] : UNIONS.flatMap((union, n) => ((mask & ~union) === 0 ? [n] : [])),
);

/** Counts what micro-operations ask of the core; `cycles` is the least time in which it can give all of that. */
export class Pressure {
  cycles = 0;
  private issued = 0;
  private loads = 0;
  private stores = 0;
  private readonly used = new Float64Array(UNIONS.length);

  clear(): void {
    this.cycles = this.issued = this.loads = this.stores = 0;
    this.used.fill(0);
  }

  /** `count` micro-operations that need one of the ports in `mask`, for each. */
  useAll(ports: readonly (readonly [mask: number, count: number])[]): void {
    for (let i = 0; i < ports.length; i++) {
      const unions = WITHIN[ports[i]![0]]!;
      const count = ports[i]![1];
      for (let n = 0; n < unions.length; n++) {
        const union = unions[n]!;
        this.atLeast((this.used[union]! += count) / SIZES[union]!);
      }
    }
  }

  issue(count: number): void {
    this.issued += count;
    this.atLeast(this.issued / ISSUE_WIDTH);
  }

  load(): void {
    this.loads++;
    this.atLeast(this.loads / LOADS_A_CYCLE);
  }

  store(isToSameLine: boolean): void {
    this.stores += isToSameLine ? STORE_TO_SAME_LINE : STORE;
    this.atLeast(this.stores);
  }

  atLeast(cycles: number): void {
    if (cycles > this.cycles) this.cycles = cycles;
  }
}
