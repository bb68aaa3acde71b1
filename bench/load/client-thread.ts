// Some of the clients of the suite load, on a thread of their own: in a lab each is a process, and no other waits for its collector.

import { parentPort, workerData } from 'node:worker_threads';
import { connect } from '../../clients/ts/client.ts';
import { callInTurn, PARENT, type Pair } from './calls.ts';

/** Given to the thread. */
export interface ClientThreadOptions {
  readonly endpoint: string;
  readonly pairs: readonly Pair[];
  /** Of each client, the call that it begins with. */
  readonly turns: readonly number[];
  /** When all are connected it is told to begin, for so long. */
  readonly milliseconds: number;
  readonly restMilliseconds: number;
  /** How many calls have ended, of all threads. */
  readonly calls: Int32Array;
}

/** What it says: first that all are connected, then at the end what they have seen. */
export type ClientThreadNews =
  | { readonly kind: 'connected' }
  /** Of each call its number in CALLS, and its milliseconds. */
  | { readonly kind: 'done'; readonly numbers: Uint8Array; readonly milliseconds: Float64Array; readonly errors: readonly string[] };

const { endpoint, pairs, turns, milliseconds, restMilliseconds, calls } = workerData as ClientThreadOptions;
const say = (news: ClientThreadNews): void => parentPort!.postMessage(news);
const clients = turns.map(() => connect(endpoint));
await Promise.all(clients.map((client) => client.machines.ListMachines({ parent: PARENT, page_size: 1 })));
const begun = new Promise((resolve) => parentPort!.once('message', resolve));
say({ kind: 'connected' });
await begun;
const start = performance.now();
const numbers: number[] = [];
const durations: number[] = [];
const errors: string[] = [];
await Promise.all(
  clients.map((client, at) =>
    callInTurn(
      client,
      pairs,
      turns[at]!,
      () => performance.now() - start >= milliseconds,
      restMilliseconds,
      (number, duration) => {
        numbers.push(number);
        durations.push(duration);
        Atomics.add(calls, 0, 1);
      },
    ).catch((error: Error) => void errors.push(error.message)),
  ),
);
say({ kind: 'done', numbers: Uint8Array.from(numbers), milliseconds: Float64Array.from(durations), errors });
for (const client of clients) client.close();
