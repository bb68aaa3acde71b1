// ReadMemory and WriteMemory: virtual addresses of a process or thread, or offsets in the machine's RAM.

import { TASK_SIZE } from '../../kernel/abi/layout.ts';
import type { Mm } from '../../kernel/mm/mm.ts';
import { peek, poke, presentBytes } from '../../kernel/mm/outside-access.ts';
import { MachineError } from '../errors.ts';
import type { Machine } from '../machine.ts';
import { PAGE_SIZE, RAM_BASE } from '../memory/layout.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { MemoryPlace } from '../protocol.ts';
import { liveProcess, liveThread } from './subjects.ts';

export function readMemory(machine: Machine, place: MemoryPlace, length: number): Uint8Array {
  const into = new Uint8Array(length);
  const at = startOf(place, length);
  const mm = memoryOf(machine, place);
  if (mm) {
    const done = peek(mm, at, into);
    if (done < length) throw fault(place, done);
  } else {
    const { physical } = machine.board;
    if (at + length > physical.ramBytes) throw fault(place, Math.max(0, physical.ramBytes - at));
    into.set(physical.bytes.subarray(RAM_BASE + at, RAM_BASE + at + length));
  }
  return into;
}

/** All of it or nothing. */
export function writeMemory(machine: Machine, place: MemoryPlace, data: Uint8Array): void {
  const at = startOf(place, data.length);
  const mm = memoryOf(machine, place);
  if (!mm) return writePhysical(machine.board.physical, place, at, data);
  const present = presentBytes(mm, at, data.length);
  if (present < data.length) throw fault(place, present);
  if (!poke(mm, at, data))
    throw new MachineError('LIMIT_EXCEEDED', 'the machine has no RAM left for the pages that would be written', {
      subject: 'ram_bytes',
      limit: `${machine.spec.ram_bytes}`,
    });
}

/** Frames that nobody uses are zero until they are given out, so nothing may be written there. */
function writePhysical(physical: PhysicalMemory, place: MemoryPlace, at: number, data: Uint8Array): void {
  const first = Math.floor(at / PAGE_SIZE);
  const end = Math.ceil((at + data.length) / PAGE_SIZE);
  for (let index = first; index < end; index++)
    if ((physical.references[index] ?? 0) === 0) throw fault(place, Math.max(0, index * PAGE_SIZE - at));
  for (let index = first; index < end; index++) physical.noteWrite(physical.frameAddress(index));
  physical.bytes.set(data, RAM_BASE + at);
}

function memoryOf(machine: Machine, { pid, tid }: MemoryPlace): Mm | null {
  if (tid !== 0) return liveThread(machine, tid).mm;
  return pid === 0 ? null : liveProcess(machine, pid).leader!.mm;
}

/** As a number; an address that no memory can have is a fault at once, but of no bytes none is missing. */
function startOf(place: MemoryPlace, length: number): number {
  if (length > 0 && place.address >= TASK_SIZE) throw fault(place, 0);
  return length === 0 ? 0 : Number(place.address);
}

function fault(place: MemoryPlace, offset: number): MachineError {
  const address = `0x${(place.address + BigInt(offset)).toString(16)}`;
  const where = place.tid !== 0 ? `thread ${place.tid}` : place.pid !== 0 ? `process ${place.pid}` : 'the machine';
  return new MachineError('MEMORY_FAULT', `${where} has no memory at ${address}`, { address });
}
