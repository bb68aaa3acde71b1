// What `uintrctl run` says instead of hanging: where every thread is, what it waits for, and why no interrupt came.

import { hex } from './output.ts';
import { printable } from '../../src/text/printable.ts';
import type { Thread, WaitProcessResponse } from '../../src/gen/api.ts';

function paragraph(thread: Thread): string {
  const place = thread.symbol === '' ? hex(thread.rip) : `${thread.symbol} (${hex(thread.rip)})`;
  return [
    `  thread ${thread.tid} of process ${thread.pid} (${thread.comm}): ${thread.state}`,
    `    at ${place}`,
    `    waits for ${thread.waiting_for || 'nothing that is known'}`,
    ...(thread.interrupt_note === '' ? [] : [`    no user interrupt comes: ${thread.interrupt_note}`]),
  ]
    .map(printable)
    .join('\n');
}

export function quiescentReport({ threads, cycle }: WaitProcessResponse): string {
  return `uintrctl: QUIESCENT at cycle ${cycle}: every thread waits, no timer is set, and no input can come\n${threads.map(paragraph).join('\n')}\n`;
}
