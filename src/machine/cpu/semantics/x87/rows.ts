// x87: every form has a helper under the name of its Code (helpers/x87.ts); those that programs use most are generated code where they are common.

import { Code } from 'iced-x86';
import { x87Helpers } from '../../helpers/x87.ts';
import type { Row } from '../context.ts';
import { COMMON } from './instructions.ts';

/** Forms that need more than the FPU. */
const FEATURES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^Fcmov|^Fu?comip?_/, ['FPU', 'CMOV']],
  [/^Fisttp/, ['FPU', 'SSE3']],
];

function row(name: string): Row {
  const features = FEATURES.find(([pattern]) => pattern.test(name))?.[1] ?? ['FPU'];
  const common = COMMON[name];
  return { definition: (c) => (common && c.library ? common(c, c.library.x87, name) : c.leave(name)), features };
}

export const X87_ROWS: Readonly<Record<number, Row>> = Object.fromEntries(
  Object.keys(x87Helpers).map((name) => [Code[name as keyof typeof Code], row(name)]),
);
