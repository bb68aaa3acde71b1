// What ends a call besides its answer: the daemon that drains, a deadline that has passed, a bug in a worker.

import { EventEmitter } from 'node:events';
import { Metadata } from '@grpc/grpc-js';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { openDoor } from '../../src/server/auth/door.ts';
import { LiveCalls } from '../../src/server/live-calls.ts';
import { RunningCall } from '../../src/server/running-call.ts';
import { formatToken, parseToken } from '../../src/server/resume-token.ts';
import { failure, newMachine, runToEnd, startTestDaemon } from './harness.ts';
import type { AnyCall } from '../../src/server/running-call.ts';

/** A call that the server has just been given. */
function call(deadline: number | Date, options: { cancelled?: boolean; draining?: boolean } = {}) {
  const draining = new AbortController();
  if (options.draining) draining.abort();
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const given = Object.assign(new EventEmitter(), {
    metadata: new Metadata(),
    cancelled: options.cancelled ?? false,
    getDeadline: () => deadline,
  });
  const codes: number[] = [];
  const permission = { where: 'anyone', role: 0, changes: false } as const;
  const kind = { name: 'S/M', method: 'S.M', door: openDoor, permission, observe: (code: number) => void codes.push(code) };
  const host = {
    log,
    draining: draining.signal,
    live: new LiveCalls(),
    audit: undefined,
    quotas: undefined,
    leases: undefined,
    recoveries: undefined,
  };
  const running = new RunningCall(host, kind, given as unknown as AnyCall);
  return { running, lines, codes };
}

describe('a call', () => {
  it.each([
    ['whose deadline has passed', new Date(Date.now() - 1), {}, 'DEADLINE_PASSED'],
    ['whose deadline has passed, as a number', Date.now() - 1, {}, 'DEADLINE_PASSED'],
    ['that was cancelled', Number.POSITIVE_INFINITY, { cancelled: true }, 'CANCELLED'],
    ['at a daemon that drains', Number.POSITIVE_INFINITY, { draining: true }, 'DRAINING'],
  ] as const)('%s is not begun', (_name, deadline, options, code) => {
    const { running } = call(deadline, options);
    expect(() => running.admit()).toThrow(expect.objectContaining({ code }) as Error);
  });

  it.each([Number.POSITIVE_INFINITY, new Date(Date.now() + 1e6)])('with time left is', (deadline) => {
    expect(() => call(deadline).running.admit()).not.toThrow();
  });

  it('that a stranger’s error ends says nothing of it to the client, and all to the log', () => {
    const { running, lines, codes } = call(Number.POSITIVE_INFINITY);
    const error = new TypeError('secret of src/machine/x.ts');
    const status = running.fail(error);
    expect(status).toMatchObject({ code: 13, details: expect.stringMatching(/^internal error/) as string });
    expect(JSON.stringify(status) + (status.metadata!.get('grpc-status-details-bin')[0] as Buffer).toString('latin1')).not.toMatch(
      /secret|\.ts/,
    );
    expect(lines.join()).toContain('secret of src/machine/x.ts');
    expect(codes).toEqual([13]);
  });
});

const BROKEN_WORKER = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', (commands) => parentPort.postMessage(commands.map(({ kind, request }) =>
      kind === 'start_machine'
        ? { kind: 'error', request, error: { code: 'INTERNAL', message: 'TypeError: secret\\n    at f (src/machine/x.ts:1:1)', details: {} } }
        : { kind: 'reply', command: kind, request, reply: {} })));
    parentPort.postMessage([{ kind: 'ready' }]);
  `)}`,
);

describe('a bug in a worker', () => {
  it('is INTERNAL without its stack, which is in the log under the same request id', async () => {
    const daemon = await startTestDaemon([], BROKEN_WORKER);
    const name = await newMachine(daemon.client, { start: false });
    const error = await failure(daemon.client.machines.StartMachine({ name }));
    expect(error).toMatchObject({ status: 'INTERNAL', reason: 'INTERNAL' });
    expect(`${error.message}${JSON.stringify(error)}`).not.toMatch(/secret|x\.ts/);
    const line = daemon.log.find((entry) => entry['request'] === error.requestId);
    expect(line).toMatchObject({ err: { message: 'TypeError: secret', stack: expect.stringContaining('x.ts:1:1') as string } });
    await daemon.stop();
  });
});

describe('a stream of events that a drain ends', () => {
  it('gives a token that the service takes, for the event after the last that was read', async () => {
    const daemon = await startTestDaemon();
    const { client } = daemon;
    const machine = await newMachine(client);
    await runToEnd(client, machine, '/bin/events', '20');
    const { next_sequence: next, resume_token: atEnd } = await client.events.ListEvents({ parent: machine, page_size: 4096 });
    expect(await client.events.ListEvents({ parent: machine, page_token: atEnd })).toMatchObject({ events: [], next_sequence: next });
    const read: bigint[] = [];
    const reached = Promise.withResolvers<undefined>();
    const stream = failure(async () => {
      for await (const { events } of client.events.StreamEvents({ parent: machine, max_batch_events: 7 })) {
        read.push(...events.map(({ sequence }) => sequence));
        if (BigInt(read.length) + 1n >= next) reached.resolve(undefined);
      }
    });
    await reached.promise;
    const stopped = daemon.daemon.stop();
    const error = await stream;
    expect(error).toMatchObject({ status: 'UNAVAILABLE', reason: 'DRAINING' });
    const token = error.metadata['resume_token']!;
    // The one that was taken above.
    expect(token).toBe(atEnd);
    expect(parseToken('resume_token', token).sequence).toBe(read.length + 1);
    expect(formatToken(parseToken('resume_token', token))).toBe(token);
    await stopped;
    await daemon.stop();
  });
});
