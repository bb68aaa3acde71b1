// Which interrupts stand behind each posted bit: the hardware keeps one bit a vector, the event trail wants to know whose it was.
// Not part of the architecture, but of a machine's state, because events are. One ledger a machine.

/** One post: an interrupt's number and the thread that sent it (0: the kernel). */
export interface Posted {
  readonly interrupt: number;
  readonly sender: number;
}

interface Standing {
  /** In the UPID's PIR. */
  posted: Posted[];
  /** Moved to UIRR by notification processing, not yet delivered. */
  taken: Posted[];
}

export class InterruptLedger {
  private nextInterrupt = 1;
  /** By UPID address, then by vector. */
  private readonly standing = new Map<bigint, Map<number, Standing>>();

  /** A number for an interrupt that starts now. */
  start(): number {
    return this.nextInterrupt++;
  }

  /** Notes a post. `coalesced`: the PIR bit was set already; returns the interrupt it has joined, else 0. */
  post(upid: bigint, vector: number, post: Posted, coalesced: boolean): number {
    const entry = this.entry(upid, vector);
    if (!coalesced) entry.posted.length = 0;
    const joined = entry.posted[0]?.interrupt ?? 0;
    entry.posted.push(post);
    return joined;
  }

  /** Notification processing has moved the bits of `vectors` from PIR to UIRR. */
  take(upid: bigint, vectors: bigint): void {
    const byVector = this.standing.get(upid);
    if (!byVector) return;
    for (const [vector, entry] of byVector) {
      if (((vectors >> BigInt(vector)) & 1n) === 0n) continue;
      entry.taken.push(...entry.posted);
      entry.posted.length = 0;
    }
  }

  /** `vector` is delivered: what stood behind it, first come first. */
  deliver(upid: bigint, vector: number): readonly Posted[] {
    const entry = this.standing.get(upid)?.get(vector);
    return entry ? entry.taken.splice(0) : [];
  }

  /** The PIR bits of `vectors` are cleared without delivery. */
  withdraw(upid: bigint, vectors: bigint): void {
    const byVector = this.standing.get(upid);
    if (!byVector) return;
    for (const [vector, entry] of byVector) if ((vectors >> BigInt(vector)) & 1n) entry.posted.length = 0;
  }

  /** UIRR is cleared without delivery. */
  discardTaken(upid: bigint): void {
    for (const entry of this.standing.get(upid)?.values() ?? []) entry.taken.length = 0;
  }

  /** The UPID is freed. */
  forget(upid: bigint): void {
    this.standing.delete(upid);
  }

  private entry(upid: bigint, vector: number): Standing {
    let byVector = this.standing.get(upid);
    if (!byVector) this.standing.set(upid, (byVector = new Map()));
    let entry = byVector.get(vector);
    if (!entry) byVector.set(vector, (entry = { posted: [], taken: [] }));
    return entry;
  }
}
