// Objects of one kind by identifier and by key. An identifier is a place in the table and, above it, how often places have been
// used up: so that the identifier of a removed object stays invalid for long.

import type { SystemVObject } from './object.ts';

const INDEX_BITS = 15;
const PLACES = 1 << INDEX_BITS;
const SEQUENCES = 0x7fff_ffff >> INDEX_BITS;
/** Places go round in at least so many, however few objects there are. */
const LEAST_CYCLE = 64;

export class ObjectTable<T extends SystemVObject> {
  private readonly places = new Map<number, T>();
  private readonly keys = new Map<number, T>();
  private next = 0;
  private last = -1;
  private sequence = 0;

  get size(): number {
    return this.places.size;
  }

  /** Gives `object` an identifier, which is returned. */
  add(object: T): number {
    const cycle = Math.min(Math.max(this.size * 1.5, LEAST_CYCLE), PLACES);
    let index = this.next < cycle ? this.next : 0;
    while (this.places.has(index)) index = index + 1 < cycle ? index + 1 : 0;
    if (index <= this.last) this.sequence = (this.sequence + 1) % SEQUENCES;
    this.last = index;
    this.next = index + 1;
    object.id = this.sequence * PLACES + index;
    this.places.set(index, object);
    if (object.key !== 0) this.keys.set(object.key, object);
    return object.id;
  }

  /** Nobody finds it any more. */
  remove(object: T): void {
    this.hideKey(object);
    object.isRemoved = true;
    this.places.delete(object.id % PLACES);
  }

  /** It can no longer be found by its key, which is free for another. */
  hideKey(object: T): void {
    if (object.key !== 0) this.keys.delete(object.key);
    object.key = 0;
  }

  withKey(key: number): T | null {
    return this.keys.get(key) ?? null;
  }

  withId(id: number): T | null {
    const found = id >= 0 ? this.places.get(id % PLACES) : undefined;
    return found?.id === id ? found : null;
  }

  /** By its place alone, as the *_STAT commands ask. */
  at(index: number): T | null {
    return index >= 0 ? (this.places.get(index % PLACES) ?? null) : null;
  }

  sequenceOf(object: T): number {
    return Math.floor(object.id / PLACES);
  }

  /** The highest place in use, 0 if there is none. */
  get highest(): number {
    let highest = 0;
    for (const index of this.places.keys()) if (index > highest) highest = index;
    return highest;
  }

  /** In the order of their places. */
  list(): T[] {
    return [...this.places.entries()].sort(([a], [b]) => a - b).map(([, object]) => object);
  }
}
