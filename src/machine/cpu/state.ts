// The CPU block: offsets of every register in memory 0, counted from CPU_BASE, and typed access to it.
// A thread's saved registers are a copy of the first CONTEXT_BYTES of this block.

import { CPU_BASE } from '../memory/layout.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';

export const GPR = 0x000; // rax rcx rdx rbx rsp rbp rsi rdi r8..r15, 8 bytes each, in encoding order
export const RIP = 0x080;
export const RFLAGS = 0x088;
export const FS_BASE = 0x090;
export const GS_BASE = 0x098;
export const MXCSR = 0x0a0; // u32
export const FCW = 0x0a4; // u16
export const FSW = 0x0a6; // u16, TOP in bits 13:11
export const FTW = 0x0a8; // u8, abridged as in FXSAVE: bit n = physical register n is not empty
export const FOP = 0x0aa; // u16
export const FIP = 0x0b0; // u64
export const FDP = 0x0b8; // u64
export const XMM = 0x100; // 16 x 16 bytes
export const X87 = 0x200; // physical registers R0..R7, 16 bytes each: 64-bit significand, then u16 sign and exponent
/** Leader of the canonical block that RIP lies in (u64), part of exact time. */
export const LEADER = 0x280;
/** u16 each: selectors in ES, CS, SS, DS, FS, GS; those of CS and SS never change, and are not kept here. */
export const SELECTORS = 0x288;
/** Always zero: what an absent base, index or segment register reads. */
export const ZERO = 0x0f8;
/** Length of a saved context. Everything above is scratch of the executors. */
export const CONTEXT_BYTES = 0x300;

// Arithmetic flags while generated code runs; packed into RFLAGS when it stops (step/flags.ts explains the format).
export const FLAG_RESULT = 0x300; // i64, sign-extended
export const FLAG_CARRIES = 0x308; // i64: bit 63 CF, bit 62 CF ^ OF
export const FLAG_DELTA = 0x310; // u8: bit 0 inverts SF, bit 2 inverts PF, bit 4 is AF
/** u32: byte offset in memory 1 of the flat page table in use. */
export const TABLE = 0x318;
/** u64: tag of the address space in bits 63:48, the jump cache's upper key bits. */
export const SPACE_TAG = 0x320;
/** u32: record at which generated code stopped. */
export const CURRENT = 0x328;
/** u32: why it stopped (step/stop.ts), and a number that goes with it. */
export const STOP = 0x32c;
export const STOP_DETAIL = 0x330;
/** u32: instructions that the last entry of generated code started. */
export const EXECUTED = 0x334;
/** u32 each: how many of them in regions, and how often one was entered. */
export const EXECUTED_IN_REGIONS = 0x338;
export const REGION_ENTRIES = 0x33c;
/** Where an access that crosses a page is gathered, 16 bytes. */
export const CROSSING = 0x340;
/** u32: the tag's part of the jump cache's hash. */
export const JUMP_SPREAD = 0x350;
/** u32: the address space's part of the tags of pages above 4 GiB (memory/high-pages.ts). */
export const HIGH_TAG = 0x354;
/** A record that stops the dispatch loop. */
export const STOP_RECORD = 0x360;
/** Of so many windows (region/page-windows.ts): address of the page (u64), of its frame (u32). */
export const WINDOW_COUNT = 128;
export const WINDOW_STARTS = 0x400;
export const WINDOW_PLACES = 0x800;
/** u32: 1 while there is no page that all windows could be on. Regions are not entered then. */
export const NO_WINDOWS = 0xa00;
/** u32: 1 if a region has been left for an address above 4 GiB that it was not made for. */
export const HIGH_MET = 0xa04;
/** Scratch: what a function of x87 arithmetic gives besides what it returns (u64). */
export const X87_RESULT = 0xfe0;
/** Scratch: MXCSR exception flags of the SSE instruction being executed (u32), 0 between instructions. */
export const FLOAT_FLAGS = 0xff0;

/** General registers by encoding number. */
export const RAX = 0,
  RCX = 1,
  RDX = 2,
  RBX = 3,
  RSP = 4,
  RBP = 5,
  RSI = 6,
  RDI = 7,
  R8 = 8,
  R9 = 9,
  R10 = 10,
  R11 = 11;

export const CF = 1 << 0,
  PF = 1 << 2,
  AF = 1 << 4,
  ZF = 1 << 6,
  SF = 1 << 7,
  TF = 1 << 8,
  IF = 1 << 9,
  DF = 1 << 10,
  OF = 1 << 11,
  NT = 1 << 14,
  RF = 1 << 16,
  AC = 1 << 18,
  ID = 1 << 21;

/** RFLAGS a user thread starts with: IF and the fixed bit 1. */
export const RFLAGS_START = 0x202;
export const MXCSR_START = 0x1f80;
export const FCW_START = 0x037f;

/** Typed view of one context image: the live block, or a saved copy in its own buffer. Plain data. */
export class CpuContext {
  /** Where the registers are; another place after an exchange(). */
  bytes: Uint8Array;
  private view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A saved context as a new thread has it: all zero but the start values of RFLAGS, MXCSR and FCW. */
  static fresh(): CpuContext {
    const context = new CpuContext(new Uint8Array(CONTEXT_BYTES));
    context.rflags = RFLAGS_START;
    context.mxcsr = MXCSR_START;
    context.fcw = FCW_START;
    return context;
  }

  static live(memory: PhysicalMemory): CpuContext {
    return new CpuContext(memory.bytes.subarray(CPU_BASE, CPU_BASE + CONTEXT_BYTES));
  }

  copy(): CpuContext {
    return new CpuContext(this.bytes.slice());
  }

  /** The registers go to where those of `other` are, which becomes the view of where they were. */
  exchange(other: CpuContext): void {
    const { bytes, view } = other;
    bytes.set(this.bytes);
    other.bytes = this.bytes;
    other.view = this.view;
    this.bytes = bytes;
    this.view = view;
  }

  /** Register as an unsigned 64-bit value. */
  register(n: number): bigint {
    return this.view.getBigUint64(GPR + n * 8, true);
  }
  setRegister(n: number, value: bigint): void {
    this.view.setBigUint64(GPR + n * 8, value, true);
  }
  /** Register as a number: exact below 2^53, otherwise rounded (so never a valid user address). */
  number(n: number): number {
    return this.view.getUint32(GPR + n * 8, true) + this.view.getUint32(GPR + n * 8 + 4, true) * 0x1_0000_0000;
  }
  /** A whole number from -2^53 to 2^53. */
  setNumber(n: number, value: number): void {
    this.view.setInt32(GPR + n * 8, value | 0, true);
    this.view.setInt32(GPR + n * 8 + 4, Math.floor(value / 0x1_0000_0000), true);
  }
  /** Low 32 bits, signed. */
  int32(n: number): number {
    return this.view.getInt32(GPR + n * 8, true);
  }
  get rip(): bigint {
    return this.view.getBigUint64(RIP, true);
  }
  set rip(value: bigint) {
    this.view.setBigUint64(RIP, value, true);
  }
  /** Full RFLAGS; in the live block valid whenever Cpu.run() is not executing. */
  get rflags(): number {
    return this.view.getUint32(RFLAGS, true);
  }
  set rflags(value: number) {
    this.view.setUint32(RFLAGS, value, true);
  }
  get fsBase(): bigint {
    return this.view.getBigUint64(FS_BASE, true);
  }
  set fsBase(value: bigint) {
    this.view.setBigUint64(FS_BASE, value, true);
  }
  get gsBase(): bigint {
    return this.view.getBigUint64(GS_BASE, true);
  }
  set gsBase(value: bigint) {
    this.view.setBigUint64(GS_BASE, value, true);
  }
  /** Of ES, DS, FS and GS, by number: 0, 3, 4, 5. */
  selector(segment: number): number {
    return this.view.getUint16(SELECTORS + segment * 2, true);
  }
  setSelector(segment: number, selector: number): void {
    this.view.setUint16(SELECTORS + segment * 2, selector, true);
  }
  get mxcsr(): number {
    return this.view.getUint32(MXCSR, true);
  }
  set mxcsr(value: number) {
    this.view.setUint32(MXCSR, value, true);
  }
  get fcw(): number {
    return this.view.getUint16(FCW, true);
  }
  set fcw(value: number) {
    this.view.setUint16(FCW, value, true);
  }
  get fsw(): number {
    return this.view.getUint16(FSW, true);
  }
  set fsw(value: number) {
    this.view.setUint16(FSW, value, true);
  }
  get ftw(): number {
    return this.view.getUint8(FTW);
  }
  set ftw(value: number) {
    this.view.setUint8(FTW, value);
  }
}
