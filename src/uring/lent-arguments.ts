// Arguments of the system call behind an operation that are read when its entry is: the program may change or free them afterwards
// (IORING_FEAT_SUBMIT_STABLE). The call finds the copies at LENT_ADDRESS.

import { ERRNO } from '../kernel/abi/errno.ts';
import { PATH_MAX } from '../kernel/abi/fcntl.ts';
import { LENT_ADDRESS } from '../kernel/mm/user-memory.ts';
import type { Request } from './request.ts';

/** Copies go one behind the other; after a failure `error` is what the entry fails with. */
export class LentArguments {
  error = 0;
  private readonly request: Request;
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  constructor(request: Request) {
    this.request = request;
  }

  /** A path, or another string that ends with NUL, of at most `limit` bytes. Returns where the call finds it. */
  string(address: number, limit = PATH_MAX): number {
    const text = this.request.task.mm.user.copyInString(address, limit);
    if (text === 'too long') return this.fail(-ERRNO.ENAMETOOLONG);
    if (!text) return this.fail(-ERRNO.EFAULT);
    const whole = new Uint8Array(text.length + 1);
    whole.set(text);
    return this.add(whole);
  }

  bytes(address: number, length: number): number {
    const copy = this.request.task.mm.user.copyIn(address, length);
    return copy ? this.add(copy) : this.fail(-ERRNO.EFAULT);
  }

  /** Bytes of our own. */
  add(part: Uint8Array): number {
    const at = LENT_ADDRESS + this.length;
    this.parts.push(part);
    this.length += part.length;
    return at;
  }

  /** The request keeps them. */
  store(): void {
    if (this.length === 0) return;
    const whole = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.request.lent = whole;
  }

  private fail(error: number): number {
    this.error ||= error;
    return 0;
  }
}
