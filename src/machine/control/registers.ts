// A thread's user registers by name: a table says where each is and which values it can hold.

import type { Task } from '../../kernel/task/task.ts';
import {
  AC,
  CF,
  DF,
  FCW,
  FS_BASE,
  FSW,
  FTW,
  GPR,
  GS_BASE,
  ID,
  MXCSR,
  NT,
  OF,
  PF,
  RF,
  RFLAGS,
  RFLAGS_START,
  RIP,
  SF,
  TF,
  X87,
  XMM,
  ZF,
  AF,
} from '../cpu/state.ts';
import { invalidField } from '../errors.ts';
import type { RegisterValues } from '../protocol.ts';

interface ValueRow {
  readonly offset: number;
  readonly bytes: 1 | 2 | 4 | 8;
  /** Why a value cannot be held, '' if it can. */
  readonly refuse: (value: bigint) => string;
}

const anything = (): string => '';
const canonical = (value: bigint): string =>
  BigInt.asUintN(64, BigInt.asIntN(48, value)) === value ? '' : 'is not canonical: bits 63 to 47 must be equal';
const within =
  (mask: bigint, what: string) =>
  (value: bigint): string =>
    (value & ~mask) === 0n ? '' : what;

const CHANGEABLE = BigInt(CF | PF | AF | ZF | SF | TF | DF | OF | NT | RF | AC | ID);
const FIXED = BigInt(RFLAGS_START);
const flags = (value: bigint): string => {
  if ((value & FIXED) !== FIXED) return 'must have bit 1 and IF (bit 9) set, as in all user code';
  return within(CHANGEABLE | FIXED, 'sets a bit that user code cannot have: only CF PF AF ZF SF TF DF OF NT RF AC ID, IF and bit 1')(value);
};

const GENERAL = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'];

const VALUES: Readonly<Record<string, ValueRow>> = {
  ...Object.fromEntries(GENERAL.map((name, number) => [name, { offset: GPR + 8 * number, bytes: 8, refuse: anything } as const])),
  rip: { offset: RIP, bytes: 8, refuse: canonical },
  rflags: { offset: RFLAGS, bytes: 8, refuse: flags },
  fs_base: { offset: FS_BASE, bytes: 8, refuse: canonical },
  gs_base: { offset: GS_BASE, bytes: 8, refuse: canonical },
  mxcsr: { offset: MXCSR, bytes: 4, refuse: within(0xffffn, 'sets reserved bits: only bits 15 to 0 exist') },
  fcw: { offset: FCW, bytes: 2, refuse: within(0xffffn, 'has 16 bits') },
  fsw: { offset: FSW, bytes: 2, refuse: within(0xffffn, 'has 16 bits') },
  ftw: { offset: FTW, bytes: 1, refuse: within(0xffn, 'has 8 bits, one a register that is not empty') },
};

const VECTORS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`xmm${i}`, 16])),
  ...Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`st${i}`, 10])),
};

/** ST(i) is relative to TOP, bits 13 to 11 of FSW. */
function vectorOffset(name: string, view: DataView): number {
  const number = Number(/\d+$/.exec(name)![0]);
  if (name.startsWith('xmm')) return XMM + 16 * number;
  return X87 + 16 * (((view.getUint16(FSW, true) >>> 11) + number) & 7);
}

const viewOf = (task: Task): DataView => {
  const { bytes } = task.context;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

/** The context must be whole: Board.suspendAll(). */
export function readRegisters(task: Task): RegisterValues {
  const view = viewOf(task);
  const values: Record<string, bigint> = {};
  for (const [name, { offset, bytes }] of Object.entries(VALUES)) {
    values[name] = view.getBigUint64(offset, true) & ((1n << BigInt(8 * bytes)) - 1n);
  }
  const vectors: Record<string, Uint8Array> = {};
  for (const [name, bytes] of Object.entries(VECTORS)) {
    const offset = vectorOffset(name, view);
    vectors[name] = task.context.bytes.slice(offset, offset + bytes);
  }
  return { values, vectors };
}

/** All that are named, or none. ST(i) counts from the TOP that the same call gives. */
export function writeRegisters(task: Task, { values, vectors }: RegisterValues): void {
  for (const [name, value] of Object.entries(values)) checkValue(name, value);
  for (const [name, bytes] of Object.entries(vectors)) checkVector(name, bytes);
  const view = viewOf(task);
  for (const [name, value] of Object.entries(values)) {
    const { offset, bytes } = VALUES[name]!;
    for (let i = 0; i < bytes; i++) view.setUint8(offset + i, Number((value >> BigInt(8 * i)) & 0xffn));
  }
  for (const [name, bytes] of Object.entries(vectors)) task.context.bytes.set(bytes, vectorOffset(name, view));
  // As with ptrace: what a signal would restart is not what the thread goes on with.
  if ('rip' in values) task.returning = -1;
}

function checkValue(name: string, value: bigint): void {
  const field = `registers.values["${name.slice(0, 40)}"]`;
  const row = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
  if (!row) throw invalidField(field, `is no register; there are ${Object.keys(VALUES).join(' ')}`);
  const reason = row.refuse(value);
  if (reason !== '') throw invalidField(field, `0x${value.toString(16)} ${reason}`);
}

function checkVector(name: string, bytes: Uint8Array): void {
  const field = `registers.vectors["${name.slice(0, 40)}"]`;
  const wanted = Object.hasOwn(VECTORS, name) ? VECTORS[name] : undefined;
  if (wanted === undefined) throw invalidField(field, 'is no register; there are xmm0 to xmm15 and st0 to st7');
  if (bytes.length !== wanted) throw invalidField(field, `has ${wanted} bytes, got ${bytes.length}`);
}
