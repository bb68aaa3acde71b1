// Which machine should go to which worker. Every project with something to do counts as its shares, divided among its machines that have
// something to do, so that each worker has as much of everybody: a crowd of one project is kept away from another's only machine.

/** A machine with something to do. */
export interface Load<T> {
  readonly machine: T;
  /** A place in the list of workers. */
  readonly worker: number;
  readonly account: number;
  /** Of its project (machine/cpu-accounts.ts). */
  readonly shares: number;
  /** It may go. */
  readonly isMovable: boolean;
}

export interface Move<T> {
  readonly machine: T;
  readonly worker: number;
}

/** A move must take so much of the fullest worker's load away. */
const WORTH = 0.9;
/** A project so many microseconds behind those on another worker takes its turn there, where no move makes the loads more equal. */
const BEHIND = 200_000;

/** The best move, null if all is well. `spentBy`: processor time of an account for its shares. */
export function bestMove<T>(workers: number, loads: readonly Load<T>[], spentBy: (account: number) => number): Move<T> | null {
  const counts = new Map<number, number>();
  for (const { account } of loads) counts.set(account, (counts.get(account) ?? 0) + 1);
  const weight = ({ account, shares }: Load<T>): number => shares / counts.get(account)!;
  const sums = new Array<number>(workers).fill(0);
  for (const load of loads) sums[load.worker]! += weight(load);
  const to = sums.indexOf(Math.min(...sums));
  let best: Load<T> | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const load of loads) {
    if (!load.isMovable || load.worker === to) continue;
    const [here, there] = [sums[load.worker]!, sums[to]!];
    const after = Math.max(here - weight(load), there + weight(load));
    // Of several that are as good, the one from the fullest worker.
    if (after < here * WORTH && after - here < least) [best, least] = [load, after - here];
  }
  best ??= turn(loads, sums, weight, spentBy);
  return best && { machine: best.machine, worker: to };
}

/** Three machines of three projects on two workers can be divided by turns alone: whoever has had least goes where there is most room. */
function turn<T>(
  loads: readonly Load<T>[],
  sums: readonly number[],
  weight: (load: Load<T>) => number,
  spentBy: (account: number) => number,
): Load<T> | null {
  const to = sums.indexOf(Math.min(...sums));
  const there = Math.min(...loads.filter(({ worker }) => worker === to).map(({ account }) => spentBy(account)));
  let best: Load<T> | null = null;
  for (const load of loads) {
    const { worker, account, isMovable } = load;
    const isNoWorse = sums[to]! + weight(load) <= sums[worker]! * 1.001;
    const lag = there - spentBy(account);
    if (
      isMovable &&
      worker !== to &&
      isNoWorse &&
      Number.isFinite(lag) &&
      lag > BEHIND &&
      (!best || spentBy(account) < spentBy(best.account))
    )
      best = load;
  }
  return best;
}
