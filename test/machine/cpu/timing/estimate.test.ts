// What stretches of code are estimated to take: chains, widths, ports, memory, loops, and where blocks end.

import { describe, expect, it } from 'vitest';
import { cyclesOfCode } from '../../../../src/machine/cpu/timing/page-code.ts';
import { hex } from '../bench-machine.ts';

const sum = (costs: readonly number[]): number => costs.reduce((total, cost) => total + cost, 0);

function pageWith(code: readonly number[], offset = 0): Uint8Array {
  const page = new Uint8Array(4096).fill(0xc3);
  page.set(code, offset);
  return page;
}

/** Cycles an iteration of `body` and a count of RDX takes. */
function loop(body: string, times = 1): number {
  const code = Array.from({ length: times }, () => hex(body)).flat();
  const count = hex('48 ff ca 0f 85');
  const distance = -(code.length + count.length + 4);
  const back = [distance, distance >> 8, distance >> 16, distance >> 24].map((byte) => byte & 0xff);
  const costs = cyclesOfCode(pageWith([...code, ...count, ...back]), 0);
  // RET behind it is not part of it.
  return sum(costs.slice(0, -1));
}

const IMUL = '48 0f af c1'; // imul rax, rcx
const ADD_RAX = '48 83 c0 01';
const STORE = '48 89 44 24 f8'; // mov [rsp - 8], rax
const LOAD = '48 8b 44 24 f8';
const NOP = '90';

describe('a loop settles at', () => {
  it.each([
    ['a multiplication', IMUL, 1, 3],
    ['four multiplications in a chain', IMUL, 4, 12],
    ['two chains of multiplications, which share a port', `${IMUL} 48 0f af f1`, 2, 6],
    ['three chains of multiplications, which the port bounds', `${IMUL} 48 0f af f1 48 0f af f9`, 2, 6],
    ['four chains, which the port bounds', `${IMUL} 48 0f af f1 48 0f af f9 4c 0f af c1`, 2, 8],
    ['an addition: one taken branch a cycle', ADD_RAX, 1, 1],
    ['eight additions in a chain', ADD_RAX, 8, 8],
    ['twenty-three NOPs and a fused count and branch: six a cycle', NOP, 23, 4],
    ['four shifts by constants: two ports, with the branch', '48 c1 e0 01 48 c1 e6 01 48 c1 e7 01 49 c1 e0 01', 1, 2.5],
    ['a walk along pointers', '48 8b 00', 1, 5],
    ['nine loads: three a cycle', '48 8b 06 48 8b 7e 08 4c 8b 46 10', 3, 3],
    ['stores to one line: two a cycle', '48 89 06 48 89 46 08 48 89 46 10 48 89 46 18', 1, 2.5],
    ['stores to other lines: one a cycle', '48 89 06 48 89 86 00 10 00 00 48 89 86 00 20 00 00', 1, 3],
    ['a variable on the stack: renaming hands it over', `${LOAD} ${IMUL} ${STORE}`, 1, 3],
    ['an increment of memory', '48 83 44 24 f8 01', 4, 4],
    ['a vector through memory', 'f2 0f 10 44 24 f8 f2 0f 58 c1 f2 0f 11 44 24 f8', 1, 8],
    ['an element that the next iteration reads: stored with an index', '48 8b 04 d7 48 83 c0 01 48 89 44 d7 f8', 1, 6],
    ['elements that only this iteration reads', '48 8b 04 d7 48 83 c0 01 48 89 04 d7', 1, 1],
    ['an addition of doubles', 'f2 0f 58 c1', 1, 3],
    ['a multiplication of doubles', 'f2 0f 59 c1', 1, 4],
    ['a division of doubles', 'f2 0f 5e c1', 1, 14],
    ['a division of other doubles each time: the unit is busy', 'f2 0f 10 c2 66 0f 28 c2 f2 0f 5e c1', 1, 4],
    ['a register that is cleared first', `31 c0 ${IMUL}`, 1, 1],
    ['an addition with carry', '48 11 c8', 2, 2],
    ['copies of registers, which renaming makes', '48 89 c6 48 89 f7 48 89 f8', 1, 1],
    ['locked additions: nothing else goes on', 'f0 48 83 44 24 f8 01', 2, 38],
  ])('%s', (_, body, times, cycles) => {
    expect(loop(body, times)).toBeCloseTo(cycles, 1);
  });

  it('the same, where it is entered in the middle', () => {
    const code = [...hex(IMUL), ...hex(ADD_RAX), ...hex('48 ff ca 75 f3')];
    const whole = cyclesOfCode(pageWith(code), 0);
    expect(sum(whole.slice(0, 4))).toBeCloseTo(4, 1);
    expect(cyclesOfCode(pageWith(code), 4)).toEqual(whole.slice(1));
  });

  it('what its way without jumps takes, with a branch out of it', () => {
    // imul rax, rcx; test rsi, rsi; je +64; dec rdx; jne start
    const costs = cyclesOfCode(pageWith([...hex(IMUL), ...hex('48 85 f6 74 40 48 ff ca 75 f2')]), 0);
    expect(sum(costs.slice(0, 5))).toBeCloseTo(3, 1);
  });

  it('what its way takes where a jump skips something, from wherever it is entered', () => {
    // imul rax, rcx; jmp +5; ... ; dec rdx; jne start
    const page = pageWith([...hex(IMUL), ...hex('eb 05'), ...hex('90 90 90 90 90'), ...hex('48 ff ca 75 f0')]);
    const [imul, jump, dec, branch] = cyclesOfCode(page, 0);
    expect(sum([imul!, jump!, dec!, branch!])).toBeCloseTo(3, 1);
    expect(cyclesOfCode(page, 4).slice(0, 3)).toEqual([jump, dec, branch]);
    expect(cyclesOfCode(page, 6).slice(5, 7)).toEqual([dec, branch]);
    expect(cyclesOfCode(page, 11).slice(0, 2)).toEqual([dec, branch]);
  });

  it('nothing, if a jump leaves it on the way', () => {
    // imul rax, rcx; jmp +32, behind the end; ... ; dec rdx; jne start: no straight way leads from its head to its end
    const code = [...hex(IMUL), ...hex('eb 20'), ...hex('90 90 90 90 90'), ...hex('48 ff ca 75 f0')];
    expect(sum(cyclesOfCode(pageWith(code), 6).slice(0, 7))).toBeLessThan(2);
    expect(sum(cyclesOfCode(pageWith(code), 0).slice(0, 2))).toBeLessThan(3);
  });
});

describe('straight-line code', () => {
  it('takes between what the core can do and what its chain takes', () => {
    const code = [...Array.from({ length: 8 }, () => hex(IMUL)).flat(), 0xc3];
    const cycles = sum(cyclesOfCode(pageWith(code), 0));
    expect(cycles).toBeGreaterThan(8);
    expect(cycles).toBeLessThan(24);
  });

  it('costs the same from each of its instructions on, wherever it is entered', () => {
    const code = hex(`55 48 89 e5 ${IMUL} ${STORE} ${LOAD} 48 c1 e0 04 f2 0f 58 c1 48 8b 47 08 48 3b 46 10 7c 20 31 c0 5d c3`);
    const whole = cyclesOfCode(pageWith(code), 0);
    let offset = 0;
    const lengths = [1, 3, 4, 5, 5, 4, 4, 4, 4, 2, 2, 1, 1];
    expect(whole).toHaveLength(lengths.length);
    for (const [n, length] of lengths.entries()) {
      expect(cyclesOfCode(pageWith(code), offset)).toEqual(whole.slice(n));
      offset += length;
    }
  });

  it.each([
    ['a boundary of 256 bytes', 256 - 12],
    ['the end of the page', 4096 - 12],
  ])('ends at %s', (_, offset) => {
    // Three multiplications up to the boundary, three behind it.
    const code = Array.from({ length: 6 }, () => hex(IMUL)).flat();
    const split = cyclesOfCode(pageWith(code.slice(0, 4096 - offset), offset), offset).slice(0, 3);
    const alone = cyclesOfCode(pageWith(code.slice(0, 4096 - 1024), 1024), 1024).slice(0, 6);
    // A block of three by itself: three cycles of the port, nine of the chain.
    expect(sum(split)).toBeCloseTo(Math.sqrt(3 * 9), 1);
    expect(sum(alone)).toBeGreaterThan(sum(split));
  });

  it('costs at least a sixteenth of a cycle an instruction', () => {
    expect(Math.min(...cyclesOfCode(pageWith([...Array.from({ length: 200 }, () => 0x90), 0xc3]), 0))).toBeGreaterThanOrEqual(1 / 16);
  });

  it('pays for a repeated instruction in front of it, and by iteration', () => {
    // mov ecx, 4; rep movsq; ret
    const [before, repeated] = cyclesOfCode(pageWith(hex('b9 04 00 00 00 f3 48 a5 c3')), 0);
    expect(before).toBeGreaterThanOrEqual(12);
    expect(repeated).toBeCloseTo(0.25, 1);
    expect(cyclesOfCode(pageWith(hex('f3 a4 c3')), 0)[0]).toBe(1 / 16);
  });
});

describe('a branch on data', () => {
  // cmp eax, [rsi]; jl: which is less. cmp dword [rsi], 3; jne. cmp eax, ecx; jl: no data.
  it.each([
    ['which value is less', '3b 06 7c 10', (17 * 2) / 5],
    ['whether it is a constant', '83 3e 03 75 10', 17 / 16],
    ['of a register', '39 c8 7c 10', 0],
    ['of the stack', '3b 44 24 08 7c 10', 0],
  ])('pays its expected misprediction: %s', (_, code, penalty) => {
    const cost = sum(cyclesOfCode(pageWith(hex(code)), 0).slice(0, 2));
    expect(cost).toBeGreaterThanOrEqual(penalty);
    expect(cost).toBeLessThan(penalty + 3);
  });

  // test al, 1; jne +0, in a loop.
  it.each([
    ['a bit of what it shifts', 'd1 e8', 17 / 3],
    ['a bit of what it multiplies', '0f af c1', 17 / 3],
    ['a bit of a counter', '83 c0 03', 0],
    ['a bit of a place in a ring', '83 c0 01 83 e0 07', 0],
    ['a bit of a sum', '01 c8', 17 / 3],
    ['a bit of what it does not change', '01 ce', 0],
  ])('pays for %s in a loop', (_, code, penalty) => {
    const cost = loop(`a8 01 75 00 ${code}`);
    expect(cost).toBeGreaterThanOrEqual(penalty + 0.9);
    expect(cost).toBeLessThan(penalty + 5);
  });
});
