// What a stream of the API brings, into a file or to standard output.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { UsageError } from './usage-error.ts';

/** In their order, no faster than the file takes them; '-' is standard output. `what` begins a message. */
export async function writePieces<T>(
  what: string,
  pieces: AsyncIterable<T>,
  bytesOf: (piece: T) => Uint8Array,
  path: string,
): Promise<void> {
  const target = path === '-' ? process.stdout : createWriteStream(path);
  let failure: unknown;
  target.once('error', (error) => (failure = error));
  for await (const piece of pieces) {
    if (failure) break;
    if (!target.write(bytesOf(piece))) await Promise.race([once(target, 'drain'), once(target, 'close')]).catch(() => {});
  }
  if (target !== process.stdout) {
    target.end();
    await finished(target).catch((error: unknown) => (failure ??= error));
  }
  if (failure && target !== process.stdout) throw new UsageError(`${what}: ${(failure as Error).message}`, 1);
}
