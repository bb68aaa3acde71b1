// Which interrupts stand behind each posted bit: the hardware keeps one bit a vector, the event trail wants to know whose it was.
// Not part of the architecture, but of a machine's state, because events are. One ledger a machine.

/** One post: an interrupt's number and the thread that sent it (0: the kernel). */
export interface Posted {
  readonly interrupt: number;
  readonly sender: number;
}

/** What stands behind one delivery, first come first. */
export interface DeliveredPosts {
  readonly posts: readonly Posted[];
  /** Later ones, which were only counted. */
  readonly unlisted: number;
}

/** Posts that are listed for one bit; a sender that never stops must not fill the host's memory. */
export const LISTED_POSTS = 16_384;

interface Standing {
  /** In the UPID's PIR. */
  posted: Posted[];
  postedUnlisted: number;
  /** Moved to UIRR by notification processing, not yet delivered. */
  taken: Posted[];
  takenUnlisted: number;
}

export class InterruptLedger {
  private nextInterrupt = 1;
  /** By UPID address, then by vector. */
  private readonly standing = new Map<bigint, Map<number, Standing>>();

  /** Numbers given out so far are below this one. */
  get next(): number {
    return this.nextInterrupt;
  }

  /** A number for an interrupt that starts now. */
  start(): number {
    return this.nextInterrupt++;
  }

  /** Notes a post. `coalesced`: the PIR bit was set already; returns the interrupt it has joined, else 0. */
  post(upid: bigint, vector: number, post: Posted, coalesced: boolean): number {
    const entry = this.entry(upid, vector);
    if (!coalesced) clearPosted(entry);
    const joined = entry.posted[0]?.interrupt ?? 0;
    if (entry.posted.length < LISTED_POSTS) entry.posted.push(post);
    else entry.postedUnlisted++;
    return joined;
  }

  /** Notification processing has moved the bits of `vectors` from PIR to UIRR. */
  take(upid: bigint, vectors: bigint): void {
    const byVector = this.standing.get(upid);
    if (!byVector) return;
    for (const [vector, entry] of byVector) {
      if (((vectors >> BigInt(vector)) & 1n) === 0n) continue;
      const room = LISTED_POSTS - entry.taken.length;
      for (const post of entry.posted.slice(0, room)) entry.taken.push(post);
      entry.takenUnlisted += entry.postedUnlisted + Math.max(0, entry.posted.length - room);
      clearPosted(entry);
    }
  }

  /** What a delivery of `vector` would stand for. */
  behind(upid: bigint, vector: number): readonly Posted[] {
    return this.standing.get(upid)?.get(vector)?.taken ?? [];
  }

  /** `vector` is delivered: what stood behind it, first come first. */
  deliver(upid: bigint, vector: number): DeliveredPosts {
    const entry = this.standing.get(upid)?.get(vector);
    if (!entry) return { posts: [], unlisted: 0 };
    const unlisted = entry.takenUnlisted;
    entry.takenUnlisted = 0;
    return { posts: entry.taken.splice(0), unlisted };
  }

  /** The PIR bits of `vectors` are cleared without delivery. */
  withdraw(upid: bigint, vectors: bigint): void {
    const byVector = this.standing.get(upid);
    if (!byVector) return;
    for (const [vector, entry] of byVector) if ((vectors >> BigInt(vector)) & 1n) clearPosted(entry);
  }

  /** UIRR is cleared without delivery. */
  discardTaken(upid: bigint): void {
    for (const entry of this.standing.get(upid)?.values() ?? []) {
      entry.taken.length = 0;
      entry.takenUnlisted = 0;
    }
  }

  /** The UPID is freed. */
  forget(upid: bigint): void {
    this.standing.delete(upid);
  }

  private entry(upid: bigint, vector: number): Standing {
    let byVector = this.standing.get(upid);
    if (!byVector) this.standing.set(upid, (byVector = new Map()));
    let entry = byVector.get(vector);
    if (!entry) byVector.set(vector, (entry = { posted: [], postedUnlisted: 0, taken: [], takenUnlisted: 0 }));
    return entry;
  }
}

function clearPosted(entry: Standing): void {
  entry.posted.length = 0;
  entry.postedUnlisted = 0;
}
