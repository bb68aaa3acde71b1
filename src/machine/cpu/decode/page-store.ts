// Decoded pages of all machines of this thread, found by their bytes: a program that runs again, or is forked or loaded again, is not
// decoded again. Nothing but speed depends on what is here.

import { PAGE_SIZE } from '../../memory/layout.ts';
import { DecodedPage, type DecodingRules } from './decoded-page.ts';

/** Pages at most; one takes some 30 KB. */
const MOST_PAGES = 1024;
/** Pages at most that look alike at first sight. */
const MOST_ALIKE = 8;
/** The words of a page that are looked at first are this many bytes apart. */
const STRIDE = 52;

export class PageStore {
  /** By look; in the order in which they were last asked for. */
  private readonly pages = new Map<number, DecodedPage[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** What is known of a page with these bytes at this address. `bytes` are copied if they are new. */
  find(rules: DecodingRules, address: number, bytes: Uint8Array): DecodedPage {
    const look = lookOf(address, bytes);
    const alike = this.pages.get(look) ?? [];
    this.pages.delete(look);
    this.pages.set(look, alike);
    const known = alike.find((page) => page.address === address && isSame(page.rules, rules) && Buffer.compare(page.bytes, bytes) === 0);
    if (known) return known;
    const page = new DecodedPage(rules, address, bytes.slice());
    this.count++;
    if (alike.push(page) > MOST_ALIKE) {
      alike.shift();
      this.count--;
    }
    for (const [oldest, pages] of this.pages) {
      if (this.count <= MOST_PAGES || oldest === look) break;
      this.pages.delete(oldest);
      this.count -= pages.length;
    }
    return page;
  }
}

/** That of this thread. */
export const pageStore = new PageStore();

function isSame(one: DecodingRules, other: DecodingRules): boolean {
  return one === other || (one.forms === other.forms && one.flatCost === other.flatCost && one.processor === other.processor);
}

function lookOf(address: number, bytes: Uint8Array): number {
  let look = Math.floor(address / PAGE_SIZE) | 0;
  for (let at = 0; at < PAGE_SIZE - 3; at += STRIDE)
    look =
      Math.imul(look ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)), 0x9e37_79b1) ^ (look >>> 15);
  return look;
}
