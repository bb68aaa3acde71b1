// All helpers by the name that definitions leave with, but for CPUID, which is made for a machine.

import type { Helper } from './helper.ts';
import { segmentHelpers } from './segments.ts';
import { stringCompareHelpers } from './string-compare.ts';
import { systemHelpers } from './system.ts';
import { uintrHelpers } from './uintr.ts';
import { x87Helpers } from './x87.ts';
import { xsaveHelpers } from './xsave.ts';

export const helperTable: ReadonlyMap<string, Helper> = new Map(
  [segmentHelpers, stringCompareHelpers, systemHelpers, uintrHelpers, x87Helpers, xsaveHelpers].flatMap((group) => Object.entries(group)),
);
