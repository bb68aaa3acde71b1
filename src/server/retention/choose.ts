// What goes next: the oldest that is too old, else the oldest while all together are too much. Never what is still needed.

export interface Item {
  readonly name: string;
  /** Since when it is old, in milliseconds since 1970. */
  readonly time: number;
  readonly isNeeded: boolean;
}

/** 0: none. */
export interface Bounds {
  readonly seconds: number;
  readonly bytes: number;
}

/** `held` bytes are there now. What is younger than `grace` milliseconds is not taken for its size. */
export function choose<T extends Item>(
  items: readonly T[],
  held: number,
  { seconds, bytes }: Bounds,
  now: number,
  grace: number,
): { readonly item: T; readonly by: keyof Bounds } | null {
  const free = items.filter(({ isNeeded }) => !isNeeded);
  const oldest = free.reduce<T | null>((best, item) => (best && !isBefore(item, best) ? best : item), null);
  if (!oldest) return null;
  const age = now - oldest.time;
  if (seconds > 0 && age > seconds * 1000) return { item: oldest, by: 'seconds' };
  return bytes > 0 && held > bytes && age >= grace ? { item: oldest, by: 'bytes' } : null;
}

const isBefore = (a: Item, b: Item): boolean => a.time < b.time || (a.time === b.time && a.name < b.name);
