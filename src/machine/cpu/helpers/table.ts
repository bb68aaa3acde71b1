// All helpers by the name that definitions leave with.

import type { Helper } from './helper.ts';
import { systemHelpers } from './system.ts';
import { uintrHelpers } from './uintr.ts';
import { x87Helpers } from './x87.ts';

export const helperTable: ReadonlyMap<string, Helper> = new Map([systemHelpers, uintrHelpers, x87Helpers].flatMap((group) => Object.entries(group)));
