// Every instruction that can be executed has a timing class, and every class and variant is one of some instruction.

import { Code } from 'iced-x86';
import { describe, expect, it } from 'vitest';
import { instructionTable } from '../../../../src/machine/cpu/semantics/table.ts';
import { TIMING_CLASSES } from '../../../../src/machine/cpu/timing/classes.ts';
import { factsOf, timingClassOf } from '../../../../src/machine/cpu/timing/code-facts.ts';
import { PageCode, cyclesOfCode } from '../../../../src/machine/cpu/timing/page-code.ts';
import { hex } from '../bench-machine.ts';

describe('timing classes', () => {
  it('there is one for every Code of the instruction table', () => {
    expect([...instructionTable.keys()].filter((code) => !timingClassOf(code)).map((code) => Code[code])).toEqual([]);
  });

  it('none is there for nothing', () => {
    const used = new Set([...instructionTable.keys()].map((code) => timingClassOf(code)!));
    expect([...new Set(TIMING_CLASSES.values())].filter((one) => !used.has(one)).map(({ name }) => name)).toEqual([]);
  });

  it('every Code has facts, and plausible figures', () => {
    for (const code of instructionTable.keys()) {
      const { timing, implicitReads, implicitWrites } = factsOf(code);
      expect(timing.latency >= 0 && timing.latency <= 120, timing.name).toBe(true);
      expect(timing.issue >= 1 && timing.issue <= 120, timing.name).toBe(true);
      for (const slot of [...implicitReads, ...implicitWrites]) expect(slot).toBeGreaterThanOrEqual(0);
    }
  });

  it.each([
    ['shl eax, cl', 'd3 e0', 'shift by CL'],
    ['shl eax, 4', 'c1 e0 04', 'carry, condition, shift'],
    ['movsd (string)', 'a5', 'string move'],
    ['movsd xmm0, xmm1', 'f2 0f 10 c1', 'vector move, logic, addition'],
    ['movq rax, xmm0', '66 48 0f 7e c0', 'vector to general'],
    ['movq xmm0, rax', '66 48 0f 6e c0', 'general to vector'],
    ['div rcx', '48 f7 f1', 'division of 128 bits'],
    ['div ecx', 'f7 f1', 'division'],
    ['imul rcx', '48 f7 e9', 'multiplication, double result'],
    ['imul rax, rcx', '48 0f af c1', 'multiplication'],
    ['bts eax, ecx', '0f ab c8', 'bit test, byte swap of 32 bits'],
    ['cmpsd xmm0, xmm1, 1', 'f2 0f c2 c1 01', 'floating-point multiplication, comparison, conversion'],
  ])('%s', (_, bytes, name) => {
    const page = new Uint8Array(64).fill(0x90);
    page.set(hex(bytes));
    expect(cyclesOfCode(page, 0).length).toBeGreaterThan(0);
    expect(classNameOf(page)).toBe(name);
  });
});

function classNameOf(page: Uint8Array): string {
  const [first] = new PageCode(page, 0, (code) => instructionTable.has(code)).read(0, 1);
  return first!.facts.timing.name;
}
