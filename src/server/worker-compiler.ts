// How the code of workers that is hot is compiled. The way of a system call from generated code to its handler and back is some thirty
// small functions; by default V8 stops joining them after 920 bytes of bytecode, and their calls cost a fifth of the way. Threads share
// the setting; it holds for what is compiled from then on.

import { setFlagsFromString } from 'node:v8';

export function joinMoreFunctions(): void {
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000');
}
