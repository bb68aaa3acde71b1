// A program as bytes, and which arithmetic flags are undefined at which of its instructions. Where an instruction reads a flag that
// is undefined there, a CMP is put in front of it: what differs between processors never gets into anything that is compared.

import { flow, flowParts } from './flag-flow.ts';
import { ARITHMETIC, AF, CF, OF, PF, SF, ZF } from './flags.ts';
import { CODE, KEPT } from './layout.ts';
import type { Item, Part, Program } from './program.ts';

export interface Lowered {
  readonly code: Uint8Array;
  /** Of `code` in the code window. */
  readonly offset: number;
  readonly entry: number;
  /** Undefined flags before the instruction at an address. */
  readonly undefinedAt: ReadonlyMap<number, number>;
}

/** Flags that Jcc reads, by condition code without its lowest bit. */
const CONDITION_FLAGS = [OF, CF, ZF, CF | ZF, SF, PF, SF | OF, SF | OF | ZF];

const LOOPS: Readonly<Record<string, number>> = { loop: 0xe2, loope: 0xe1, loopne: 0xe0 };

class TooFar extends Error {
  readonly branch: number;
  constructor(branch: number) {
    super('a short branch does not reach');
    this.branch = branch;
  }
}

class Label {
  at = -1;
}

interface Reference {
  readonly at: number;
  readonly kind: 'rel8' | 'rel32' | 'abs32' | 'abs64';
  readonly label: Label;
  readonly branch: number;
  readonly plus: number;
}

class Lowering {
  private readonly bytes = new Uint8Array(CODE.bytes + 64);
  private length = 0;
  private readonly references: Reference[] = [];
  private readonly undefinedAt = new Map<number, number>();
  private readonly tables: { readonly table: Label; readonly targets: readonly Label[] }[] = [];
  private readonly functionLabels: readonly Label[];
  private readonly functionFlow: number[] = [];
  private readonly long: ReadonlySet<number>;
  private branches = 0;
  private slots = 0;
  /** Undefined flags where the next byte goes. */
  private now = 0;

  constructor(program: Program, long: ReadonlySet<number>) {
    this.long = long;
    this.functionLabels = program.functions.map(() => new Label());
    for (let n = program.functions.length - 1; n >= 0; n--) {
      this.functionFlow[n] = flow(program.functions[n]!, ARITHMETIC, this.functionFlow);
    }
  }

  lower(program: Program): Lowered | null {
    const atEnd = program.at < 0;
    if (atEnd) this.functions(program);
    const start = this.length;
    this.now = 0;
    this.items(program.items);
    this.note();
    if (!atEnd) {
      // The RET is not reached: it ends what is decoded ahead.
      this.emit([0xcc, 0xc3]);
      this.functions(program);
    }
    const cut = atEnd ? -1 - program.at : 0;
    const offset = atEnd ? CODE.bytes - this.length + cut : program.at;
    if (offset < 0 || offset + this.length - cut > CODE.bytes) return null;
    const base = CODE.base + offset;
    this.resolve(base);
    return {
      code: this.bytes.slice(0, this.length - cut),
      offset,
      entry: base + start,
      undefinedAt: new Map([...this.undefinedAt].map(([at, flags]) => [base + at, flags])),
    };
  }

  /** Functions and tables. */
  private functions(program: Program): void {
    program.functions.forEach((body, n) => {
      this.place(this.functionLabels[n]!);
      this.now = ARITHMETIC;
      this.items(body);
      this.note();
      this.emit(takesArgument(n) ? [0xc2, 8, 0, 0xcc] : [0xc3, 0xcc]);
    });
    while (this.length % 8 !== 0) this.emit([0xcc]);
    // A switch in a function appends its table here, too.
    for (const { table, targets } of this.tables) {
      this.place(table);
      for (const target of targets) {
        this.refer('abs64', target);
        this.emit([0, 0, 0, 0, 0, 0, 0, 0]);
      }
    }
    this.tables.length = 0;
  }

  private resolve(base: number): void {
    const view = new DataView(this.bytes.buffer);
    for (const { at, kind, label, branch, plus } of this.references) {
      const target = label.at + plus;
      if (kind === 'abs32') view.setInt32(at, base + target, true);
      else if (kind === 'abs64') view.setBigInt64(at, BigInt(base + target), true);
      else if (kind === 'rel32') view.setInt32(at, target - (at + 4), true);
      else {
        const distance = target - (at + 1);
        if (distance < -128 || distance > 127) throw new TooFar(branch);
        view.setInt8(at, distance);
      }
    }
    for (const { at, target, end } of this.fixed) view.setInt32(at, target - (end < 0 ? 0 : base + end), true);
  }
  private readonly fixed: { readonly at: number; readonly target: number; readonly end: number }[] = [];

  private emit(bytes: ArrayLike<number>): void {
    if (this.length + bytes.length > CODE.bytes) throw new RangeError('a program larger than its window');
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }
  private place(label: Label): void {
    label.at = this.length;
  }
  private note(): void {
    this.undefinedAt.set(this.length, (this.undefinedAt.get(this.length) ?? 0) | this.now);
  }
  /** Names the bytes emitted next. */
  private refer(kind: Reference['kind'], label: Label, branch = 0, plus = 0, at = this.length): void {
    this.references.push({ at, kind, label, branch, plus });
  }

  /** Makes these flags defined. */
  private define(flags: number): void {
    if ((this.now & flags) === 0) return;
    this.note();
    const pair = this.length * 7;
    this.emit([0x39, 0xc0 | (pair & 0x3f)]);
    this.now = 0;
  }

  private part(part: Part, slot?: Label): void {
    this.define(part.flags.reads);
    this.note();
    const { fixup } = part;
    if (fixup?.target === 'slot')
      this.refer(
        fixup.kind,
        slot!,
        0,
        (fixup.offset ?? 0) - (fixup.kind === 'rel32' ? part.bytes.length - fixup.at - 4 : 0),
        this.length + fixup.at,
      );
    else if (fixup) {
      const end = fixup.kind === 'rel32' ? this.length + part.bytes.length : -1;
      this.fixed.push({ at: this.length + fixup.at, target: fixup.target, end });
    }
    this.emit(part.bytes);
    this.now = (this.now & ~part.flags.writes) | part.flags.undefined;
  }

  private jump(label: Label): void {
    const branch = this.branches++;
    this.note();
    const short = !this.long.has(branch);
    this.emit([short ? 0xeb : 0xe9]);
    this.refer(short ? 'rel8' : 'rel32', label, branch);
    this.emit(short ? [0] : [0, 0, 0, 0]);
  }
  private branch(condition: number, label: Label): void {
    const branch = this.branches++;
    if (condition >= 0) this.define(CONDITION_FLAGS[condition >> 1]!);
    this.note();
    const short = !this.long.has(branch);
    if (condition < 0) {
      if (condition === -2) this.emit([0x67]);
      this.emit(short ? [0xe3] : [0xe3, 2, 0xeb, 5, 0xe9]);
      if (!short) {
        this.undefinedAt.set(this.length - 3, this.now);
        this.undefinedAt.set(this.length - 1, this.now);
      }
    } else this.emit(short ? [0x70 | condition] : [0x0f, 0x80 | condition]);
    this.refer(short ? 'rel8' : 'rel32', label, branch);
    this.emit(short ? [0] : [0, 0, 0, 0]);
  }

  /** MOV r32, imm32. */
  private load(register: number, value: number | Label): void {
    this.note();
    this.emit(register >= 8 ? [0x41, 0xb8 | (register & 7)] : [0xb8 | register]);
    if (typeof value === 'number') this.emit(int32(value));
    else {
      this.refer('abs32', value);
      this.emit([0, 0, 0, 0]);
    }
  }
  /** MOV qword [slot], imm32 sign-extended. */
  private store(slot: number, value: number | Label): void {
    this.note();
    this.emit([0x48, 0xc7, 0x04, 0x25, ...int32(slot)]);
    if (typeof value === 'number') this.emit(int32(value));
    else {
      this.refer('abs32', value);
      this.emit([0, 0, 0, 0]);
    }
  }
  private nextSlot(): number {
    return KEPT.base + 8 * (this.slots++ % 64);
  }

  private transfer(via: 'register' | 'memory', register: number, target: Label, digit: number): void {
    if (via === 'register') {
      this.load(register, target);
      this.note();
      this.emit(register >= 8 ? [0x41, 0xff, 0xc0 | digit | (register & 7)] : [0xff, 0xc0 | digit | register]);
    } else {
      const slot = this.nextSlot();
      this.store(slot, target);
      this.note();
      this.emit([0xff, digit | 4, 0x25, ...int32(slot)]);
    }
  }

  private items(items: readonly Item[]): void {
    for (const item of items) this.item(item);
  }

  private item(item: Item): void {
    switch (item.kind) {
      case 'code':
        for (const part of item.parts) this.part(part);
        return;
      case 'loop':
        return this.loop(item);
      case 'unless': {
        const end = new Label();
        this.branch(item.condition, end);
        const before = this.now;
        this.items(item.body);
        this.place(end);
        this.now |= before;
        return;
      }
      case 'call': {
        const label = this.functionLabels[item.function];
        if (!label) return;
        if (takesArgument(item.function)) {
          this.note();
          this.emit([0x6a, item.function]);
        }
        if (item.via === 'direct') {
          this.note();
          this.emit([0xe8]);
          this.refer('rel32', label);
          this.emit([0, 0, 0, 0]);
        } else this.transfer(item.via, item.register, label, 0x10);
        this.now = this.functionFlow[item.function]!;
        return;
      }
      case 'switch':
        return this.switch(item);
      case 'jump': {
        const end = new Label();
        if (item.via === 'direct') this.jump(end);
        else this.transfer(item.via, item.register, end, 0x20);
        this.emit(item.skipped);
        this.place(end);
        return;
      }
      case 'modify':
        return this.modify(item);
    }
  }

  private loop(item: Item & { kind: 'loop' }): void {
    const { style, register, entry, body } = item;
    const head = new Label();
    for (const part of item.before) this.part(part);
    const slot = this.nextSlot();
    const opcode = LOOPS[style];
    if (style === 'memory') this.store(slot, item.trip);
    else this.load(opcode ? 1 : register, item.trip);
    const middle = new Label();
    const at = entry ? Math.min(entry.at, body.length) : 0;
    if (entry) this.branch(entry.condition, middle);
    const before = this.now;
    this.now |= flow(body, this.now, this.functionFlow);
    this.place(head);
    this.items(body.slice(0, at));
    this.place(middle);
    this.now |= entry ? before : 0;
    this.items(body.slice(at));
    const branch = this.branches++;
    const short = !this.long.has(branch);
    if (opcode && short) {
      if (style !== 'loop') this.define(ZF);
      this.note();
      this.emit([opcode]);
    } else {
      this.note();
      if (style === 'memory') this.emit([0xff, 0x0c, 0x25, ...int32(slot)]);
      else {
        const counter = opcode ? 1 : register;
        this.emit(counter >= 8 ? [0x41, 0xff, 0xc8 | (counter & 7)] : [0xff, 0xc8 | counter]);
      }
      if (!opcode) this.now &= CF;
      this.note();
      this.emit(short ? [0x75] : [0x0f, 0x85]);
    }
    this.refer(short ? 'rel8' : 'rel32', head, branch);
    this.emit(short ? [0] : [0, 0, 0, 0]);
  }

  private switch(item: Item & { kind: 'switch' }): void {
    const { register, bodies } = item;
    this.note();
    this.emit(register >= 8 ? [0x41, 0x83, 0xe0 | (register & 7), bodies.length - 1] : [0x83, 0xe0 | register, bodies.length - 1]);
    this.now = AF;
    const table = new Label();
    const targets = bodies.map(() => new Label());
    this.tables.push({ table, targets });
    this.note();
    // JMP [register * 8 + table]
    this.emit([...(register >= 8 ? [0x42] : []), 0xff, 0x24, 0xc5 | ((register & 7) << 3)]);
    this.refer('abs32', table);
    this.emit([0, 0, 0, 0]);
    const end = new Label();
    let after: number = AF;
    bodies.forEach((body, n) => {
      this.place(targets[n]!);
      this.now = AF;
      this.items(body);
      after |= this.now;
      if (n < bodies.length - 1) this.jump(end);
    });
    this.place(end);
    this.now = after;
  }

  private modify(item: Item & { kind: 'modify' }): void {
    const slot = new Label();
    for (const part of item.stores) this.part(part, slot);
    for (const { flags } of [...item.before, ...item.after]) this.define(flags.reads);
    this.jump(slot);
    this.emit(new Uint8Array(item.gap).fill(0xcc));
    this.place(slot);
    const before = this.now;
    const after = flowParts(item.before, before) | flowParts(item.after, before);
    const start = this.length;
    for (const part of item.before) this.emit(part.bytes);
    for (let at = start; at < this.length; at++) this.undefinedAt.set(at, before | after);
    this.now = after;
  }
}

/** Pushed by the caller, popped by RET imm16. */
const takesArgument = (n: number): boolean => n % 2 === 1;

function int32(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff];
}

/** null if it does not fit into the window. */
export function lower(program: Program): Lowered | null {
  const long = new Set<number>();
  for (;;) {
    try {
      return new Lowering(program, long).lower(program);
    } catch (error) {
      if (error instanceof TooFar) long.add(error.branch);
      else if (error instanceof RangeError) return null;
      else throw error;
    }
  }
}
