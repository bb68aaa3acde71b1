// Builds the runner: node bin/launch.js fuzz/cpu/native/build.ts. Needs gcc on x86-64 Linux; the result is committed, so that running needs none.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const FLAGS = [
  '-O2',
  '-Wall',
  '-Wextra',
  '-static',
  '-nostdlib',
  '-ffreestanding',
  '-fno-stack-protector',
  '-no-pie',
  '-fno-pie',
  '-mgeneral-regs-only',
  '-fno-asynchronous-unwind-tables',
  // Far from everything that a case is likely to hit by chance.
  '-mcmodel=large',
  '-Wl,-Ttext-segment=0x600000000000',
  '-Wl,--build-id=none',
  '-s',
];
const here = import.meta.dirname;
execFileSync('gcc', [...FLAGS, '-o', join(here, 'runner'), join(here, 'runner.c')], { stdio: 'inherit' });
