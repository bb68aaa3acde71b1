// One option of getsockopt and setsockopt as a row of a table, and the kinds of rows there are.

import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel.ts';
import type { Task } from '../../task/task.ts';
import { int32s } from '../message.ts';
import type { Socket } from '../socket.ts';

/** Who asks, and whose option it is. */
export interface OptionCall<S extends Socket = Socket> {
  readonly kernel: Kernel;
  readonly task: Task;
  readonly socket: S;
}

/** Values are bytes; a number is a negated errno. An operation that a row lacks is ENOPROTOOPT. */
export interface OptionRow<S extends Socket = Socket> {
  readonly level: number;
  readonly option: number;
  readonly get?: (call: OptionCall<S>) => Uint8Array | number;
  /** `value` is the int, or the byte, that was given; `raw` all of it. */
  readonly set?: (call: OptionCall<S>, value: number, raw: Uint8Array) => number;
  /** A value may have fewer than four bytes. */
  readonly anyLength?: boolean;
}

export type OptionTable = ReadonlyMap<number, OptionRow>;

/** What a value that is only kept may be. */
interface Bounds {
  readonly initial?: number;
  readonly least?: number;
  readonly most?: number;
  /** For values out of bounds. */
  readonly error?: number;
  /** Who may set it: EPERM for others. */
  readonly mayBeSet?: (task: Task) => boolean;
}

/** On or off; where it matters, it is looked up. */
export function flag(level: number, option: number, initial = 0): OptionRow {
  return {
    level,
    option,
    get: ({ socket }) => int32s(read(socket, level, option, initial)),
    set: ({ socket }, value) => write(socket, level, option, Number(value !== 0)),
  };
}

/** A number that is kept. */
export function kept(level: number, option: number, { initial = 0, least, most, error = ERRNO.EINVAL, mayBeSet }: Bounds = {}): OptionRow {
  return {
    level,
    option,
    get: ({ socket }) => int32s(read(socket, level, option, initial)),
    set: ({ socket, task }, value) => {
      if (mayBeSet && !mayBeSet(task)) return -ERRNO.EPERM;
      if ((least !== undefined && value < least) || (most !== undefined && value > most)) return -error;
      return write(socket, level, option, value);
    },
  };
}

export function readOnly(level: number, option: number, get: (call: OptionCall) => Uint8Array | number): OptionRow {
  return { level, option, get };
}

/** Known, and refused. */
export function refused(level: number, option: number, error: number): OptionRow {
  return { level, option, get: () => -error, set: () => -error };
}

function read(socket: Socket, level: number, option: number, initial: number): number {
  return socket.options.get(level * 0x10000 + option) ?? initial;
}

function write(socket: Socket, level: number, option: number, value: number): number {
  socket.setOption(level, option, value);
  return 0;
}

export function tableOf(rows: readonly OptionRow[]): OptionTable {
  return new Map(rows.map((row) => [row.option, row]));
}
