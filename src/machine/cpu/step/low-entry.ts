// Finds the page-table entry of an address below 4 GiB: in the flat table of the address space (memory/address-space.ts).

import { CPU_BASE } from '../../memory/layout.ts';
import { TABLE } from '../state.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';

/** Takes the address (i32) from the stack and leaves the entry there. */
export function emitLowEntry(f: FunctionBuilder): FunctionBuilder {
  f.i32(10).op('i32.shr_u').i32(-4).op('i32.and');
  return f
    .i32(0)
    .mem('i32.load', CPU_BASE + TABLE)
    .op('i32.add')
    .mem('i32.load', 0, 1);
}
