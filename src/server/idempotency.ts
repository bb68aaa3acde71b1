// request_id (google.aip.dev/155): the same id with the same body gets the first answer again; another body is refused. A window of
// the latest answers, bounded in number and in bytes; a call that failed leaves nothing, so it may be tried again.

import { createHash } from 'node:crypto';
import { MachineError } from '../machine/errors.ts';
import type { AnswerStore } from './store/answer-store.ts';

export interface Bounds {
  readonly entries: number;
  readonly bytes: number;
}

const USUAL: Bounds = { entries: 1024, bytes: 16 << 20 };
/** What an entry costs besides its key and answer. */
const OVERHEAD = 256;

export interface RequestKey {
  /** Whose ids these are: two clients may choose the same one. */
  readonly principal: string;
  readonly method: string;
  readonly requestId: string;
}

interface Entry {
  readonly body: string;
  readonly answer: Promise<Uint8Array>;
  /** 0 until the answer is there: a call in flight is never dropped from the window. */
  bytes: number;
}

export class Idempotency {
  private readonly entries = new Map<string, Entry>();
  private readonly bounds: Bounds;
  private readonly kept: AnswerStore | null;
  private held = 0;
  private answered = 0;

  /** `kept`: answers outlive the daemon. */
  constructor(bounds: Bounds = USUAL, kept: AnswerStore | null = null) {
    this.bounds = bounds;
    this.kept = kept;
    for (const { key, body, answer } of kept?.all() ?? []) this.note(key, { body, answer: Promise.resolve(answer), bytes: 0 }, answer);
  }

  get bytes(): number {
    return this.held;
  }

  get size(): number {
    return this.entries.size;
  }

  /** `signal` is that of a caller that waits for the answer to another one's call. */
  async run(
    { principal, method, requestId }: RequestKey,
    body: Uint8Array,
    signal: AbortSignal,
    work: () => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const key = `${principal}\n${method}\n${requestId}`;
    const digest = createHash('sha256').update(body).digest('base64');
    for (;;) {
      const earlier = this.entries.get(key);
      if (!earlier) return this.first(key, digest, work);
      if (earlier.body !== digest)
        throw new MachineError('REQUEST_ID_REUSED', `request_id "${requestId}" was used for another ${method} request: choose a new one`, {
          field: 'request_id',
        });
      try {
        return await abortable(earlier.answer, signal);
      } catch (error) {
        // The first caller went away, and took its call along: this one has its own wish for an answer.
        if (signal.aborted || !(error instanceof MachineError && error.code === 'CANCELLED')) throw error;
        if (this.entries.get(key) === earlier) throw error;
      }
    }
  }

  private async first(key: string, body: string, work: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const entry: Entry = { body, answer: this.durable(key, body, work()), bytes: 0 };
    this.entries.set(key, entry);
    try {
      const answer = await entry.answer;
      this.note(key, entry, answer);
      return answer;
    } catch (error) {
      this.entries.delete(key);
      throw error;
    }
  }

  private note(key: string, entry: Entry, answer: Uint8Array): void {
    this.entries.set(key, entry);
    entry.bytes = key.length + answer.length + OVERHEAD;
    this.held += entry.bytes;
    this.answered++;
    this.trim();
  }

  private async durable(key: string, body: string, work: Promise<Uint8Array>): Promise<Uint8Array> {
    const answer = await work;
    await this.kept?.keep({ key, body, answer });
    return answer;
  }

  private trim(): void {
    if (this.answered <= this.bounds.entries && this.held <= this.bounds.bytes) return;
    for (const [key, entry] of this.entries) {
      if (entry.bytes === 0) continue;
      this.entries.delete(key);
      this.kept?.drop(key);
      this.held -= entry.bytes;
      this.answered--;
      if (this.answered <= this.bounds.entries && this.held <= this.bounds.bytes) return;
    }
  }
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
