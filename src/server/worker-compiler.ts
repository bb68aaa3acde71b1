// How the code of workers that is hot is compiled. The way of a system call from generated code to its handler and back is some thirty
// small functions; by default V8 stops joining them after 920 bytes of bytecode, and their calls cost a fifth of the way. Threads share
// the setting; it holds for what is compiled from then on. Regions say which of their branches are hardly ever taken, and V8 heeds
// that only if it is told to: it then keeps the ways out of the way of registers. V8 also gives back code that better code has replaced; where a
// thread ends while it does so it may abort the process ("Check failed: jit_page.has_value()"), so what was replaced stays until its module goes.

import { setFlagsFromString } from 'node:v8';

export function tuneCompiler(): void {
  setFlagsFromString('--experimental-wasm-branch-hinting');
  setFlagsFromString('--no-wasm-code-gc');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000');
}
