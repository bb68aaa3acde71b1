// fs.epoll.max_user_watches: how many files the epolls of each user watch (epoll(7)).

/** What Linux reckons for a watch. */
export const WATCH_BYTES = 184;
/** The part of RAM that all watches of a user may take: 1 / SHARE. */
const SHARE = 25;

export class WatchCounts {
  limit: number;
  private readonly counts = new Map<number, number>();

  constructor(ramBytes: number) {
    this.limit = Math.floor(ramBytes / SHARE / WATCH_BYTES);
  }

  /** False if `user` has too many. */
  add(user: number): boolean {
    const count = this.counts.get(user) ?? 0;
    if (count >= this.limit) return false;
    this.counts.set(user, count + 1);
    return true;
  }

  remove(user: number): void {
    const count = this.counts.get(user)! - 1;
    if (count > 0) this.counts.set(user, count);
    else this.counts.delete(user);
  }
}
