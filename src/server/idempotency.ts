// request_id (google.aip.dev/155): the same id with the same body gets the first answer again; another body is refused.

import { createHash } from 'node:crypto';
import { invalidField, MachineError } from '../machine/errors.ts';

const KEPT = 1024;
const LONGEST_ID = 64;

export class Idempotency {
  private readonly answers = new Map<string, { readonly body: string; readonly answer: Promise<Uint8Array> }>();

  run(method: string, requestId: string, body: Uint8Array, work: () => Promise<Uint8Array>): Promise<Uint8Array> {
    if (requestId === '') return work();
    if (!/^[\x21-\x7e]+$/.test(requestId) || requestId.length > LONGEST_ID)
      throw invalidField('request_id', `must be 1 to ${LONGEST_ID} printable ASCII characters`);
    const key = `${method} ${requestId}`;
    const digest = createHash('sha256').update(body).digest('base64');
    const earlier = this.answers.get(key);
    if (earlier) {
      if (earlier.body === digest) return earlier.answer;
      throw new MachineError('REQUEST_ID_REUSED', `request_id "${requestId}" was used for another ${method} request`, {
        field: 'request_id',
      });
    }
    const answer = work();
    this.answers.set(key, { body: digest, answer });
    // A call that failed may be tried again.
    answer.catch(() => this.answers.delete(key));
    if (this.answers.size > KEPT) this.answers.delete(this.answers.keys().next().value!);
    return answer;
  }
}
