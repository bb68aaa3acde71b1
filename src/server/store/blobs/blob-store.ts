// Blobs as the daemon uses them: jobs for the blob thread, which is started by the first one, become promises.

import { Worker } from 'node:worker_threads';
import { StoreError } from '../store-error.ts';
import type { BlobJob, BlobJobs } from './blob-jobs.ts';
import type { BlobAnswer, BlobRequest } from './blob-thread.ts';

const MODULE = new URL(`blob-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

export class BlobStore {
  private readonly folder: string;
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private nextNumber = 1;
  /** The change in progress. */
  private last: Promise<unknown> = Promise.resolve();

  /** Where blobs lie; '' keeps them in memory. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** What is in `transfer` is gone afterwards. Rejects with StoreError for what is missing or damaged. */
  run<J extends BlobJob>(job: J, request: BlobJobs[J]['request'], transfer: readonly ArrayBuffer[] = []): Promise<BlobJobs[J]['answer']> {
    this.worker ??= this.start();
    const number = this.nextNumber++;
    const answer = new Promise<BlobJobs[J]['answer']>((resolve, reject) => this.waiting.set(number, { resolve, reject }));
    this.worker.postMessage({ number, job, request } satisfies BlobRequest, transfer);
    return answer;
  }

  /** One change of what uses which blob at a time: none is removed while another one begins to use it. */
  change<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work);
    this.last = next.catch(() => {});
    return next;
  }

  async close(): Promise<void> {
    await this.last;
    await this.worker?.terminate();
    this.fail(new Error('the store is closed'));
  }

  private start(): Worker {
    const worker = new Worker(MODULE, { workerData: { folder: this.folder } });
    worker.unref();
    worker.on('message', ({ number, answer, error }: BlobAnswer) => {
      const waiting = this.waiting.get(number);
      this.waiting.delete(number);
      if (!error) waiting?.resolve(answer as never);
      else if (error.path === undefined) waiting?.reject(new Error(error.message));
      else waiting?.reject(new StoreError(error.path, error.problem!, error.remedy!));
    });
    worker.on('error', (error) => this.fail(error as Error));
    return worker;
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
    this.worker = null;
  }
}
