import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

const MODULE = new URL('../../src/machine/host-thread.ts', import.meta.url).href;

test.runIf(process.platform === 'linux')('a thread stands behind the others of its process, which stay where they are', async () => {
  const before = getPriority(process.pid);
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const { readlinkSync } = require('node:fs');
     const { getPriority } = require('node:os');
     void import(${JSON.stringify(MODULE)}).then(({ standBehind }) => {
       standBehind(${before + 3});
       parentPort.postMessage(getPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1))));
     });`,
    { eval: true },
  );
  expect(await new Promise((resolve) => worker.once('message', resolve))).toBe(before + 3);
  expect(getPriority(process.pid)).toBe(before);
  await worker.terminate();
});
