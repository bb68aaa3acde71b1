// UIRET: SDM vol. 2. The vector must have been popped by software; RIP, RFLAGS and RSP are popped here. No shadow stack.

import type { CpuException } from '../cpu/exit.ts';
import { generalProtection, invalidOpcode, isCanonical, isFault, stackFault } from './faults.ts';
import { setUserInterruptFlag } from './flag.ts';
import type { UserMemory64, UserRegisters } from './ports.ts';
import type { UintrUnit } from './uintr-unit.ts';

const RSP = 4;
/** CF PF AF ZF SF TF DF OF NT RF AC ID: what UIRET loads. IF, IOPL, VM, VIF and VIP stay. */
export const UIRET_FLAGS = 0x25_4dd5;
/** Bit of the popped image that becomes UIF where the processor has flexible UIRET. */
const IMAGE_UIF = 1n << 1n;

/** null when RIP is at the popped address; a fault changes nothing. */
export function uiret(unit: UintrUnit, registers: UserRegisters, memory: Pick<UserMemory64, 'read64'>): CpuException | null {
  if (!unit.enumerated || !unit.cr4Uintr) return invalidOpcode();
  const rsp = registers.register(RSP);
  const popped: bigint[] = [];
  for (let i = 0n; i < 3n; i++) {
    const address = BigInt.asUintN(64, rsp + i * 8n);
    const word = isCanonical(address) ? memory.read64(address) : stackFault();
    if (isFault(word)) return word;
    popped.push(word);
  }
  const [rip, image, newRsp] = popped as [bigint, bigint, bigint];
  if (!isCanonical(rip)) return generalProtection();
  registers.rip = rip;
  registers.rflags = (registers.rflags & ~UIRET_FLAGS) | (Number(image & 0xffff_ffffn) & UIRET_FLAGS);
  registers.setRegister(RSP, newRsp);
  const uif = !unit.flexibleUiret || (image & IMAGE_UIF) !== 0n;
  const { events, places } = unit.ports;
  events.emit('uiret', places.place(), { rip, uif });
  setUserInterruptFlag(unit, uif, 'uiret');
  return null;
}
