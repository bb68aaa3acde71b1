// A case from a seed and a number: its traits, where its registers point, a tree of items, and the state it starts from.

import { integer, type Lane, lanes } from '../../../test/vectors/generate/values.ts';
import { Random } from '../../../test/vectors/random.ts';
import { DATA, HIGH, HIGH_STACK, READ_ONLY, STACK, STACKS, STACK_START } from '../layout.ts';
import type { FuzzCase, Item, Part, Transfer } from '../program.ts';
import { THEMES, themedRegisters } from '../floats.ts';
import { IMAGES, type MachineState, type Patch, extended, imageNamed } from '../state.ts';
import { COMPOSITES, type CompositeName, ownInstruction } from './composites.ts';
import { controlWord, mxcsr, usualMxcsr } from './control-words.ts';
import { fault } from './faults.ts';
import { type Group, formsOf } from './forms.ts';
import { Maker, type Pointer } from './maker.ts';
import { modify } from './modify.ts';
import { known, moveImmediate } from './parts.ts';

export const TRAITS = [
  'float',
  'vector',
  'x87',
  'mmx',
  'strings',
  'unaligned',
  'faults',
  'self-modifying',
  'control',
  'loops',
  'hot',
] as const;
export type Trait = (typeof TRAITS)[number];

/** Chance in 100 of each trait; a case has at least one. */
const CHANCES: Readonly<Record<Trait, number>> = {
  float: 20,
  vector: 14,
  x87: 14,
  mmx: 12,
  strings: 16,
  unaligned: 16,
  faults: 18,
  'self-modifying': 14,
  control: 18,
  loops: 18,
  hot: 12,
};
/** Cases in 100 that only executors are compared by. */
const OWN = 3;

type Structure = 'unless' | 'jump' | 'call' | 'switch' | 'loop' | 'modify';
type Kind = Group | CompositeName | Structure;

const BASE: Partial<Record<Kind, number>> = {
  integer: 52,
  flags: 8,
  vector: 6,
  float: 4,
  mmx: 1,
  x87: 1,
  divide: 3,
  bitString: 3,
  wideExchange: 2,
  translate: 1,
  string: 2,
  popFlags: 2,
  pushAndPop: 3,
  loneStack: 4,
  frame: 1,
  unless: 5,
  jump: 1,
  call: 1,
  switch: 1,
  loop: 1,
};
const ADDED: Readonly<Record<Trait, Partial<Record<Kind, number>>>> = {
  float: { float: 100, floatControl: 8, vector: 10 },
  vector: { vector: 90, maskedMove: 3, floatControl: 2 },
  x87: { x87: 110, x87Control: 5, stateImage: 6 },
  mmx: { mmx: 90, maskedMove: 3, stateImage: 3 },
  strings: { string: 40 },
  unaligned: {},
  faults: {},
  'self-modifying': { modify: 20 },
  control: { flags: 15, unless: 15, jump: 8, call: 20, switch: 8, loneStack: 6 },
  loops: { loop: 10, unless: 8, flags: 10 },
  hot: { flags: 10, unless: 8 },
};
/** Registers that may hold an address or count a loop from start to end: no instruction names them implicitly, but ENTER. */
const LASTING = [3, 5, 8, 9, 10, 11, 12, 13, 14, 15];
const MOST_ITERATIONS = 6000;
/** Iterations of loops around a call at most, and of those around a function for what is in it. */
const MOST_CALLS = 40;
/** Iterations of loops around what writes to code at most. */
const MOST_WRITES = 64;
/** Bytes that a walking register may pass through. */
const WALKED = 0x2c00;

interface Walker {
  readonly register: number;
  readonly before: readonly Part[];
  readonly item: Item;
}

class Generator {
  private readonly random: Random;
  private readonly maker: Maker;
  private readonly traits: ReadonlySet<Trait>;
  private readonly kinds: readonly (readonly [Kind, number])[];
  private readonly total: number;
  private readonly functions: Item[][] = [];
  readonly patches: Patch[] = [];
  private made = 0;
  /** Iterations of the loops around, multiplied. */
  private iterations = 1;
  private depth = 0;

  constructor(random: Random, traits: ReadonlySet<Trait>, pointers: readonly Pointer[]) {
    this.random = random;
    this.traits = traits;
    this.maker = new Maker(random, pointers);
    this.maker.crossing = traits.has('unaligned') ? 45 : 3;
    this.maker.bad = traits.has('faults') ? 1 : 0;
    this.enterCode(1);
    const weights = new Map<Kind, number>();
    for (const part of [BASE, ...[...traits].map((trait) => ADDED[trait])]) {
      for (const [kind, weight] of Object.entries(part) as [Kind, number][]) weights.set(kind, (weights.get(kind) ?? 0) + weight);
    }
    this.kinds = [...weights];
    this.total = this.kinds.reduce((sum, [, weight]) => sum + weight, 0);
  }

  program(own: boolean): FuzzCase['program'] {
    const { random } = this;
    const functions = this.traits.has('control') ? 1 + random.below(3) : random.below(2);
    for (let n = 0; n < functions; n++) this.functions.push([]);
    // The last first: each calls those behind it only.
    for (let n = functions - 1; n >= 0; n--) this.functions[n] = this.withoutCallsBefore(n, () => this.list(2 + random.below(6)));
    const items: Item[] = [];
    const target = this.made + 16 + random.below(49);
    const hot = this.traits.has('hot');
    if (hot) items.push(this.hotLoop());
    while (this.made < target) {
      const item = this.item();
      if (item) items.push(item);
    }
    if (own) for (let n = 0; n < 3; n++) this.insert(items, { kind: 'code', parts: ownInstruction(this.maker) ?? [] });
    if (this.traits.has('faults')) {
      const parts = fault(this.maker);
      if (parts) this.insert(items, { kind: 'code', parts });
    }
    return { items, functions: this.functions, at: this.place(items) };
  }

  /** Anywhere, in the body of a loop as well. */
  private insert(items: Item[], item: Item): void {
    const at = this.random.below(items.length + 1);
    const there = items[at];
    if (there?.kind === 'loop') items[at] = { ...there, body: [...there.body, item] };
    else items.splice(at, 0, item);
  }

  private firstCallable = 0;
  private withoutCallsBefore(n: number, make: () => Item[]): Item[] {
    this.firstCallable = n + 1;
    this.depth++;
    this.enterCode(MOST_CALLS);
    const body = make();
    this.enterCode(1);
    this.depth--;
    this.firstCallable = 0;
    return body;
  }

  /** What is made from now on is executed so often. Each write to code is a machine clear: not where that would be thousands. */
  private enterCode(iterations: number): void {
    this.iterations = iterations;
    this.maker.scratchCode = this.traits.has('self-modifying') && iterations <= MOST_WRITES;
  }

  private place(items: readonly Item[]): number {
    const { random } = this;
    if (this.traits.has('faults') && random.below(12) === 0 && this.functions.length === 0 && items.every(isPlain))
      return -1 - random.pick([0, 0, 1, 2, 4]);
    if (random.below(3) === 0) return 0x1000 - 1 - random.below(260);
    return 0x80 + random.below(0x700);
  }

  private list(count: number): Item[] {
    const items: Item[] = [];
    while (items.length < count) {
      const item = this.item();
      if (item) items.push(item);
    }
    return items;
  }

  private item(): Item | null {
    let left = this.random.below(this.total);
    const found = this.kinds.find(([, weight]) => (left -= weight) < 0)!;
    return this.ofKind(found[0]);
  }

  private ofKind(kind: Kind): Item | null {
    const { random, maker } = this;
    switch (kind) {
      case 'unless':
        return this.nested(() => ({
          kind,
          condition: random.below(20) === 0 ? -1 - random.below(2) : random.below(16),
          body: this.list(1 + random.below(5)),
        }));
      case 'loop':
        return this.loop();
      case 'switch':
        return this.nested(() => {
          const register = maker.free();
          return { kind, register, bodies: Array.from({ length: random.pick([2, 2, 4]) }, () => this.list(1 + random.below(3))) };
        });
      case 'call': {
        const callable = this.functions.length - this.firstCallable;
        // A function keeps pointers alone: no counter and no walking register.
        if (callable <= 0 || maker.reserved.size > maker.pointers.length + 1 || this.iterations > MOST_CALLS) return null;
        this.made++;
        return { kind, function: this.firstCallable + random.below(callable), via: this.via(), register: maker.free() };
      }
      case 'jump':
        this.made++;
        return { kind, via: this.via(), register: maker.free(), skipped: random.bytes(random.below(20)) };
      case 'modify': {
        if (this.iterations > MOST_WRITES) return null;
        const item = modify(maker, this.patches);
        this.made += 3;
        return item;
      }
      default:
        return this.code(kind);
    }
  }

  private via(): Transfer {
    return this.random.pick(['direct', 'direct', 'register', 'memory'] as const);
  }

  private code(kind: Group | CompositeName): Item | null {
    const { maker, random } = this;
    let parts;
    if (kind in COMPOSITES) {
      // A stack that loops move only in pairs stays within its pages.
      const name = kind === 'loneStack' && (this.iterations > 1 || this.depth > 0) ? 'pushAndPop' : (kind as CompositeName);
      if (kind === 'frame' && this.depth > 0) return null;
      if (kind === 'string' && this.iterations > 100 && random.below(10) > 0) return null;
      if (name === 'popFlags' && this.iterations > 500) return null;
      parts = COMPOSITES[name](maker);
    } else parts = maker.instruction(random.pick(formsOf(kind as Group)))?.parts;
    if (!parts) return null;
    this.made += parts.length;
    return { kind: 'code', parts };
  }

  private nested(make: () => Item): Item | null {
    if (this.depth >= 3) return null;
    this.depth++;
    const item = make();
    this.depth--;
    return item;
  }

  private loop(): Item | null {
    if (this.depth >= 3) return null;
    const { random, maker } = this;
    const room = Math.floor(MOST_ITERATIONS / this.iterations);
    const trip = Math.min(room, random.below(8) === 0 ? 20 + random.below(200) : 1 + random.below(12));
    return this.loopOf(Math.max(trip, 1), 1 + random.below(6), maker);
  }

  private loopOf(trip: number, items: number, maker: Maker): Item | null {
    const { random } = this;
    const style =
      this.functions.length > 0 && random.below(2) === 0
        ? 'memory'
        : random.pick(['dec', 'dec', 'dec', 'memory', 'loop', random.pick(['loope', 'loopne'] as const)] as const);
    const lasting = LASTING.filter((n) => !maker.reserved.has(n));
    if (lasting.length === 0) return null;
    const register = style.startsWith('loop') ? 1 : random.pick(lasting);
    if (maker.reserved.has(register)) return null;
    if (style !== 'memory') maker.reserved.add(register);
    const walker = style === 'memory' && this.functions.length > 0 ? null : this.walker(trip, register);
    if (walker) maker.reserved.add(walker.register);
    const outer = this.iterations;
    this.enterCode(outer * trip);
    this.depth++;
    const body = [...this.list(items), ...(walker ? [walker.item] : [])];
    this.depth--;
    this.enterCode(outer);
    if (walker) maker.reserved.delete(walker.register);
    if (style !== 'memory') maker.reserved.delete(register);
    const entry = random.below(5) === 0 ? { entry: { condition: random.below(16), at: random.below(body.length + 1) } } : {};
    return { kind: 'loop', before: walker?.before ?? [], style, register, trip, body, ...entry };
  }

  /** Now and then a register walks through memory, read or written by every iteration; where faults are wanted, out of it. */
  private walker(trip: number, not: number): Walker | null {
    const { random, maker, traits } = this;
    const free = LASTING.filter((n) => n !== not && !maker.reserved.has(n));
    if (random.below(2) === 0 || free.length === 0) return null;
    const register = random.pick(free);
    const step = random.pick([1, 2, 4, 8, 8, 16, -8, -4]);
    const span = Math.abs(step) * trip;
    const leaves = span > WALKED || (traits.has('faults') && random.below(6) === 0);
    if (leaves && !traits.has('faults')) return null;
    const first = random.below(leaves ? WALKED : WALKED - span + 1);
    const start = DATA.base + (step > 0 ? first : WALKED - first);
    const high = register >> 3;
    const access = random.pick([
      [0x48 | high, 0x01],
      [0x48 | high, 0x8b],
      [0x40 | high, 0x89],
      [0x40 | high, 0x02],
      [0xf3, 0x40 | high, 0x0f, 0x6f],
      [0xf2, 0x40 | high, 0x0f, 0x58],
    ]);
    const operand = [0x40 | (register & 7), ...((register & 7) === 4 ? [0x24] : []), random.below(64)];
    const parts = [known([...access, ...operand]), known([0x48 | high, 0x83, 0xc0 | (register & 7), step & 0xff])];
    return { register, before: [moveImmediate(register, BigInt(start))], item: { kind: 'code', parts } };
  }

  /** Executed often enough for whoever compiles hot code. */
  private hotLoop(): Item {
    const { random, maker } = this;
    for (;;) {
      const trip = 200 + random.below(random.below(6) === 0 ? 4000 : 600);
      const loop = this.loopOf(trip, 2 + random.below(8), maker);
      if (loop) return loop;
    }
  }
}

function isPlain(item: Item): boolean {
  return item.kind === 'code' || item.kind === 'jump' || item.kind === 'modify';
}

const inData = (random: Random): bigint => BigInt(DATA.base + (random.below(0x2e00) & ~15));
const inHigh = (random: Random): bigint => BigInt(HIGH.base + (random.below(HIGH.bytes) & ~7));
const FIRST_PLACES = [inData, inData, inHigh];
const PLACES = [
  inData,
  (random: Random) => BigInt(DATA.base + random.below(0x2e00)),
  inHigh,
  (random: Random) => BigInt(random.pick(STACKS).base + 0x1480),
  (random: Random) => BigInt(READ_ONLY.base + random.below(0x1000)),
];

function pointersOf(random: Random): Pointer[] {
  const registers = [...LASTING];
  return Array.from({ length: 1 + random.below(3) }, (_, n) => {
    const [register] = registers.splice(random.below(registers.length), 1);
    return { register: register!, value: (n === 0 ? random.pick(FIRST_PLACES) : random.pick(PLACES))(random) };
  });
}

function stateOf(random: Random, traits: ReadonlySet<Trait>, pointers: readonly Pointer[], patches: readonly Patch[]): MachineState {
  const gpr = Array.from({ length: 16 }, () => integer(random, 64));
  gpr[4] = BigInt((random.below(4) === 0 ? HIGH_STACK : STACK).base + STACK_START + (random.below(8) === 0 ? random.below(8) : 0));
  for (const { register, value } of pointers) gpr[register] = value;
  const format = random.pick(['f32', 'f64'] as const);
  const lane: Lane = traits.has('float') ? format : random.pick(['i8', 'i32', 'f32', 'f64'] as const);
  // What regions compute themselves, and what they leave to others.
  const ordinary = traits.has('float') && random.below(2) === 0;
  const memory = random.pick(['f32', 'f64'] as const);
  const floats = ordinary ? (`ordinary ${memory}` as const) : memory;
  const wanted =
    traits.has('x87') && random.below(2) === 0 ? imageNamed('f80') : traits.has('float') ? imageNamed(floats) : random.below(IMAGES);
  const unmasked = traits.has('faults') && random.below(6) === 0;
  const varied = traits.has('x87') || traits.has('mmx');
  return {
    gpr,
    rflags: 0x202 | (random.next() & 0x8d5) | (random.below(8) === 0 ? 0x400 : 0),
    xmm: ordinary ? themedRegisters(random, format, random.pick(THEMES)) : Array.from({ length: 16 }, () => lanes(random, lane, 16)),
    mxcsr: !traits.has('float') ? 0x1f80 : random.below(4) < (ordinary ? 3 : 1) ? usualMxcsr(random) : mxcsr(random, unmasked),
    fcw: varied ? controlWord(random, unmasked) : 0x37f,
    fsw: varied ? random.below(8) << 11 : 0,
    ftw: varied ? random.below(256) : 0,
    st: varied ? Array.from({ length: 8 }, () => extended(random)) : Array.from({ length: 8 }, () => new Uint8Array(10)),
    image: wanted,
    patches,
  };
}

export function caseOf(seed: number, index: number): FuzzCase {
  const random = new Random((Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0);
  let traits = new Set<Trait>();
  while (traits.size === 0 || traits.size > 4) traits = new Set(TRAITS.filter((trait) => random.below(100) < CHANCES[trait]));
  const own = random.below(100) < OWN;
  const pointers = pointersOf(random);
  const generator = new Generator(random, traits, pointers);
  const program = generator.program(own);
  const state = stateOf(random, traits, pointers, generator.patches);
  return { seed, index, traits: [...traits, ...(own ? ['own'] : [])], native: !own, program, state };
}
