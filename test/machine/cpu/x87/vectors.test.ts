// Every recorded case of a processor's x87 unit, replayed through the helpers, and a part of them through the engine.

import { Code, Encoder, Instruction, MemoryOperand, Register } from 'iced-x86';
import { describe, expect, it } from 'vitest';
import { type CpuExit, VECTOR } from '../../../../src/machine/cpu/exit.ts';
import { RDX } from '../../../../src/machine/cpu/state.ts';
import { BenchMachine, CODE, DATA, RW, RX, hex, stepModule } from '../bench-machine.ts';
import { difference } from './comparison.ts';
import { type Operation, type Recorded, type State, loadMemory, loadState, readRecording, readState, replay } from './recording.ts';

const groups = new Map<string, Recorded[]>();
for (const record of readRecording()) {
  const { code } = record.operation;
  const group = groups.get(code) ?? [];
  group.push(record);
  groups.set(code, group);
}

describe('x87 instructions as a processor has run them', () => {
  it.each([...groups])('%s', (code, records) => {
    for (const record of records) expect(difference(code, record, replay(record))).toBeNull();
    expect(records.length).toBeGreaterThanOrEqual(10);
  });
});

function encode({ code: name, sti, bytes }: Operation): Uint8Array {
  const code = Code[name as keyof typeof Code];
  const register = Register.ST0 + sti;
  let instruction: Instruction;
  if (bytes > 0) instruction = Instruction.createMem(code, new MemoryOperand(Register.RDX, Register.None, 1, 0n, 0, false, Register.None));
  else if (name.includes('_st0_sti')) instruction = Instruction.createRegReg(code, Register.ST0, register);
  else if (name.includes('_sti_st0')) instruction = Instruction.createRegReg(code, register, Register.ST0);
  else if (name.endsWith('_sti') || name.includes('_sti_')) instruction = Instruction.createReg(code, register);
  else instruction = Instruction.create(code);
  const encoder = new Encoder(64);
  encoder.encode(instruction, BigInt(CODE));
  const encoded = encoder.takeBuffer();
  encoder.free();
  instruction.free();
  return encoded;
}

describe('the same through decoder and step executor', () => {
  const bench = new BenchMachine();
  const data = bench.map(DATA, 1, RW);
  const code = bench.map(CODE, 4, RX);
  const places = new Map<string, number>();
  bench.physical.bytes.fill(0xc3, code, code + 4 * 4096);
  for (const [name, [first]] of groups) {
    const place = places.size * 16;
    bench.physical.bytes.set(encode(first!.operation), code + place);
    places.set(name, CODE + place);
  }

  function step({ operation, before }: Recorded): CpuExit {
    const { context, physical, cpu } = bench;
    loadState(context, before);
    const memory = physical.bytes.subarray(data, data + 128);
    loadMemory(memory, before);
    context.setNumber(RDX, DATA);
    context.rip = BigInt(places.get(operation.code)!);
    return cpu.step();
  }

  function run(record: Recorded): State {
    const { code: name, bytes } = record.operation;
    expect(step(record).kind).toBe('deadline');
    expect(bench.context.rip).toBeGreaterThan(BigInt(places.get(name)!));
    return readState(bench.context, bench.physical.bytes.subarray(data, data + bytes));
  }

  it.each([...groups])('%s', (name, records) => {
    for (const record of records.slice(0, 40)) expect(difference(name, record, run(record))).toBeNull();
  });
});

it.each(['db 08', 'dd 08', 'df 08'])('FISTTP (%s) is #UD on x86-64-v1', (bytes) => {
  const bench = new BenchMachine(4 << 20, stepModule(), 'x86-64-v1').load(hex(bytes));
  expect(bench.run()).toMatchObject({ kind: 'exception', vector: VECTOR.UD, unsupported: { mnemonic: 'fisttp', feature: 'SSE3' } });
});
