// Records that are copied from a page decoded before are those that decoding anew gives, whatever was asked for first.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DecodedPage, type DecodingRules } from '../../../../src/machine/cpu/decode/decoded-page.ts';
import { PageStore } from '../../../../src/machine/cpu/decode/page-store.ts';
import { instructionTable } from '../../../../src/machine/cpu/semantics/table.ts';
import { RECORD_WORDS } from '../../../../src/machine/cpu/decode/record.ts';
import { PAGE_SIZE } from '../../../../src/machine/memory/layout.ts';
import { stepModule } from '../bench-machine.ts';

const ADDRESS = 0x40_0000;
const image = readFileSync(new URL('../../../../guests/bin/bench/strings', import.meta.url));
const pageOf = (n: number): Uint8Array => new Uint8Array(image.subarray(n * PAGE_SIZE, (n + 1) * PAGE_SIZE));
const rules = (flatCost = 0, processor = ''): DecodingRules => ({
  forms: stepModule().forms,
  flatCost,
  processor,
  supports: (code) => instructionTable.has(code),
});

/** Everything that is known of the instruction at `offset`, asked for with `most` decoded ahead. */
function known(page: DecodedPage, offset: number, most: number): unknown {
  const index = page.at(offset, most);
  if (index < 0) return null;
  const record = page.words.slice(index * RECORD_WORDS, (index + 1) * RECORD_WORDS);
  return [record.join(' '), page.flows[index], page.targets[index], page.lengths[index]];
}

it.each([1, 2, 3])('page %i is the same whatever is decoded first and however far ahead', (n) => {
  const offsets = Array.from({ length: 150 }, (_, i) => (i * 1597 + n * 31) % PAGE_SIZE);
  const forward = new DecodedPage(rules(), ADDRESS, pageOf(n));
  const expected = offsets.map((offset) => known(forward, offset, 256));
  for (const most of [1, 8]) {
    const backward = new DecodedPage(rules(), ADDRESS, pageOf(n));
    const seen = offsets.toReversed().map((offset) => known(backward, offset, most));
    expect(seen.toReversed()).toEqual(expected);
  }
  for (const [i, offset] of offsets.slice(0, 40).entries())
    expect(known(new DecodedPage(rules(), ADDRESS, pageOf(n)), offset, 256)).toEqual(expected[i]);
});

it('a page is found again by its bytes, address and rules, and by nothing less', () => {
  const store = new PageStore();
  const first = store.find(rules(), ADDRESS, pageOf(1));
  expect(store.find(rules(), ADDRESS, pageOf(1))).toBe(first);
  expect(store.find(rules(), ADDRESS + PAGE_SIZE, pageOf(1))).not.toBe(first);
  expect(store.find(rules(1), ADDRESS, pageOf(1))).not.toBe(first);
  expect(store.find(rules(0, 'UINTR'), ADDRESS, pageOf(1))).not.toBe(first);
  for (let at = 0; at < PAGE_SIZE; at += 111) {
    const changed = pageOf(1);
    changed[at]! ^= 1;
    expect(store.find(rules(), ADDRESS, changed), String(at)).not.toBe(first);
  }
});

it('a page keeps its bytes when those that it was found by change', () => {
  const store = new PageStore();
  const bytes = pageOf(1);
  const first = store.find(rules(), ADDRESS, bytes);
  bytes[100]! ^= 1;
  expect(store.find(rules(), ADDRESS, bytes)).not.toBe(first);
  bytes[100]! ^= 1;
  expect(store.find(rules(), ADDRESS, bytes)).toBe(first);
});

it('keeps a bounded number of pages', () => {
  const store = new PageStore();
  const page = new Uint8Array(PAGE_SIZE);
  const view = new DataView(page.buffer);
  for (let n = 0; n < 1500; n++) {
    view.setUint32(0, n);
    view.setUint32(4, 0);
    store.find(rules(), ADDRESS, page);
    // These look alike.
    view.setUint32(4, n);
    store.find(rules(), ADDRESS, page);
  }
  expect(store.size).toBeLessThanOrEqual(1024);
});
