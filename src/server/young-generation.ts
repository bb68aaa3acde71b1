// How much the main thread may allocate until the collector looks at what of it is still used. By itself V8 lets that grow to 64 MiB under
// load, which is held from then on, and every look at it stops all calls for 15 to 25 ms; a smaller one takes as much time in all, in pieces.
// The limit proper can be given at the start of a process alone, so its growth is stopped where it is enough.

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Of workers, as V8 counts it: three times what may be allocated between two looks. */
export const WORKER_YOUNG_MEBIBYTES = 12;
/** Of the main thread: 8 MiB that may be allocated between two looks, and as much to move it to. It doubles, and what is told of it is less by some pages. */
const ENOUGH_BYTES = 12 << 20;
/** V8 lets it shrink when little happens, and then it must be able to grow again. */
const LOOK_MILLISECONDS = 200;

export function boundYoungGeneration(): void {
  // So little is not worth several threads: they would wait for each other, and for a processor.
  setFlagsFromString('--no-parallel-scavenge');
  let grows = true;
  setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    const mayGrow = (young?.space_size ?? 0) < ENOUGH_BYTES;
    if (mayGrow === grows) return;
    grows = mayGrow;
    setFlagsFromString(`--semi-space-growth-factor=${grows ? 2 : 1}`);
  }, LOOK_MILLISECONDS).unref();
}
