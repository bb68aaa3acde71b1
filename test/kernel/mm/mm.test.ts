import { describe, expect, test } from 'vitest';
import { PageTableMemory, WriteGrants } from '../../../src/machine/memory/address-space.ts';
import { PhysicalMemory } from '../../../src/machine/memory/physical-memory.ts';
import { Mm } from '../../../src/kernel/mm/mm.ts';
import { SharedPages } from '../../../src/kernel/mm/page-source.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE, Vma } from '../../../src/kernel/mm/vma.ts';

const RW = PROT_READ | PROT_WRITE;
const PAGE = 4096;
const BASE = 0x100000;
const HIGH = 0x7000_0000_0000;

function makeMm(ramBytes = 1 << 20): Mm {
  return Mm.create({ physical: new PhysicalMemory(ramBytes), tables: new PageTableMemory(), grants: new WriteGrants() })!;
}

function ranges(mm: Mm): string[] {
  return [...mm.vmas].map((vma) => `${((vma.start - BASE) / PAGE).toString()}-${((vma.end - BASE) / PAGE).toString()}:${vma.protection}`);
}

const at = (page: number): number => BASE + page * PAGE;

describe('ranges', () => {
  test.each<[string, (mm: Mm) => void, string[]]>([
    [
      'neighbours that are alike become one',
      (mm) => {
        mm.insert(new Vma(at(0), at(2), RW));
        mm.insert(new Vma(at(2), at(4), RW));
      },
      ['0-4:3'],
    ],
    [
      'a gap is filled to one range',
      (mm) => {
        mm.insert(new Vma(at(0), at(1), RW));
        mm.insert(new Vma(at(2), at(3), RW));
        mm.insert(new Vma(at(1), at(2), RW));
      },
      ['0-3:3'],
    ],
    [
      'others stay apart',
      (mm) => {
        mm.insert(new Vma(at(0), at(2), RW));
        mm.insert(new Vma(at(2), at(4), PROT_READ));
      },
      ['0-2:3', '2-4:1'],
    ],
    [
      'unmapping the middle leaves two',
      (mm) => {
        mm.insert(new Vma(at(0), at(4), RW));
        mm.unmap(at(1), at(2));
      },
      ['0-1:3', '2-4:3'],
    ],
    [
      'unmapping across ranges',
      (mm) => {
        mm.insert(new Vma(at(0), at(2), RW));
        mm.insert(new Vma(at(3), at(5), PROT_READ));
        mm.unmap(at(1), at(4));
      },
      ['0-1:3', '4-5:1'],
    ],
    [
      'unmapping nothing',
      (mm) => {
        mm.insert(new Vma(at(3), at(4), RW));
        mm.unmap(at(0), at(3));
      },
      ['3-4:3'],
    ],
    [
      'protecting the middle splits, protecting back merges',
      (mm) => {
        mm.insert(new Vma(at(0), at(4), RW));
        mm.protect(at(1), at(2), PROT_READ);
        mm.protect(at(1), at(2), RW);
      },
      ['0-4:3'],
    ],
    [
      'protecting the middle',
      (mm) => {
        mm.insert(new Vma(at(0), at(4), RW));
        mm.protect(at(1), at(2), PROT_READ);
      },
      ['0-1:3', '1-2:1', '2-4:3'],
    ],
  ])('%s', (_name, act, expected) => {
    const mm = makeMm();
    act(mm);
    expect(ranges(mm)).toEqual(expected);
  });

  test('gaps are found from the top down, above 4 GiB when the low half is full', () => {
    const mm = makeMm();
    const first = mm.findGap(PAGE);
    mm.insert(new Vma(first, first + PAGE, RW));
    expect(mm.findGap(2 * PAGE)).toBe(first - 2 * PAGE);
    mm.insert(new Vma(0x10000, first, PROT_READ));
    expect(mm.findGap(PAGE)).toBeGreaterThanOrEqual(0x1_0000_0000);
  });
});

describe('faults', () => {
  test.each<[string, number, 'read' | 'write' | 'execute', string]>([
    ['nothing mapped', PROT_READ, 'read', 'unmapped'],
    ['reading readable memory', PROT_READ, 'read', 'ok'],
    ['writing read-only memory', PROT_READ, 'write', 'forbidden'],
    ['executing data', RW, 'execute', 'forbidden'],
    ['executing code', PROT_READ | PROT_EXEC, 'execute', 'ok'],
    ['reading memory that may only be written', PROT_WRITE, 'read', 'ok'],
    ['reading PROT_NONE', 0, 'read', 'forbidden'],
  ])('%s', (name, protection, access, outcome) => {
    const mm = makeMm();
    mm.insert(new Vma(at(0), at(1), protection));
    expect(mm.fault(name === 'nothing mapped' ? at(5) : at(0), access)).toBe(outcome);
  });

  test('a stack grows to its limit and keeps its distance', () => {
    const mm = makeMm();
    mm.stackLimit = 16 * PAGE;
    mm.insert(new Vma(at(600), at(601), RW, { growsDown: true }));
    expect(mm.fault(at(590), 'write')).toBe('ok');
    expect(mm.fault(at(585), 'write')).toBe('ok');
    expect(mm.fault(at(584), 'write')).toBe('unmapped');
    mm.stackLimit = 600 * PAGE;
    mm.insert(new Vma(at(100), at(101), RW));
    expect(mm.fault(at(300), 'write')).toBe('unmapped');
    expect(mm.fault(at(400), 'write')).toBe('ok');
  });

  test('a page behind the end of its source is a bus error', () => {
    const mm = makeMm();
    const source = new SharedPages(mm.hardware.physical, PAGE);
    mm.insert(new Vma(at(0), at(2), RW, { shared: true, source }));
    expect(mm.fault(at(0), 'write')).toBe('ok');
    expect(mm.fault(at(1), 'read')).toBe('bus');
  });

  test('exhausted RAM is an outcome, and what was had comes back', () => {
    const mm = makeMm(1 << 16);
    const { physical } = mm.hardware;
    const all = physical.freeFrames;
    mm.insert(new Vma(at(0), at(all + 1), RW));
    for (let i = 0; i < all; i++) expect(mm.fault(at(i), 'write')).toBe('ok');
    expect(mm.fault(at(all), 'write')).toBe('no-memory');
    expect(mm.outOfMemory).toBe(true);
    expect(mm.user.copyOut(at(all), Uint8Array.of(1))).toBe(false);
    mm.release();
    expect(physical.freeFrames).toBe(all);
  });
});

describe.each([
  ['low', BASE],
  ['above 4 GiB', HIGH],
])('copy-on-write, %s', (_name, base) => {
  function forked(shared: boolean): { parent: Mm; child: Mm } {
    const parent = makeMm();
    const source = shared ? new SharedPages(parent.hardware.physical, PAGE) : null;
    parent.insert(new Vma(base, base + PAGE, RW, { shared, source }));
    parent.user.write32(base, 1);
    return { parent, child: parent.fork()! };
  }

  test.each([
    ['the child writes', false, 'child', [1, 2]],
    ['the parent writes', false, 'parent', [2, 1]],
    ['the child writes shared memory', true, 'child', [2, 2]],
    ['the parent writes shared memory', true, 'parent', [2, 2]],
  ] as const)('%s', (_case, shared, writer, expected) => {
    const both = forked(shared);
    both[writer].user.write32(base, 2);
    expect([both.parent.user.read32(base), both.child.user.read32(base)]).toEqual(expected);
  });

  test('no copy is made until one is needed, and none when the other is gone', () => {
    const { parent, child } = forked(false);
    const { physical } = parent.hardware;
    const free = physical.freeFrames;
    expect(child.user.read32(base)).toBe(1);
    expect(physical.freeFrames).toBe(free);
    parent.release();
    child.user.write32(base, 5);
    expect(physical.freeFrames).toBe(free);
    child.release();
    expect(physical.freeFrames).toBe(free + 1);
  });

  test('a wiped range is zero in the child, an excluded one is not there', () => {
    const parent = makeMm();
    parent.insert(new Vma(base, base + PAGE, RW));
    parent.insert(new Vma(base + 2 * PAGE, base + 3 * PAGE, RW));
    parent.user.write32(base, 1);
    parent.find(base)!.wipeOnFork = true;
    parent.find(base + 2 * PAGE)!.dontFork = true;
    const child = parent.fork()!;
    expect(child.user.read32(base)).toBe(0);
    expect(child.find(base + 2 * PAGE)).toBeNull();
  });
});

describe('user memory', () => {
  const mm = makeMm();
  mm.insert(new Vma(at(0), at(2), RW));
  mm.insert(new Vma(at(3), at(4), PROT_READ));

  test('values across a page boundary', () => {
    expect(mm.user.write64(at(1) - 3, 0x1122_3344_5566_7788n)).toBe(true);
    expect(mm.user.read64(at(1) - 3)).toBe(0x1122_3344_5566_7788n);
    expect(mm.user.write32(at(1) - 1, 0xdeadbeef)).toBe(true);
    expect(mm.user.read32(at(1) - 1)).toBe(0xdeadbeef);
  });
  test('a copy stops at the hole and says how far it came', () => {
    expect(mm.user.copyOutPartial(at(2) - 5, new Uint8Array(16))).toBe(5);
    expect(mm.user.copyIn(at(2) - 5, 16)).toBeNull();
    expect(mm.user.copyOut(at(3), Uint8Array.of(1))).toBe(false);
  });
  test('strings', () => {
    mm.user.copyOut(at(1) - 2, new TextEncoder().encode('abcd\0'));
    expect(new TextDecoder().decode(mm.user.copyInString(at(1) - 2, 100) as Uint8Array)).toBe('abcd');
    expect(mm.user.copyInString(at(1) - 2, 4)).toBe('too long');
    mm.user.copyOut(at(2) - 2, new TextEncoder().encode('xy'));
    expect(mm.user.copyInString(at(2) - 2, 100)).toBeNull();
  });
  test.each([[-1], [0x7fff_ffff_f000], [2 ** 53], [2 ** 64], [Number.NaN]])('address %s faults', (address) => {
    expect(mm.user.read64(address)).toBeNull();
    expect(mm.user.write32(address, 1)).toBe(false);
    expect(mm.user.copyIn(address, 1)).toBeNull();
  });
});
