// Bytes to the daemon: small ones travel inside a request, large ones as an artifact.

import { createHash } from 'node:crypto';
import type { UintrClient } from './client.ts';

const CHUNK_BYTES = 1 << 20;

/** Uploads under a name of the server's choosing and returns that name. */
export async function uploadArtifact(
  client: UintrClient,
  bytes: Uint8Array,
  labels: Readonly<Record<string, string>> = {},
  onProgress: (sentBytes: number) => void = () => {},
): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  function* parts() {
    yield { header: { parent: client.project, labels, sha256 } };
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      onProgress(at);
      yield { chunk: bytes.subarray(at, at + CHUNK_BYTES) };
    }
  }
  const { artifact } = await client.artifacts.UploadArtifact(parts());
  return artifact!.name;
}
