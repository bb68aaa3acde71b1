// One logical processor's local APIC: SDM vol. 3, chapter "Advanced Programmable Interrupt Controller": fixed, edge-triggered
// interrupts by IRR, ISR, TPR and PPR. Not modelled: LVT, level triggering, logical destinations, lowest priority, focus.

const WORDS = 8;
/** Vectors 0 to 15 are reserved; the APIC refuses them. */
const FIRST_VECTOR = 16;

export class LocalApic {
  readonly id: number;
  readonly x2apic: boolean;
  readonly irr = new Uint32Array(WORDS);
  readonly isr = new Uint32Array(WORDS);
  tpr = 0;
  /** Error status register: bit 6 = received an illegal vector, bit 5 = sent one. */
  esr = 0;

  constructor(id: number, x2apic = true) {
    this.id = id;
    this.x2apic = x2apic;
  }

  /** A fixed interrupt arrives. Until it is acknowledged, further ones of its vector are one with it. */
  accept(vector: number): void {
    if (vector < FIRST_VECTOR) this.esr |= 1 << 6;
    else set(this.irr, vector);
  }

  /** Vector of the highest request whose priority class is above PPR's, or -1. */
  pending(): number {
    const vector = highest(this.irr);
    return vector >= 0 && vector >> 4 > this.ppr >> 4 ? vector : -1;
  }

  /** Moves pending() from IRR to ISR and returns it; -1 if there is none. */
  acknowledge(): number {
    const vector = this.pending();
    if (vector < 0) return -1;
    clear(this.irr, vector);
    set(this.isr, vector);
    return vector;
  }

  /** The handler of the highest interrupt in service has ended. */
  eoi(): void {
    const vector = highest(this.isr);
    if (vector >= 0) clear(this.isr, vector);
  }

  /** Processor priority: the higher class of TPR and the highest interrupt in service. */
  get ppr(): number {
    const serviced = Math.max(highest(this.isr), 0);
    return this.tpr >> 4 >= serviced >> 4 ? this.tpr : serviced & 0xf0;
  }

  isRequested(vector: number): boolean {
    return has(this.irr, vector);
  }

  isInService(vector: number): boolean {
    return has(this.isr, vector);
  }
}

function has(words: Uint32Array, vector: number): boolean {
  return ((words[vector >> 5]! >>> (vector & 31)) & 1) === 1;
}

function set(words: Uint32Array, vector: number): void {
  words[vector >> 5]! |= 1 << (vector & 31);
}

function clear(words: Uint32Array, vector: number): void {
  words[vector >> 5]! &= ~(1 << (vector & 31));
}

/** Highest set bit of 256, or -1. */
function highest(words: Uint32Array): number {
  for (let i = WORDS - 1; i >= 0; i--) if (words[i] !== 0) return i * 32 + 31 - Math.clz32(words[i]!);
  return -1;
}
