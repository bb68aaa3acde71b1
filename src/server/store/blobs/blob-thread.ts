// Entry of the blob thread: one job after the other.

import { parentPort, workerData } from 'node:worker_threads';
import { HOST_FILES } from '../../../machine/durable/file-layer.ts';
import { BLOB_JOBS, type BlobJob } from './blob-jobs.ts';
import { BlobFiles } from './blob-files.ts';
import { BlobMemory } from './blob-memory.ts';
import { StoreError } from '../store-error.ts';

/** Where blobs lie; '' in memory. */
const { folder } = workerData as { readonly folder: string };
const blobs = folder === '' ? new BlobMemory() : new BlobFiles(folder, HOST_FILES);

export interface BlobRequest {
  readonly number: number;
  readonly job: BlobJob;
  readonly request: unknown;
}

export interface BlobAnswer {
  readonly number: number;
  readonly answer?: unknown;
  readonly error?: { readonly message: string; readonly path?: string; readonly problem?: string; readonly remedy?: string };
}

parentPort!.on('message', ({ number, job, request }: BlobRequest) => {
  try {
    parentPort!.postMessage({ number, answer: BLOB_JOBS[job](blobs, request as never, HOST_FILES) } satisfies BlobAnswer);
  } catch (error) {
    const { message } = error as Error;
    const known = error instanceof StoreError ? { path: error.path, problem: error.problem, remedy: error.remedy } : {};
    parentPort!.postMessage({ number, error: { message, ...known } } satisfies BlobAnswer);
  }
});
