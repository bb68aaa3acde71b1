// Generates the step executor: one WebAssembly function per instruction form, from the instruction table.
// Done once per process; the compiled module is shared by all machines and can be posted to workers.

import { Code } from 'iced-x86';
import { operandsOf } from '../decode/operands.ts';
import { SHAPE_COUNT, SPECIAL_COUNT } from '../decode/record.ts';
import type { Row } from '../semantics/context.ts';
import { emitFloatFunctions } from '../semantics/float/functions.ts';
import { emitStringFunctions } from '../semantics/sse/string-comparison.ts';
import { emitX87Functions } from '../semantics/x87/functions.ts';
import { instructionTable } from '../semantics/table.ts';
import { FunctionBuilder, type ValueType } from '../wasm/function-builder.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import type { LiveRegions } from '../region/live-regions.ts';
import type { RegionStore } from '../region/region-store.ts';
import { REGION_PARAMETERS, REGION_RESULTS } from '../region/region-emitter.ts';
import { BULK_SEARCHES, BULK_STRINGS, emitBulkSearch, emitBulkString } from './bulk-strings.ts';
import { type InlineForm, emitDispatchLoop } from './dispatch-loop.ts';
import { HIGH_ENTRY_PARAMETERS, HIGH_ENTRY_RESULTS, emitHighEntry } from './high-entry.ts';
import { HOT_FORMS } from './hot-forms.ts';
import { emitLookup } from './jump-cache.ts';
import { StepContext, type StepFunctions } from './step-context.ts';
import { SLOW_PARAMETERS, emitSlow } from './translation.ts';

/** Structured-cloneable: post it to workers. */
export interface StepModule {
  readonly module: WebAssembly.Module;
  /** Form of code * SHAPE_COUNT + shape; 0 where there is none. */
  readonly forms: Uint16Array;
  /** Helper names by the number generated code leaves in STOP_DETAIL. */
  readonly helpers: readonly string[];
  readonly formCount: number;
  /** code * SHAPE_COUNT + shape of one instruction that each form executes; 0 for those that are none. */
  readonly formKeys: Uint32Array;
  /** One "Code:shape" of each form, for profiles and messages. */
  readonly formNames: readonly string[];
  /** Host time in milliseconds, where somebody wants to know how long compiling takes. Decides nothing. */
  readonly stopwatch?: () => number;
  /** With whom the bound on regions is shared: absent, with this thread alone. */
  readonly liveRegions?: LiveRegions<RegionStore>;
}

interface Form {
  readonly code: Code;
  readonly shape: number;
  readonly row: Row;
  readonly bytes: Uint8Array;
  hot: boolean;
  index: number;
}

const HANDLER: { parameters: ValueType[]; results: ValueType[] } = { parameters: ['i32'], results: ['i32'] };

export function createStepModule(table: ReadonlyMap<Code, Row> = instructionTable): StepModule {
  const { bytes, ...rest } = generateStepModule(table);
  return { module: new WebAssembly.Module(bytes), ...rest };
}

export function generateStepModule(table: ReadonlyMap<Code, Row>): Omit<StepModule, 'module'> & { bytes: Uint8Array<ArrayBuffer> } {
  const module = new ModuleBuilder();
  module.importMemory('machine', 'memory', 1, 65536);
  module.importMemory('machine', 'tables', 1, 65536);
  const slowImport = module.importFunction('machine', 'slow', ['i32', 'i32', 'i32', 'i32'], ['i32']);
  const commit = module.importFunction('machine', 'commit', [], []);
  const high = module.function(HIGH_ENTRY_PARAMETERS, HIGH_ENTRY_RESULTS);
  emitHighEntry(high);
  const slow = module.function(SLOW_PARAMETERS, ['i32']);
  emitSlow(slow, high.index, slowImport);
  const lookup = module.function(['i64'], ['i32']);
  emitLookup(lookup);
  const run = module.function(['i32'], ['i32']);
  const functions: StepFunctions = {
    slow: slow.index,
    high: high.index,
    commit,
    lookup: lookup.index,
    float: emitFloatFunctions(module),
    library: { x87: emitX87Functions(module), strings: emitStringFunctions(module) },
  };

  const helpers: string[] = [];
  const { unique, places } = collectForms(table, functions, helpers, module);
  const hot = unique.filter((form) => form.hot);
  const cold = unique.filter((form) => !form.hot);
  for (const [i, form] of hot.entries()) form.index = SPECIAL_COUNT + i;
  for (const [i, form] of cold.entries()) form.index = SPECIAL_COUNT + hot.length + i;

  const inline = hot.map(
    (form): InlineForm =>
      (f, locals, next) => {
        const name = formName(form.code, form.shape);
        const bulk = BULK_STRINGS.get(name);
        if (bulk) emitBulkString(f, bulk, locals, functions.high, next);
        const search = BULK_SEARCHES.get(name);
        if (search) emitBulkSearch(f, search, locals, functions.high);
        const context = new StepContext(f, locals.record, operandsOf(form.code), form.shape, functions, helpers, { kind: 'inline', next });
        form.row.definition(context);
        context.finish();
      },
  );
  const types = { handler: module.type(HANDLER.parameters, HANDLER.results), region: module.type(REGION_PARAMETERS, REGION_RESULTS) };
  emitDispatchLoop(run, functions, types, inline);
  // Arms of the br_table need no function; their table entries are never called.
  const entries = new Array<number>(SPECIAL_COUNT + hot.length).fill(lookup.index);
  for (const form of cold) entries.push(module.encodedFunction(HANDLER.parameters, HANDLER.results, form.bytes));
  module.table(entries);
  module.export('run', run.index);
  module.export('high', high.index);

  const forms = new Uint16Array((Math.max(...table.keys()) + 1) * SHAPE_COUNT);
  for (const [key, form] of places) forms[key] = form.index;
  const formNames = [...'?'.repeat(SPECIAL_COUNT)];
  for (const form of [...hot, ...cold]) formNames.push(formName(form.code, form.shape));
  const formKeys = new Uint32Array(entries.length);
  for (const form of unique) formKeys[form.index] = form.code * SHAPE_COUNT + form.shape;
  return { bytes: module.toBytes(), forms, helpers, formCount: entries.length, formKeys, formNames };
}

/** Emits every form; equal bodies become one. */
function collectForms(
  table: ReadonlyMap<Code, Row>,
  functions: StepFunctions,
  helpers: string[],
  module: ModuleBuilder,
): { unique: Form[]; places: Map<number, Form> } {
  const hotNames = new Set(HOT_FORMS);
  const byHash = new Map<number, Form[]>();
  const unique: Form[] = [];
  const places = new Map<number, Form>();
  for (const [code, row] of table) {
    const operands = operandsOf(code);
    for (const shape of operands.shapes) {
      const f = new FunctionBuilder(module, -1, HANDLER.parameters, HANDLER.results);
      const context = new StepContext(f, 0, operands, shape, functions, helpers, { kind: 'function' });
      try {
        row.definition(context);
        context.finish();
      } catch (error) {
        throw new Error(`${formName(code, shape)}: ${(error as Error).message}`, { cause: error });
      }
      const bytes = f.toBytes();
      const hash = hashOf(bytes);
      const candidates = byHash.get(hash) ?? [];
      let form = candidates.find((c) => sameBytes(c.bytes, bytes));
      if (!form) {
        form = { code, shape, row, bytes, hot: false, index: 0 };
        unique.push(form);
        candidates.push(form);
        byHash.set(hash, candidates);
      }
      if (hotNames.has(formName(code, shape))) form.hot = true;
      places.set(code * SHAPE_COUNT + shape, form);
    }
  }
  return { unique, places };
}

const SHAPE_NAMES = ['R', 'B', 'I', 'F', 'S', 'rep', 'repne', 'S32', 'rep32', 'repne32'] as const;

function formName(code: Code, shape: number): string {
  return `${Code[code]}:${SHAPE_NAMES[shape]!}`;
}

function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5 ^ bytes.length;
  for (const b of bytes) hash = Math.imul(hash ^ b, 0x01000193);
  return hash;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
