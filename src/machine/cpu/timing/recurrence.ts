// The time that an iteration of a loop cannot do without because the next one waits for its results: the maximum cycle ratio of the
// loop's dependences, found by following when each value is ready over some iterations (a max-plus power iteration).
// Memory is followed by symbolic addresses: a store is known to feed a load where both address the same bytes for certain.

import { RAX } from '../state.ts';
import { SLOTS } from './code-facts.ts';
import { FORWARDING } from './suffix-cost.ts';
import type { TimedInstruction } from './timed-instruction.ts';

const GENERAL_SLOTS = 16;
/** Iterations before the growth of its times is looked at, and over which it is: fewer of long loops. */
const WARM_UP = 2;
const MEASURED = 4;
const MOST_STEPS = 240;

/** What a value is, as far as addresses are concerned: a name, and what was added to it. */
interface Name {
  readonly symbol: number;
  readonly offset: number;
}

interface Stored extends Name {
  readonly ready: number;
  readonly isRenamed: boolean;
}

class Dataflow {
  /** When the value of a slot is ready. */
  readonly ready = new Float64Array(SLOTS);
  /** Of general registers. */
  private readonly symbols = new Int32Array(SLOTS);
  private readonly offsets = new Float64Array(SLOTS);
  private readonly memory = new Map<number, Stored>();
  private steps = 0;

  constructor() {
    for (let slot = 0; slot < SLOTS; slot++) this.symbols[slot] = mix(slot + 1, 1);
  }

  /** Returns when its result is ready. */
  step(instruction: TimedInstruction): number {
    const { reads, writes, added, first, facts } = instruction;
    this.steps++;
    let start = 0;
    for (let i = 0; i < reads.length; i++) if (this.ready[reads[i]!]! > start) start = this.ready[reads[i]!]!;
    let key = 0;
    let loaded: Stored | undefined;
    if (instruction.loads || instruction.stores) key = this.addressOf(instruction);
    if (instruction.loads) {
      loaded = this.memory.get(key);
      start = Math.max(start, this.loadReady(instruction, loaded));
    }
    const end = start + instruction.latency;
    // Names are found before registers change.
    const { symbol, offset } = this.nameOf(instruction, loaded, key);
    if (instruction.stores) this.memory.set(key, { ready: end, symbol, offset, isRenamed: instruction.isRenamed });
    for (let i = 0; i < writes.length; i++) {
      const slot = writes[i]!;
      if (slot === added) {
        this.offsets[slot]! += instruction.amount;
        // Renaming keeps count of the stack pointer.
        this.ready[slot] = facts.stackDelta !== 0 ? this.ready[slot]! : end;
        continue;
      }
      this.ready[slot] = end;
      if (slot >= GENERAL_SLOTS) continue;
      this.symbols[slot] = slot === first || first < 0 ? symbol : mix(symbol, slot);
      this.offsets[slot] = slot === first ? offset : 0;
    }
    return end;
  }

  private loadReady(instruction: TimedInstruction, stored: Stored | undefined): number {
    if (stored?.isRenamed && instruction.isRenamed) return stored.ready;
    const { base, index, loadLatency } = instruction;
    let address = 0;
    if (base >= 0) address = this.ready[base]!;
    if (index >= 0) address = Math.max(address, this.ready[index]!);
    const read = address + loadLatency;
    return stored ? Math.max(read, stored.ready + FORWARDING) : read;
  }

  private addressOf({ base, index, scale, displacement }: TimedInstruction): number {
    let symbol = 0;
    let offset = displacement;
    if (base >= 0) {
      symbol = this.symbols[base]!;
      offset += this.offsets[base]!;
    }
    if (index >= 0) {
      symbol = mix(symbol, mix(this.symbols[index]!, scale));
      offset += this.offsets[index]! * scale;
    }
    return (symbol & 0x1f_ffff) * 2 ** 32 + (offset % 2 ** 32);
  }

  /** Equal for instructions that compute the same of the same; of what depends on memory or flags, new each time. */
  private nameOf(instruction: TimedInstruction, loaded: Stored | undefined, key: number): Name {
    const { facts, reads, first, second } = instruction;
    if (facts.keepsName) {
      if (instruction.loads) return loaded ?? { symbol: mix(key | 0, Math.floor(key / 2 ** 32)), offset: 0 };
      const source = second >= 0 ? second : facts.stackDelta < 0 || first < 0 ? (first < 0 ? RAX : first) : -1;
      if (source >= 0 && source < GENERAL_SLOTS) return { symbol: this.symbols[source]!, offset: this.offsets[source]! };
    }
    let symbol = mix(facts.code, facts.operands.places.includes('immediate') ? instruction.address | 0 : instruction.displacement);
    for (const slot of reads) {
      if (slot >= GENERAL_SLOTS) return { symbol: mix(symbol, this.steps), offset: 0 };
      symbol = mix(symbol, mix(this.symbols[slot]!, this.offsets[slot]!));
    }
    return { symbol: instruction.loads ? mix(symbol, this.steps) : symbol, offset: 0 };
  }
}

function mix(a: number, b: number): number {
  const x = Math.imul(a ^ (b + 0x7f4a_7c15), 0x9e37_79b1);
  return x ^ (x >>> 15);
}

/** Cycles an iteration of `body` takes at least, however wide the core. */
export function recurrenceCycles(body: readonly TimedInstruction[]): number {
  const flow = new Dataflow();
  const measured = Math.max(2, Math.min(MEASURED, Math.floor(MOST_STEPS / body.length)));
  const ends = new Float64Array(body.length);
  let most = 0;
  for (let n = 1; n <= WARM_UP + measured; n++) {
    for (let i = 0; i < body.length; i++) {
      const end = flow.step(body[i]!);
      if (n === WARM_UP) ends[i] = end;
      else if (n === WARM_UP + measured && end - ends[i]! > most) most = end - ends[i]!;
    }
  }
  return most / measured;
}
