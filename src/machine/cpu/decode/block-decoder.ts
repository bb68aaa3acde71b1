// Lays decoded instructions out as records, a block at a time: from an address to the first instruction that never falls through, or the
// end of the page.

import type { AddressSpace } from '../../memory/address-space.ts';
import { PAGE_MASK, PAGE_SIZE } from '../../memory/layout.ts';
import type { PhysicalMemory } from '../../memory/physical-memory.ts';
import type { CodeCache } from './code-cache.ts';
import { DecodedPage, type DecodingRules, FLOW } from './decoded-page.ts';
import { pageStore } from './page-store.ts';
import { setRip } from './record-writer.ts';
import { FORM, HEAT_LEFT, IS_LANDING, LINK, RECORD_WORDS, SPECIAL, SPECIAL_COUNT, WANTS_HEAD } from './record.ts';

/** Longest instruction. */
export const MAX_INSTRUCTION = 15;

/** Instructions decoded ahead at most, whether or not they will be reached: fewer in a page that keeps changing. */
const MOST_AHEAD = 256;
const MOST_RESTLESS = 8;

/** No record: the page at `address` cannot be executed. */
export interface FetchFault {
  readonly fetch: number;
}

interface Link {
  readonly branch: number;
  readonly target: number;
  /** A loop or a call: worth counting how often it is taken. */
  readonly isHead: boolean;
}

/** Heads are where regions may begin. May change, if all code is dropped. */
export interface HeadPolicy {
  /** Instructions that the step executor spends on the way to a head before a region is made; 0: there are no heads. */
  heat: number;
  /** Every branch target is a head, not only those of loops and calls. */
  allHeads: boolean;
  /** Not 0: each head draws from it whether there is one, and how often it is come to. */
  seed: number;
  /** Regions are made for addresses above 4 GiB as well. Set once such an address has been met. */
  reachesHigh: boolean;
}

/** 0 (no head) half of the time. */
function heatOf(policy: HeadPolicy): number {
  if (policy.seed === 0) return policy.heat;
  let x = policy.seed;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  policy.seed = x;
  return (x >>> 8) & 1 ? 1 + 20 * ((x >>> 16) & 3) : 0;
}

export interface DecodeEnvironment {
  readonly physical: PhysicalMemory;
  readonly cache: CodeCache;
  readonly rules: DecodingRules;
  readonly policy: HeadPolicy;
  /** Whether anybody has a breakpoint there: the instruction is then decoded behind a BREAK record. */
  breaksAt(rip: number): boolean;
}

export class BlockDecoder {
  private readonly environment: DecodeEnvironment;
  /** Records of instructions made so far. */
  decoded = 0;

  constructor(environment: DecodeEnvironment) {
    this.environment = environment;
  }

  /** Record for `rip` (below 2^47) in this space, decoded now if need be. The cache must not be full. */
  recordAt(space: AddressSpace, rip: number): number | FetchFault {
    const physical = space.translate(rip, 'execute');
    if (physical < 0) return { fetch: rip };
    const frame = (physical & ~PAGE_MASK) >>> 0;
    const known = this.environment.cache.find(frame, rip);
    return known !== 0 ? known : this.decodeBlock(space, frame, rip);
  }

  private decodeBlock(space: AddressSpace, frame: number, start: number): number | FetchFault {
    const { cache } = this.environment;
    const base = start - (start & PAGE_MASK);
    const most = cache.isRestless(frame) ? MOST_RESTLESS : MOST_AHEAD;
    const page = this.pageOf(frame, base);
    if (page.at(start - base, most) < 0) return this.decodeCrossing(space, frame, start);
    const first = cache.nextRecord;
    const links: Link[] = [];
    let rip = start;
    let left = most;
    // Where the block runs into records that exist, one basic block more is written again: a loop then falls into its
    // condition without a GOTO in each iteration.
    let repeating = false;
    let branched = false;
    let isBehindRepeat = false;
    for (;;) {
      const known = rip > start ? cache.find(frame, rip) : 0;
      if (known !== 0 && (branched || left <= 0)) {
        this.special(SPECIAL.GOTO, rip, known);
        break;
      }
      const index = rip - base === PAGE_SIZE || left <= 0 ? -1 : page.at(rip - base, left);
      if (index < 0) {
        this.special(SPECIAL.LOOKUP, rip, 0);
        break;
      }
      left--;
      repeating ||= known !== 0;
      // Behind a repeated string instruction, of which no region holds many iterations, one may be entered again.
      const stop = this.breakBefore(rip) || (isBehindRepeat && known === 0 ? this.heat(frame, rip, 0) : 0);
      const record = this.write(page, index, rip, links);
      if (stop !== 0) this.setLink(stop, record);
      if (known === 0) cache.note(frame, rip, stop || record);
      const flow = page.flows[index]!;
      if (flow & FLOW.ENDS) break;
      isBehindRepeat = (flow & FLOW.REPEATS) !== 0;
      branched ||= repeating && (flow & FLOW.LEAVES) !== 0;
      rip += page.lengths[index]!;
    }
    this.resolveLinks(frame, start, links);
    cache.noteRun(frame, first);
    return first;
  }

  /** What is known of the page in `frame`, which is at `address`. Pages that keep changing are not kept. */
  private pageOf(frame: number, address: number): DecodedPage {
    const { cache, physical, rules } = this.environment;
    const known = cache.page(frame, address);
    if (known) return known;
    const bytes = physical.bytes.subarray(frame, frame + PAGE_SIZE);
    const page = cache.isRestless(frame) ? new DecodedPage(rules, address, bytes.slice()) : pageStore.find(rules, address, bytes);
    cache.notePage(frame, page);
    return page;
  }

  /** An instruction whose bytes lie in two frames: a record of its own, followed by a look-up of the next address. */
  private decodeCrossing(space: AddressSpace, frame: number, rip: number): number | FetchFault {
    const { physical, cache, rules } = this.environment;
    const boundary = rip - (rip % PAGE_SIZE) + PAGE_SIZE;
    const secondPhysical = space.translate(boundary, 'execute');
    if (secondPhysical < 0) return { fetch: boundary };
    const second = (secondPhysical & ~PAGE_MASK) >>> 0;
    const known = cache.findCrossing(frame, second, rip);
    if (known !== 0) return known;
    const bytes = new Uint8Array(MAX_INSTRUCTION + 1);
    const head = physical.bytes.subarray(frame + (rip & PAGE_MASK), frame + PAGE_SIZE);
    bytes.set(head);
    bytes.set(physical.bytes.subarray(second, second + bytes.length - head.length), head.length);
    const page = new DecodedPage(rules, boundary - PAGE_SIZE, physical.bytes.subarray(frame, frame + PAGE_SIZE));
    const index = page.addCrossing(rip & PAGE_MASK, bytes);
    const links: Link[] = [];
    const stop = this.breakBefore(rip);
    const record = this.write(page, index, rip, links);
    const first = stop || record;
    if (stop !== 0) this.setLink(stop, record);
    if (!(page.flows[index]! & FLOW.ENDS)) this.special(SPECIAL.LOOKUP, rip + page.lengths[index]!, 0);
    for (const { branch, target } of links) this.setLink(branch, this.special(SPECIAL.LOOKUP, target, 0));
    cache.noteCrossing(frame, second, rip, first);
    cache.noteRun(frame, first);
    cache.noteRun(second, first);
    return first;
  }

  /** Branches inside the page lead to records directly, or by way of a MISS record that names its branch until it is resolved. */
  private resolveLinks(frame: number, start: number, links: readonly Link[]): void {
    const page = Math.floor(start / PAGE_SIZE);
    for (const { branch, target, isHead } of links) {
      if (Math.floor(target / PAGE_SIZE) !== page) {
        this.setLink(branch, this.special(SPECIAL.LOOKUP, target, 0));
        continue;
      }
      const known = this.environment.cache.find(frame, target);
      if (known !== 0) this.setLink(branch, isHead ? this.head(frame, target, known) : known);
      else {
        const miss = this.special(SPECIAL.MISS, target, branch);
        this.setLink(branch, miss);
        if (isHead) this.environment.physical.view.setUint32(miss + WANTS_HEAD, 1, true);
      }
    }
  }

  /** The head of the instruction at `rip` in `frame`, whose record is `record`: made now if need be, or `record` itself where there are none. */
  head(frame: number, rip: number, record: number, isLanding = false): number {
    const { cache, physical } = this.environment;
    // An instruction across a page end belongs to an address space; a breakpoint goes before everything.
    const known = cache.find(frame, rip);
    if (known === 0 || cache.full) return record;
    const form = physical.view.getUint16(known + FORM, true);
    if (form < SPECIAL_COUNT && form !== SPECIAL.UNDEFINED) {
      if (isLanding && isHead(form)) physical.view.setUint8(known + IS_LANDING, 1);
      return known;
    }
    const head = this.heat(frame, rip, known);
    if (head === 0) return record;
    physical.view.setUint8(head + IS_LANDING, isLanding ? 1 : 0);
    cache.note(frame, rip, head);
    cache.noteRun(frame, head);
    return head;
  }

  /** A HEAT record, 0 where there is to be none. */
  private heat(frame: number, rip: number, link: number): number {
    const heat = heatOf(this.environment.policy);
    if (heat === 0) return 0;
    const head = this.special(SPECIAL.HEAT, rip, link);
    this.environment.physical.view.setInt32(head + HEAT_LEFT, heat, true);
    this.environment.cache.noteHead(frame, head);
    return head;
  }

  /**
   * A MISS record was reached and `record` is what stands at its RIP in `frame`: its branch can go there directly,
   * unless the instruction crosses a page and so depends on the address space. Answers what the jump cache is to know: the head, if there
   * is one.
   */
  resolve(miss: number, record: number, frame: number, rip: number): number {
    const view = this.environment.physical.view;
    if (view.getUint16(miss + FORM, true) !== SPECIAL.MISS) return record;
    const branch = view.getUint32(miss + LINK, true);
    if (this.environment.cache.find(frame, rip) === record) {
      const target = view.getUint32(miss + WANTS_HEAD, true) !== 0 ? this.head(frame, rip, record) : record;
      this.setLink(branch, target);
      view.setUint16(miss + FORM, SPECIAL.GOTO, true);
      view.setUint32(miss + LINK, target, true);
      return target;
    }
    view.setUint16(miss + FORM, SPECIAL.LOOKUP, true);
    return record;
  }

  private breakBefore(rip: number): number {
    return this.environment.breaksAt(rip) ? this.special(SPECIAL.BREAK, rip, 0) : 0;
  }

  private special(form: number, rip: number, link: number): number {
    const record = this.environment.cache.allocate();
    const view = this.environment.physical.view;
    view.setUint16(record + FORM, form, true);
    view.setUint32(record + LINK, link, true);
    setRip(view, record, rip);
    return record;
  }

  private setLink(record: number, target: number): void {
    this.environment.physical.view.setUint32(record + LINK, target, true);
  }

  /** A record of a decoded instruction. */
  private write(page: DecodedPage, index: number, rip: number, links: Link[]): number {
    const { cache, policy } = this.environment;
    const record = cache.allocateCopy(page.words, index * RECORD_WORDS);
    this.decoded++;
    const flow = page.flows[index]!;
    if (flow & FLOW.BRANCHES) {
      const target = page.targets[index]!;
      links.push({ branch: record, target, isHead: target <= rip || (flow & FLOW.CALLS) !== 0 || policy.allHeads });
    }
    return record;
  }
}

const isHead = (form: number): boolean => form === SPECIAL.HEAT || form === SPECIAL.REGION || form === SPECIAL.SPANNING;
