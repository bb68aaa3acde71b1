// What a program finds on its stack: argc, argv, environment, auxiliary vector, strings (System V ABI, AMD64 supplement, 3.4.1).

import { STACK_TOP } from '../abi/layout.ts';
import { AT } from '../abi/auxv.ts';
import type { Mm } from '../mm/mm.ts';

export interface StackContents {
  readonly arguments: readonly Uint8Array[];
  readonly environment: readonly Uint8Array[];
  readonly executable: Uint8Array;
  /** AT_RANDOM. */
  readonly random: Uint8Array;
  /** Pairs but for AT_NULL and the entries that point into the stack. */
  readonly auxiliary: readonly (readonly [number, number])[];
}

const PLATFORM = new TextEncoder().encode('x86_64');

/** Strings go to the top of the stack, vectors below. Returns RSP, or -1 if the stack cannot be written. */
export function buildStack(mm: Mm, contents: StackContents): number {
  const strings = new StringArea(STACK_TOP - 8);
  const executable = strings.add(contents.executable);
  const environment = strings.addAll(contents.environment);
  mm.environmentEnd = environment.end;
  const argv = strings.addAll(contents.arguments);
  mm.argumentsStart = argv.start;
  mm.argumentsEnd = argv.end;
  const platform = strings.add(PLATFORM);
  const random = strings.addAligned(contents.random, 16);
  const auxiliary = [...contents.auxiliary, [AT.RANDOM, random], [AT.EXECFN, executable], [AT.PLATFORM, platform], [AT.NULL, 0]] as const;
  const words = [contents.arguments.length, ...argv.addresses, 0, ...environment.addresses, 0];
  const vectorBytes = words.length * 8 + auxiliary.length * 16;
  const sp = Math.floor((strings.low - vectorBytes) / 16) * 16;
  const image = new Uint8Array(STACK_TOP - sp);
  const view = new DataView(image.buffer);
  [...words, ...auxiliary.flat()].forEach((word, i) => view.setBigUint64(i * 8, BigInt(word), true));
  strings.copyInto(image, sp);
  mm.auxiliary = image.slice(words.length * 8, vectorBytes);
  mm.stackStart = sp;
  return mm.user.copyOut(sp, image) ? sp : -1;
}

/** Strings placed downwards from a top address. */
class StringArea {
  low: number;
  private readonly pieces: { readonly address: number; readonly bytes: Uint8Array }[] = [];

  constructor(top: number) {
    this.low = top;
  }

  add(bytes: Uint8Array): number {
    this.low -= bytes.length + 1;
    this.pieces.push({ address: this.low, bytes });
    return this.low;
  }

  addAligned(bytes: Uint8Array, alignment: number): number {
    this.low = Math.floor((this.low - bytes.length) / alignment) * alignment;
    this.pieces.push({ address: this.low, bytes });
    return this.low;
  }

  /** Keeps the strings in order, the first one lowest. */
  addAll(strings: readonly Uint8Array[]): { start: number; end: number; addresses: number[] } {
    const end = this.low;
    const addresses = [...strings]
      .reverse()
      .map((string) => this.add(string))
      .reverse();
    return { start: this.low, end, addresses };
  }

  copyInto(image: Uint8Array, base: number): void {
    for (const { address, bytes } of this.pieces) image.set(bytes, address - base);
  }
}
