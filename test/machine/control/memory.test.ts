// Memory for someone outside: looking changes nothing, writing is all or nothing and respects what is shared.

import { describe, expect, test } from 'vitest';
import { readMemory } from '../../../src/machine/control/memory.ts';
import type { Machine } from '../../../src/machine/machine.ts';
import { makeElf } from '../../kernel/elf-maker.ts';
import { finish, guest, newMachine, spawn } from '../run-guest.ts';

/** mov $9, %eax (mmap) ...: spins at 0x401000; its data segment is at 0x402000, 0x10 bytes of file and 0x3000 of memory. */
const SPIN = Uint8Array.of(0xeb, 0xfe);
const CODE = 0x401000n;
const DATA = 0x402000n;
const DATA_END = 0x405000n;
const MOST = 1 << 20;

function spinner(code: Uint8Array = SPIN): { machine: Machine; pid: number } {
  const machine = newMachine();
  const pid = spawn(machine, makeElf({ code }));
  return { machine, pid };
}

const process = (pid: number, address: bigint) => ({ pid, tid: 0, address });
const thread = (tid: number, address: bigint) => ({ pid: 0, tid, address });
const ram = (address: bigint) => ({ pid: 0, tid: 0, address });

describe('reading', () => {
  test('pages that were never touched read as they would be, and stay out', () => {
    const { machine, pid } = spinner();
    const before = machine.hash();
    expect(readMemory(machine, process(pid, CODE), 4)).toEqual(Uint8Array.of(0xeb, 0xfe, 0, 0));
    expect(readMemory(machine, thread(pid, DATA + 0x2ff8n), 8)).toEqual(new Uint8Array(8));
    expect(readMemory(machine, process(pid, CODE), 0x4000)).toHaveLength(0x4000);
    expect(machine.hash()).toBe(before);
  });

  const FAULTS: readonly [what: string, address: bigint, length: number, first: string][] = [
    ['nothing mapped', 0x1000n, 1, '0x1000'],
    ['the null page', 0n, 8, '0x0'],
    ['behind the end of a mapping', DATA_END - 4n, 8, '0x405000'],
    ['a hole in the middle', CODE - 2n, 4, '0x400ffe'],
    ['across 2^47', 0x7fff_ffff_fffcn, 8, '0x7ffffffffffc'],
    ['not canonical', 0x8000_0000_0000n, 1, '0x800000000000'],
    ['the kernel half', 0xffff_8880_0000_0000n, 16, '0xffff888000000000'],
    ['wrap-around', 0xffff_ffff_ffff_fffcn, 8, '0xfffffffffffffffc'],
    ['more than there is', CODE, MOST, '0x405000'],
  ];
  for (const [what, address, length, first] of FAULTS)
    test(`${what}: MEMORY_FAULT at ${first}`, () => {
      const { machine, pid } = spinner();
      for (const place of [process(pid, address), thread(pid, address)]) {
        const error = expect.objectContaining({ code: 'MEMORY_FAULT', details: { address: first } });
        expect(() => readMemory(machine, place, length)).toThrow(error);
        expect(() => machine.apply('write_memory', { place, data: new Uint8Array(length).fill(7) })).toThrow(error);
      }
      if (length > 1 && Number(first) > Number(address)) expect(readMemory(machine, process(pid, address), 1)[0]).not.toBe(7);
    });

  test('of no bytes, none is missing', () => {
    const { machine, pid } = spinner();
    for (const address of [0n, CODE, 2n ** 64n - 1n]) {
      expect(readMemory(machine, process(pid, address), 0)).toEqual(new Uint8Array(0));
      expect(readMemory(machine, ram(address), 0)).toEqual(new Uint8Array(0));
      machine.apply('write_memory', { place: process(pid, address), data: new Uint8Array(0) });
      machine.apply('write_memory', { place: ram(address), data: new Uint8Array(0) });
    }
  });

  test('processes and threads that are not there', () => {
    const { machine, pid } = spinner();
    for (const absent of [1, 99]) {
      expect(() => readMemory(machine, process(absent, CODE), 1)).toThrow(expect.objectContaining({ code: 'PROCESS_NOT_FOUND' }));
      expect(() => readMemory(machine, thread(absent, CODE), 1)).toThrow(expect.objectContaining({ code: 'THREAD_NOT_FOUND' }));
    }
    machine.apply('signal_process', { pid, tid: 0, signal: 9 });
    finish(machine, pid);
    expect(() => readMemory(machine, process(pid, CODE), 1)).toThrow(expect.objectContaining({ code: 'PROCESS_NOT_FOUND' }));
  });
});

describe('writing', () => {
  test('to data, before and after the page is there', () => {
    const { machine, pid } = spinner();
    const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    for (const round of [0, 1]) {
      machine.apply('write_memory', { place: process(pid, DATA + 0xffcn), data: data.map((byte) => byte + round) });
      expect(readMemory(machine, process(pid, DATA + 0xffcn), 8)).toEqual(data.map((byte) => byte + round));
    }
  });

  test('to code that runs: the very next instruction is the new one', () => {
    const { machine, pid } = spinner();
    machine.advanceTo(100_000);
    expect(machine.programs.get(pid)!.process.exitStatus).toBeNull();
    // mov $60, %eax; mov $5, %edi; syscall, behind the loop; then the loop becomes a nop of two bytes.
    machine.apply('write_memory', { place: process(pid, CODE + 2n), data: Uint8Array.of(0xb8, 60, 0, 0, 0, 0xbf, 5, 0, 0, 0, 0x0f, 0x05) });
    machine.apply('write_memory', { place: process(pid, CODE), data: Uint8Array.of(0x66, 0x90) });
    expect(finish(machine, pid).status).toBe(5);
  });

  test('to code leaves the file and other processes of it as they are', () => {
    const machine = newMachine();
    const image = makeElf({ code: SPIN });
    const [first, second] = [spawn(machine, image), spawn(machine, image)];
    machine.advanceTo(100_000);
    machine.apply('write_memory', { place: process(first, CODE), data: Uint8Array.of(0x90, 0x90) });
    expect(readMemory(machine, process(first, CODE), 2)).toEqual(Uint8Array.of(0x90, 0x90));
    expect(readMemory(machine, process(second, CODE), 2)).toEqual(SPIN);
    expect(readMemory(machine, process(spawn(machine, image), CODE), 2)).toEqual(SPIN);
  });

  test('after fork, to one side alone', () => {
    const machine = newMachine();
    const pid = spawn(machine, guest('fork_wait'));
    for (let at = 0; at < 4_000_000 && machine.board.kernel.pids.processes.size < 3; at += 5000) machine.advanceTo(at);
    const [, , child] = [...machine.board.kernel.pids.processes.keys()];
    const parent = machine.board.kernel.pids.processes.get(pid)!.leader!;
    const address = parent.context.register(4) & ~7n;
    const before = readMemory(machine, process(child!, address), 8);
    machine.apply('write_memory', { place: process(pid, address - 512n), data: new Uint8Array(8).fill(0xa5) });
    expect(readMemory(machine, process(pid, address - 512n), 8)).toEqual(new Uint8Array(8).fill(0xa5));
    expect(readMemory(machine, process(child!, address), 8)).toEqual(before);
    expect(readMemory(machine, process(child!, address - 512n), 8)).not.toEqual(new Uint8Array(8).fill(0xa5));
  });

  test('a mebibyte at once', () => {
    const machine = newMachine();
    const pid = spawn(
      machine,
      makeElf({
        code: SPIN,
        segments: [
          { flags: 5, offset: 0x1000, address: 0x401000, fileSize: 0x1000, memorySize: 0x1000 },
          { flags: 6, offset: 0x2000, address: 0x600000, fileSize: 0x10, memorySize: MOST + 0x2000 },
        ],
      }),
    );
    const data = Uint8Array.from({ length: MOST }, (_, i) => i * 7);
    machine.apply('write_memory', { place: process(pid, 0x600abcn), data });
    expect(Buffer.compare(readMemory(machine, process(pid, 0x600abcn), MOST), data)).toBe(0);
  });

  test('pages of a new frame count as resident', () => {
    const { machine, pid } = spinner();
    const { mm } = machine.board.kernel.pids.tasks.get(pid)!;
    const before = mm.residentPages;
    machine.apply('write_memory', { place: process(pid, DATA + 0x1000n), data: Uint8Array.of(1) });
    expect(mm.residentPages).toBe(before + 1);
  });
});

describe('RAM', () => {
  const edge = 256 << 20;

  test('is what processes see', () => {
    const { machine, pid } = spinner();
    machine.apply('write_memory', { place: process(pid, DATA), data: Uint8Array.of(0xca, 0xfe, 0xba, 0xbe) });
    const { space } = machine.board.kernel.pids.tasks.get(pid)!.mm;
    const at = BigInt(space.translate(Number(DATA), 'read') - machine.board.physical.frameAddress(0));
    expect(readMemory(machine, ram(at), 4)).toEqual(Uint8Array.of(0xca, 0xfe, 0xba, 0xbe));
    machine.apply('write_memory', { place: ram(at + 1n), data: Uint8Array.of(0) });
    expect(readMemory(machine, process(pid, DATA), 4)).toEqual(Uint8Array.of(0xca, 0, 0xba, 0xbe));
  });

  const FAULTS: readonly [address: bigint, length: number, first: string][] = [
    [BigInt(edge), 1, '0x10000000'],
    [BigInt(edge) - 4n, 8, '0x10000000'],
    [2n ** 64n - 1n, 1, '0xffffffffffffffff'],
  ];
  for (const [address, length, first] of FAULTS)
    test(`ends: ${length} bytes at 0x${address.toString(16)}`, () => {
      const { machine } = spinner();
      expect(() => readMemory(machine, ram(address), length)).toThrow(
        expect.objectContaining({ code: 'MEMORY_FAULT', details: { address: first } }),
      );
    });

  test('that nobody uses cannot be written', () => {
    const { machine } = spinner();
    const data = new Uint8Array(8).fill(1);
    expect(() => machine.apply('write_memory', { place: ram(BigInt(edge) - 0x1000n), data })).toThrow(
      expect.objectContaining({ code: 'MEMORY_FAULT' }),
    );
  });
});
