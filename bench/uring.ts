// Suite uring: requests through a ring (guests/bench/uring.c) in a machine, beside the host's rings. The polling thread has a vCPU of its own.

import type { SuiteOptions } from './main.ts';
import { programSuite } from './program-suite.ts';
import type { Row } from './row.ts';

const CASES = [
  { name: 'nop', iterations: 204_800, target: 1500 },
  { name: 'nop-batch', iterations: 819_200, target: 400 },
  { name: 'nop-sqpoll', iterations: 102_400, vcpus: 2 },
  { name: 'read-4k', iterations: 102_400 },
];

export async function uringSuite(options: SuiteOptions): Promise<Row[]> {
  return programSuite({ suite: 'uring', cases: CASES, without: { 'qemu-user': 'it has no io_uring (ENOSYS)' } }, options).rows;
}
