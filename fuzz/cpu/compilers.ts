// V8's two WebAssembly compilers, changed while the process runs: a function is compiled when it is called for the first time, by the
// one that is in use then.

import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';

export const COMPILERS = ['liftoff', 'turbofan'] as const;
export type Compiler = (typeof COMPILERS)[number];

const FLAGS: Readonly<Record<Compiler, string>> = { liftoff: '--liftoff', turbofan: '--no-liftoff' };
/** What one compiler has made stays, and equal modules do not share what was made of them. */
const ALWAYS = ['--wasm-lazy-compilation', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering', '--no-wasm-native-module-cache'];

let current: Compiler | null = null;

/** From now on this one compiles, in all of the process. */
export function use(compiler: Compiler): void {
  if (compiler === current) return;
  if (current === null) for (const flag of ALWAYS) setFlagsFromString(flag);
  setFlagsFromString(FLAGS[compiler]);
  current = compiler;
}

function predicate(name: string): (entry: unknown) => boolean {
  setFlagsFromString('--allow-natives-syntax');
  const is = runInThisContext(`(entry) => %${name}(entry)`) as (entry: unknown) => boolean;
  // Parsed when it is called.
  is(new WebAssembly.Instance(new WebAssembly.Module(SMALLEST)).exports['f']);
  setFlagsFromString('--no-allow-natives-syntax');
  return is;
}

/** A function "f" that does nothing. */
const SMALLEST = Uint8Array.from(
  [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    [1, 4, 1, 0x60, 0, 0],
    [3, 2, 1, 0],
    [7, 5, 1, 1, 0x66, 0, 0],
    [10, 4, 1, 2, 0, 0x0b],
  ].flat(),
);

const IS: Readonly<Record<Compiler, (entry: unknown) => boolean>> = {
  liftoff: predicate('IsLiftoffFunction'),
  turbofan: predicate('IsTurboFanFunction'),
};

/** How many of these functions of WebAssembly have been compiled by that compiler, which only those are that have been called. */
export function compiledBy(compiler: Compiler, entries: readonly unknown[]): number {
  return entries.reduce((sum: number, entry) => sum + (IS[compiler](entry) ? 1 : 0), 0);
}
