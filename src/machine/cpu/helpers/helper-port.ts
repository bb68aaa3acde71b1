// What a helper sees of the machine: the operands of its instruction, decoded once and kept by record, and user memory.

import { Decoder, DecoderOptions, MemorySizeExt, OpKind, Register, RegisterExt } from 'iced-x86';
import type { Costs } from '../../cost/presets.ts';
import { NUMBER_OF_REGISTER, isNarrow } from '../decode/operands.ts';
import type { CpuException } from '../exit.ts';
import { type CpuContext, RBP, RSP } from '../state.ts';
import type { MemoryAccess } from '../step/memory-access.ts';
import type { Vcpu } from '../vcpu.ts';
import type { HelperInstruction, HelperMachine } from './helper.ts';

/** A helper's instruction with its memory operand; registers by encoding number, -1 for none. */
interface Decoded extends HelperInstruction {
  readonly base: number;
  readonly index: number;
  readonly shift: bigint;
  readonly displacement: bigint;
  readonly segment: 'fs' | 'gs' | null;
  readonly narrow: boolean;
  /** Accesses are to the stack: #SS takes the place of #GP. */
  readonly stack: boolean;
}

export class HelperPort implements HelperMachine {
  readonly context: CpuContext;
  readonly costs: Costs;
  clock = 0;
  /** Cycles that the helper has added. */
  charged = 0;
  private readonly memory: MemoryAccess;
  private readonly decoded = new Map<number, Decoded>();
  private current: Decoded | null = null;
  private owner: Vcpu | null = null;

  constructor(context: CpuContext, memory: MemoryAccess, costs: Costs) {
    this.context = context;
    this.memory = memory;
    this.costs = costs;
  }

  /** The instruction that the helper called next will run. */
  begin(vcpu: Vcpu, clock: number, record: number, bytes: () => Uint8Array): void {
    this.owner = vcpu;
    this.clock = clock;
    this.charged = 0;
    let known = this.decoded.get(record);
    if (!known) {
      known = decodeForHelper(bytes(), this.context.rip);
      this.decoded.set(record, known);
    }
    this.current = known;
  }

  /** Records have been dropped. */
  clear(): void {
    this.decoded.clear();
  }

  get vcpu(): Vcpu {
    return this.owner!;
  }

  get instruction(): HelperInstruction {
    return this.current!;
  }

  address(): bigint {
    const { base, index, shift, displacement, segment, narrow } = this.current!;
    let sum = displacement;
    if (base >= 0) sum += this.context.register(base);
    if (index >= 0) sum += this.context.register(index) << shift;
    sum = BigInt.asUintN(narrow ? 32 : 64, sum);
    if (segment === 'fs') sum += this.context.fsBase;
    else if (segment === 'gs') sum += this.context.gsBase;
    return BigInt.asUintN(64, sum);
  }

  read(address: bigint, bytes: number): Uint8Array | CpuException {
    return this.memory.read(address, bytes, this.stackBased);
  }

  write(address: bigint, data: Uint8Array): CpuException | null {
    return this.memory.write(address, data, this.stackBased);
  }

  probeWrite(address: bigint, bytes: number): CpuException | null {
    return this.memory.check(address, bytes, true, this.stackBased);
  }

  charge(cycles: number): void {
    this.charged += cycles;
  }

  private get stackBased(): boolean {
    return this.current!.stack;
  }
}

function decodeForHelper(bytes: Uint8Array, rip: bigint): Decoded {
  const decoder = new Decoder(64, bytes, DecoderOptions.None);
  decoder.ip = rip;
  const i = decoder.decode();
  decoder.free();
  const registers: number[] = [];
  const immediates: number[] = [];
  let memory = false;
  for (let n = 0; n < i.opCount; n++) {
    const kind = i.opKind(n);
    registers.push(kind === OpKind.Register ? NUMBER_OF_REGISTER[i.opRegister(n)]! : -1);
    if (kind === OpKind.Memory) memory = true;
    else if (kind >= OpKind.Immediate8 && kind <= OpKind.Immediate32to64) immediates.push(Number(BigInt.asIntN(64, i.immediate(n))));
  }
  const base = i.memoryBase;
  const index = i.memoryIndex;
  const segment = memory && i.memorySegment === Register.FS ? 'fs' : memory && i.memorySegment === Register.GS ? 'gs' : null;
  const baseNumber = memory && base !== Register.RIP && base !== Register.EIP ? NUMBER_OF_REGISTER[base]! : -1;
  const decoded: Decoded = {
    code: i.code,
    length: i.length,
    registers,
    memorySize: memory ? MemorySizeExt.size(i.memorySize) : 0,
    immediate: immediates[0] ?? 0,
    secondImmediate: immediates[1] ?? 0,
    operandWidth: i.opCount > 0 && i.opKind(0) === OpKind.Register ? RegisterExt.size(i.opRegister(0)) : 0,
    base: baseNumber,
    index: memory ? NUMBER_OF_REGISTER[index]! : -1,
    shift: BigInt(Math.log2(i.memoryIndexScale)),
    displacement: memory ? i.memoryDisplacement : 0n,
    segment,
    narrow: memory && (isNarrow(base) || isNarrow(index) || (base === Register.None && index === Register.None && i.memoryDisplSize === 4)),
    stack: memory ? segment === null && (baseNumber === RSP || baseNumber === RBP) : i.isStackInstruction,
  };
  i.free();
  return decoded;
}
