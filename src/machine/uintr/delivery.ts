// User-interrupt delivery: SDM vol. 3, "User-Interrupt Delivery". Shadow stacks and enclaves do not exist here.

import type { CpuException } from '../cpu/exit.ts';
import { generalProtection, isCanonical, isFault, stackFault } from './faults.ts';
import { LOAD_RSP } from './msr.ts';
import type { UserMemory64, UserRegisters } from './ports.ts';
import type { UintrUnit } from './uintr-unit.ts';

const RSP = 4;
const TF = 1 << 8,
  RF = 1 << 16;
/** Old RSP, RFLAGS, RIP, vector. */
const FRAME_WORDS = 4;

/**
 * Delivers the highest pending vector; the caller has asked isDeliverable(). null when RIP is at the handler.
 * A fault (user-mode #PF, #SS, #GP with EXT clear) leaves registers, UIRR and UIF as they were: it is retried at the next boundary.
 */
export function deliver(unit: UintrUnit, registers: UserRegisters, memory: UserMemory64): CpuException | null {
  const vector = highestVector(unit.rr);
  const frame = frameAddress(unit, registers.register(RSP));
  const fault = isCanonical(unit.handler) ? pushFrame(registers, memory, frame, vector) : generalProtection();
  if (fault) {
    reportFault(unit, vector, fault);
    return fault;
  }
  const interrupted = { rip: registers.rip, rsp: registers.register(RSP) };
  registers.setRegister(RSP, frame);
  unit.rr &= ~(1n << BigInt(vector));
  unit.uif = false;
  registers.rflags &= ~(TF | RF);
  registers.rip = unit.handler;
  reportDelivered(unit, vector, interrupted);
  return null;
}

/** Index of the highest set bit; -1 for 0. */
export function highestVector(uirr: bigint): number {
  const high = Number(uirr >> 32n);
  return high === 0 ? 31 - Math.clz32(Number(uirr & 0xffff_ffffn)) : 63 - Math.clz32(high);
}

function frameAddress(unit: UintrUnit, rsp: bigint): bigint {
  const moved = unit.stackadjust & LOAD_RSP ? unit.stackadjust : BigInt.asUintN(64, rsp - unit.stackadjust);
  return BigInt.asUintN(64, (moved & ~0xfn) - BigInt(FRAME_WORDS * 8));
}

/** Every push is tried before the first is done, in the order in which the processor makes them. */
function pushFrame(registers: UserRegisters, memory: UserMemory64, frame: bigint, vector: number): CpuException | null {
  const words = [BigInt(vector), registers.rip, BigInt(registers.rflags), registers.register(RSP)];
  for (let i = FRAME_WORDS - 1; i >= 0; i--) {
    const address = BigInt.asUintN(64, frame + BigInt(i * 8));
    const fault = isCanonical(address) ? memory.probeWrite(address, 8) : stackFault();
    if (fault) return fault;
  }
  for (let i = FRAME_WORDS - 1; i >= 0; i--) {
    const fault = memory.write64(BigInt.asUintN(64, frame + BigInt(i * 8)), words[i]!);
    if (isFault(fault)) return fault;
  }
  return null;
}

function reportDelivered(unit: UintrUnit, vector: number, interrupted: { readonly rip: bigint; readonly rsp: bigint }): void {
  const { events, places, ledger } = unit.ports;
  const { posts, unlisted } = ledger.deliver(unit.pd, vector);
  const place = places.place();
  const senders = posts.map((post) => BigInt(post.sender));
  const interrupts = posts.map((post) => BigInt(post.interrupt));
  const symbol = places.symbol(unit.handler);
  events.emit('user_interrupt_delivered', place, {
    interrupt: posts[0]?.interrupt ?? 0,
    vector,
    handler: unit.handler,
    ...interrupted,
    symbol,
    senders,
    interrupts,
    unlisted,
  });
  events.emit('uif_changed', place, { uif: false, by: 'delivery' });
}

function reportFault(unit: UintrUnit, vector: number, fault: CpuException): void {
  const { events, places } = unit.ports;
  events.emit('user_interrupt_fault', places.place(), { vector, fault_vector: fault.vector, address: fault.address });
}
