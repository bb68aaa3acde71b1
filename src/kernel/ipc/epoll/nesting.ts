// Epolls that watch epolls: no circles, five levels at most, and no more ways for one wake-up to spread than Linux allows.

import type { FileDescription } from '../../vfs/file.ts';
import type { EpollFile } from './epoll-file.ts';

const MOST_LEVELS = 5;
/** Ways from a file to outermost epolls, by the number of epolls in between (path_limits). Of the shortest there may be any number. */
const MOST_PATHS = [Number.POSITIVE_INFINITY, 500, 100, 50, 10] as const;

/** False if `outer` may not watch `inner`: a circle, or too deep. */
export function checkLevels(outer: EpollFile, inner: EpollFile): boolean {
  return !reaches(inner, outer, new Set()) && levelsAbove(outer, new Map()) + levelsBelow(inner, new Map()) <= MOST_LEVELS;
}

/** False if wake-ups of `file`, or of what it watches as `inner`, would spread too far once `outer` watches it. */
export function checkPaths(outer: EpollFile, file: FileDescription, inner: EpollFile | null): boolean {
  if (inner) return [...leavesOf(inner)].every((leaf) => hasFewPaths(outer, leaf));
  return !isWatched(outer) || hasFewPaths(outer, file);
}

function isWatched({ watchers }: EpollFile): boolean {
  return watchers !== null && watchers.length > 0;
}

function innerEpolls(epoll: EpollFile): EpollFile[] {
  return epoll.list().flatMap(({ inner }) => inner ?? []);
}

function reaches(from: EpollFile, wanted: EpollFile, seen: Set<EpollFile>): boolean {
  if (from === wanted) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return innerEpolls(from).some((inner) => reaches(inner, wanted, seen));
}

function levelsBelow(epoll: EpollFile, known: Map<EpollFile, number>): number {
  const found = known.get(epoll);
  if (found !== undefined) return found;
  const levels = 1 + Math.max(0, ...innerEpolls(epoll).map((inner) => levelsBelow(inner, known)));
  known.set(epoll, levels);
  return levels;
}

function levelsAbove(epoll: EpollFile, known: Map<EpollFile, number>): number {
  const found = known.get(epoll);
  if (found !== undefined) return found;
  const levels = 1 + Math.max(0, ...(epoll.watchers ?? []).map((interest) => levelsAbove(interest.epoll, known)));
  known.set(epoll, levels);
  return levels;
}

function leavesOf(epoll: EpollFile): Set<FileDescription> {
  const leaves = new Set<FileDescription>();
  for (const { file, inner } of epoll.list()) {
    if (!inner) leaves.add(file);
    else for (const leaf of leavesOf(inner)) leaves.add(leaf);
  }
  return leaves;
}

/** Counts the ways with `added` as one more epoll that the wake-ups of `file` reach. */
function hasFewPaths(added: EpollFile, file: FileDescription): boolean {
  const counts = MOST_PATHS.map(() => 0);
  const climb = (epoll: EpollFile, between: number): boolean => {
    if (!isWatched(epoll)) return ++counts[between]! <= MOST_PATHS[between]!;
    return between + 1 < MOST_PATHS.length && epoll.watchers!.every((interest) => climb(interest.epoll, between + 1));
  };
  return climb(added, 0) && (file.watchers ?? []).every((interest) => climb(interest.epoll, 0));
}
