// The UITT of an address space through fork, exec and exit, under profiles that have one a process.

import type { Kernel } from '../kernel.ts';
import type { Mm } from '../mm/mm.ts';
import { putUitt } from './uitt-context.ts';

/** fork: parent and child go on with one table; what either adds, both may use. */
export function shareTable(_kernel: Kernel, from: Mm, to: Mm): void {
  if (!from.uitt) return;
  from.uitt.references++;
  to.uitt = from.uitt;
}

export function releaseTable(kernel: Kernel, mm: Mm): void {
  if (!mm.uitt) return;
  putUitt(kernel, mm.uitt);
  mm.uitt = null;
}
