// How many inotify instances and watches each user has (fs.inotify.max_user_instances, max_user_watches), and the cookies of moves.

export const MAX_USER_INSTANCES = 128;
export const MAX_USER_WATCHES = 65_536;

interface Count {
  instances: number;
  watches: number;
}

export class InotifyUsers {
  private readonly users = new Map<number, Count>();
  private lastCookie = 0;

  /** False if the user has as many as there may be. */
  addInstance(uid: number): boolean {
    const count = this.of(uid);
    if (count.instances >= MAX_USER_INSTANCES) return false;
    count.instances++;
    return true;
  }

  removeInstance(uid: number): void {
    this.of(uid).instances--;
  }

  addWatch(uid: number): boolean {
    const count = this.of(uid);
    if (count.watches >= MAX_USER_WATCHES) return false;
    count.watches++;
    return true;
  }

  removeWatch(uid: number): void {
    this.of(uid).watches--;
  }

  /** Ties the two events of a move together. */
  nextCookie(): number {
    this.lastCookie = (this.lastCookie + 1) >>> 0;
    return this.lastCookie;
  }

  private of(uid: number): Count {
    const known = this.users.get(uid);
    if (known) return known;
    const made = { instances: 0, watches: 0 };
    this.users.set(uid, made);
    return made;
  }
}
