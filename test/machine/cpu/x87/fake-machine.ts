// A HelperMachine around one saved context and a small flat memory, for helpers on their own.

import { VECTOR, type CpuException } from '../../../../src/machine/cpu/exit.ts';
import type { HelperInstruction, HelperMachine } from '../../../../src/machine/cpu/helpers/helper.ts';
import { CpuContext } from '../../../../src/machine/cpu/state.ts';
import type { Vcpu } from '../../../../src/machine/cpu/vcpu.ts';
import { PRESETS, resolveCosts, type Costs } from '../../../../src/machine/cost/presets.ts';

export const MEMORY_BASE = 0x10000;

export class FakeMachine implements HelperMachine {
  context = CpuContext.fresh();
  readonly vcpu = {} as Vcpu;
  readonly costs: Costs = resolveCosts(PRESETS['spr-2.0ghz']!, {});
  readonly clock = 0;
  readonly memory = new Uint8Array(4096);
  instruction: HelperInstruction = { code: 0, length: 2, registers: [], memorySize: 0, immediate: 0, secondImmediate: 0, operandWidth: 0 };
  operandAddress = BigInt(MEMORY_BASE);
  charged = 0;

  address(): bigint {
    return this.operandAddress;
  }
  read(address: bigint, bytes: number): Uint8Array | CpuException {
    const offset = Number(address) - MEMORY_BASE;
    if (offset < 0 || offset + bytes > this.memory.length) return fault(address, 4);
    return this.memory.slice(offset, offset + bytes);
  }
  write(address: bigint, data: Uint8Array): CpuException | null {
    const refused = this.probeWrite(address, data.length);
    if (refused === null) this.memory.set(data, Number(address) - MEMORY_BASE);
    return refused;
  }
  probeWrite(address: bigint, bytes: number): CpuException | null {
    const offset = Number(address) - MEMORY_BASE;
    return offset < 0 || offset + bytes > this.memory.length ? fault(address, 6) : null;
  }
  charge(cycles: number): void {
    this.charged += cycles;
  }
}

function fault(address: bigint, errorCode: number): CpuException {
  return { kind: 'exception', vector: VECTOR.PF, errorCode, address };
}
