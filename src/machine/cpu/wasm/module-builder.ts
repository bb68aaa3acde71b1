// Assembles WebAssembly modules: types, imports, functions, one table, globals, exports.
// Knows WebAssembly's binary format and nothing of x86.

import { FunctionBuilder, type ValueType, leb, name, signedLeb } from './function-builder.ts';

const TYPE_CODE: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

interface Import {
  readonly module: string;
  readonly field: string;
  readonly descriptor: number[];
}

type FunctionBody = Pick<FunctionBuilder, 'toBytes' | 'branchHints'>;

export class ModuleBuilder {
  private readonly types: string[] = [];
  private readonly typeBytes: number[][] = [];
  private readonly imports: Import[] = [];
  private importedFunctions = 0;
  private readonly functions: { type: number; body: FunctionBody }[] = [];
  private readonly exports: { field: string; kind: number; index: number }[] = [];
  private tableEntries: number[] | null = null;
  private readonly segments: Uint8Array[] = [];

  /** Index of a function type, shared between equal ones. */
  type(parameters: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${parameters.join()}>${results.join()}`;
    const found = this.types.indexOf(key);
    if (found >= 0) return found;
    this.types.push(key);
    this.typeBytes.push([
      0x60,
      ...leb(parameters.length),
      ...parameters.map((t) => TYPE_CODE[t]),
      ...leb(results.length),
      ...results.map((t) => TYPE_CODE[t]),
    ]);
    return this.types.length - 1;
  }

  /** Imports a memory; the first is memory 0. Limits in 64-KiB pages. */
  importMemory(module: string, field: string, minimum: number, maximum: number): void {
    this.imports.push({ module, field, descriptor: [0x02, 0x01, ...leb(minimum), ...leb(maximum)] });
  }

  /** Imports the table that call_indirect goes by. */
  importTable(module: string, field: string): void {
    this.imports.push({ module, field, descriptor: [0x01, 0x70, 0x00, 0x00] });
  }

  /** Imports a function; all imports come before the first function(). Returns its function index. */
  importFunction(module: string, field: string, parameters: readonly ValueType[], results: readonly ValueType[]): number {
    if (this.functions.length > 0) throw new Error('imports come first');
    this.imports.push({ module, field, descriptor: [0x00, ...leb(this.type(parameters, results))] });
    return this.importedFunctions++;
  }

  /** Declares a function and returns its builder; `builder.index` is the function index, usable before its body is emitted. */
  function(parameters: readonly ValueType[], results: readonly ValueType[]): FunctionBuilder {
    const body = new FunctionBuilder(this, this.importedFunctions + this.functions.length, parameters, results);
    this.functions.push({ type: this.type(parameters, results), body });
    return body;
  }

  /** Adds a function whose code-section entry is at hand; returns its index. */
  encodedFunction(parameters: readonly ValueType[], results: readonly ValueType[], bytes: Uint8Array): number {
    this.functions.push({ type: this.type(parameters, results), body: { toBytes: () => bytes, branchHints: () => [] } });
    return this.importedFunctions + this.functions.length - 1;
  }

  export(field: string, functionIndex: number): void {
    this.exports.push({ field, kind: 0, index: functionIndex });
  }

  /** The module's one funcref table, filled from index 0. Exported as "table". */
  table(functionIndexes: number[]): void {
    this.tableEntries = functionIndexes;
    this.exports.push({ field: 'table', kind: 1, index: 0 });
  }

  /** Bytes that instantiation writes to memory 0. */
  data(address: number, bytes: Uint8Array): void {
    const head = [0x00, 0x41, ...signedLeb(BigInt(address)), 0x0b, ...leb(bytes.length)];
    const segment = new Uint8Array(head.length + bytes.length);
    segment.set(head);
    segment.set(bytes, head.length);
    this.segments.push(segment);
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    const parts: ArrayLike<number>[] = [[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]];
    const section = (id: number, items: readonly ArrayLike<number>[]): void => {
      if (items.length === 0) return;
      const head = leb(items.length);
      const size = items.reduce((n, i) => n + i.length, head.length);
      parts.push([id, ...leb(size), ...head], ...items);
    };
    section(1, this.typeBytes);
    section(
      2,
      this.imports.map((i) => [...name(i.module), ...name(i.field), ...i.descriptor]),
    );
    section(
      3,
      this.functions.map((f) => leb(f.type)),
    );
    if (this.tableEntries) section(4, [[0x70, 0x00, ...leb(this.tableEntries.length)]]);
    section(
      7,
      this.exports.map((e) => [...name(e.field), e.kind, ...leb(e.index)]),
    );
    if (this.tableEntries) {
      const entries = this.tableEntries;
      section(9, [[0x00, 0x41, 0x00, 0x0b, ...leb(entries.length), ...entries.flatMap((e) => leb(e))]]);
    }
    const hints = this.branchHints();
    if (hints.length > 0) parts.push([0, ...leb(hints.length)], hints);
    section(
      10,
      this.functions.map((f) => f.body.toBytes()),
    );
    section(11, this.segments);
    const total = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
    let at = 0;
    for (const part of parts) {
      total.set(part, at);
      at += part.length;
    }
    return total;
  }

  /** The custom section of the proposal "Branch Hinting"; empty without hints. */
  private branchHints(): number[] {
    const functions = this.functions.flatMap(({ body }, i) => {
      const hints = body.branchHints();
      if (hints.length === 0) return [];
      return [
        [...leb(this.importedFunctions + i), ...leb(hints.length), ...hints.flatMap(({ at, isTaken }) => [...leb(at), 1, isTaken ? 1 : 0])],
      ];
    });
    return functions.length === 0 ? [] : [...name('metadata.code.branch_hint'), ...leb(functions.length), ...functions.flat()];
  }
}
