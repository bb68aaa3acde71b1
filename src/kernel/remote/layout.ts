// Where a remote thread's code, stack and data lie in its memory.

import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { PIE_BASE } from '../abi/layout.ts';
import type { KernelHardware } from '../hardware.ts';
import { Mm } from '../mm/mm.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE, Vma } from '../mm/vma.ts';
import { codePage } from './code-page.ts';

const CODE_NAME = '[remote code]';
const STACK_BYTES = 64 << 10;
/** Between a thread's RSP and the end of its stack: zeroes, then the word that it sleeps at. */
const STACK_END_BYTES = 64;
const SLEEP_WORD = STACK_END_BYTES - 8;
/** For the client's buffers and rings. Takes RAM where it is used. */
export const DATA_BYTES = 16 << 20;

export interface RemotePlaces {
  readonly code: number;
  readonly stack: number;
  readonly data: number;
}

/** An address space with nothing in it; null if there is none left. */
export function emptyMemory(hardware: KernelHardware): Mm | null {
  const mm = Mm.create(hardware);
  if (mm) mm.brk = mm.brkStart = PIE_BASE;
  return mm;
}

/** Maps what one more remote thread needs; null if there is no room. */
export function mapRemoteThread(mm: Mm): RemotePlaces | null {
  const code = mm.vmas.from(0).find((vma) => vma.name === CODE_NAME)?.start ?? mapCode(mm);
  const stackStart = code < 0 ? -1 : map(mm, STACK_BYTES, '[remote stack]');
  const data = stackStart < 0 ? -1 : map(mm, DATA_BYTES, '[remote data]');
  // A thread that has made a call has used its stack: the first interrupt must not pay for a page fault.
  if (data >= 0 && !mm.user.copyOut(stackStart + STACK_BYTES - PAGE_SIZE, new Uint8Array(8))) return null;
  return data < 0 ? null : { code, stack: stackStart + STACK_BYTES - STACK_END_BYTES, data };
}

/** The futex word at which a thread with this stack sleeps. */
export function sleepWord(stack: number): number {
  return stack + SLEEP_WORD;
}

function map(mm: Mm, length: number, name: string): number {
  const start = mm.findGap(length);
  if (start >= 0) mm.insert(new Vma(start, start + length, PROT_READ | PROT_WRITE, { name }));
  return start;
}

function mapCode(mm: Mm): number {
  const start = map(mm, PAGE_SIZE, CODE_NAME);
  if (start < 0) return -1;
  if (!mm.user.copyOut(start, codePage(PAGE_SIZE))) {
    mm.unmap(start, start + PAGE_SIZE);
    return -1;
  }
  mm.protect(start, start + PAGE_SIZE, PROT_READ | PROT_EXEC);
  return start;
}
