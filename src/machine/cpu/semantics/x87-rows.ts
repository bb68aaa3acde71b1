// x87: every form runs in helpers/x87.ts, under the name of its Code.

import { Code } from 'iced-x86';
import { x87Helpers } from '../helpers/x87.ts';
import type { Row } from './context.ts';

/** Forms that need more than the FPU. */
const FEATURES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^Fcmov|^Fu?comip?_/, ['FPU', 'CMOV']],
  [/^Fisttp/, ['FPU', 'SSE3']],
];

function row(name: string): Row {
  const features = FEATURES.find(([pattern]) => pattern.test(name))?.[1] ?? ['FPU'];
  return { definition: (c) => c.leave(name), features };
}

export const X87_ROWS: Readonly<Record<number, Row>> = Object.fromEntries(
  Object.keys(x87Helpers).map((name) => [Code[name as keyof typeof Code], row(name)]),
);
