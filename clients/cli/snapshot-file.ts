// A file with a snapshot, on its way to the daemon.

import { createReadStream } from 'node:fs';
import type { ImportSnapshotRequest, Snapshot } from '../../src/gen/api.ts';
import type { Input } from '../../src/wire/encode.ts';
import type { UintrClient } from '../ts/client.ts';

async function* partsOf(path: string, parent: string, id: string): AsyncGenerator<Input<ImportSnapshotRequest>> {
  yield { header: { parent, snapshot_id: id } };
  const source = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 1 << 20 });
  for await (const chunk of source) yield { chunk: chunk as Buffer };
}

/** `path` '-' is standard input, `id` '' for one of the server's choosing. */
export async function importSnapshot(client: UintrClient, path: string, id: string): Promise<Snapshot> {
  return (await client.snapshots.ImportSnapshot(partsOf(path, client.project, id))).snapshot!;
}
