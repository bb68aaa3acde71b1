// Real machines behind a daemon, and remote threads in them.

import { readFileSync } from 'node:fs';
import { newMachine, startTestDaemon, type TestDaemon } from './harness.ts';
import { WORKER_MODULE } from '../../src/server/worker-port.ts';
import type { UintrClient } from '../../clients/ts/client.ts';
import type { Park } from '../../src/gen/api.ts';

export const startRealDaemon = (flags: readonly string[] = []): Promise<TestDaemon> => startTestDaemon(flags, WORKER_MODULE);

export const guestImage = (name: string): Uint8Array => readFileSync(new URL(`../../guests/bin/${name}`, import.meta.url));

/** A machine in LOCKSTEP unless told otherwise, not started: time passes while a call needs it. */
export function lockstepMachine(client: UintrClient, spec: object = {}): Promise<string> {
  return newMachine(client, { start: false, spec: { time_mode: 'TIME_MODE_LOCKSTEP', ...spec } });
}

export interface ThreadOptions {
  readonly park?: Park;
  readonly affinity?: number;
  readonly comm?: string;
}

/** The thread's name. `parent`: a machine or a process. */
export async function newThread(client: UintrClient, parent: string, options: ThreadOptions = {}): Promise<string> {
  const { thread } = await client.guest.CreateRemoteThread({ parent, ...options });
  return thread!.name;
}

export interface Pair {
  readonly machine: string;
  readonly receiver: string;
  readonly sender: string;
  readonly vectorFd: string;
  readonly index: number;
}

/** A receiver on vCPU 0 with a handler and a vector, and a sender on vCPU 1 that is connected to it. */
export async function newPair(
  client: UintrClient,
  options: { machine?: string; spec?: object; handler?: object; receiver?: ThreadOptions; vector?: number } = {},
): Promise<Pair> {
  const machine = options.machine ?? (await lockstepMachine(client, options.spec));
  const receiver = await newThread(client, machine, { affinity: 1, comm: 'receiver', ...options.receiver });
  const sender = await newThread(client, machine, { affinity: 2, comm: 'sender' });
  await client.uintr.RegisterHandler({ thread: receiver, ...options.handler });
  const { vector_fd } = await client.uintr.CreateVectorFd({ thread: receiver, vector: options.vector ?? 7 });
  const { uitt_index } = await client.uintr.RegisterSender({ thread: sender, vector_fd });
  return { machine, receiver, sender, vectorFd: vector_fd, index: uitt_index };
}
