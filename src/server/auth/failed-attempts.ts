// Failed attempts to come in, limited by who tries what: after a burst, one a second from an address with a token id. Whoever shows
// another token is not kept out by a neighbour's mistakes. Bounded: the oldest are forgotten.

const BURST = 10;
const MILLISECONDS_EACH = 1000;
const MOST_REMEMBERED = 4096;

export class FailedAttempts {
  /** When all that was done will be forgiven, by attempt; in order of the last failure. */
  private readonly until = new Map<string, number>();
  private readonly now: () => number;
  /** Since the start. */
  count = 0;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** Milliseconds to wait before the next attempt is looked at; 0 if it may be now. */
  delay(address: string, id: string): number {
    const until = this.until.get(`${address} ${id}`);
    return until === undefined ? 0 : Math.max(0, until - this.now() - (BURST - 1) * MILLISECONDS_EACH);
  }

  add(address: string, id: string): void {
    const key = `${address} ${id}`;
    const now = this.now();
    const until = Math.max(this.until.get(key) ?? 0, now) + MILLISECONDS_EACH;
    this.count++;
    this.until.delete(key);
    this.until.set(key, until);
    if (this.until.size > MOST_REMEMBERED) this.until.delete(this.until.keys().next().value!);
  }
}

/** As much of an address as one customer of a network has for themselves: of IPv6 the first 64 bits. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head, tail] = address.split('::') as [string, string?];
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const all = tail === undefined ? first : [...first, ...Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0'), ...last];
  return `${all.slice(0, 4).join(':')}::/64`;
}
