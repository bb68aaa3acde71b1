import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guest } from '../machine/run-guest.ts';
import { failure, newMachine, startTestDaemon } from './harness.ts';
import type { UintrClient } from '../../clients/ts/client.ts';
import type { TestDaemon } from './harness.ts';

let daemon: TestDaemon;
let client: UintrClient;
beforeAll(async () => {
  daemon = await startTestDaemon([], new URL('../../src/machine/worker.ts', import.meta.url));
  ({ client } = daemon);
});
afterAll(() => daemon.stop());

/** A machine in which a program has done all it can. */
async function finished(program: string, args: string[] = []): Promise<string> {
  const parent = await newMachine(client);
  const [name] = program.split('.') as [string];
  const { process } = await client.guest.SpawnProcess({ parent, image: guest(program), path: `/bin/${name}`, arguments: [name, ...args] });
  await client.guest.WaitProcess({ name: process!.name, until_quiescent: true });
  return parent;
}

describe('ExplainDelivery', () => {
  it('of an interrupt that arrived: its legs, with the events that report them', async () => {
    const parent = await finished('uipi_spin.poc');
    const found = await client.uintr.ExplainDelivery({ parent, interrupt: 1 });
    expect(found).toMatchObject({ verdict: 'DELIVERY_VERDICT_DELIVERED', obstacles: [] });
    expect(found.receiver).toBeUndefined();
    expect(found.legs.map(({ leg }) => leg).join(' ')).toBe(
      'senduipi pir_posted ipi_sent ipi_arrived notification_processed recognized delivered uiret',
    );
    const { events } = await client.events.ListEvents({ parent, page_size: 4096 });
    for (const leg of found.legs) {
      const event = events.find(({ sequence }) => sequence === leg.event_sequence)!;
      expect(event).toMatchObject({ cycle: leg.cycle, tid: leg.tid, vcpu: leg.vcpu });
    }
    expect(found.legs.reduce((sum, { cycles }) => sum + cycles, 0n)).toBe(found.legs.at(-1)!.cycle - found.legs[0]!.cycle);
    expect(await client.uintr.ExplainDelivery({ parent, interrupt: 2 })).toMatchObject({ verdict: 'DELIVERY_VERDICT_UNKNOWN', legs: [] });
    expect(await client.uintr.ExplainDelivery({ parent, interrupt: (1n << 64n) - 1n })).toMatchObject({
      verdict: 'DELIVERY_VERDICT_UNKNOWN',
    });
    const sender = { thread: `${parent}/threads/3`, uitt_index: 0 };
    expect((await client.uintr.ExplainDelivery({ parent, sender })).summary).toBe(found.summary);
    await client.machines.DeleteMachine({ name: parent });
  });

  it('of a receiver in a quiescent machine: everything that stands in the way', async () => {
    const parent = await finished('quiescent.poc');
    const found = await client.uintr.ExplainDelivery({ parent, receiver: `${parent}/threads/2` });
    expect(found.obstacles.map(({ verdict }) => verdict)).toEqual([
      'DELIVERY_VERDICT_NOTHING_POSTED',
      'DELIVERY_VERDICT_BLOCKED',
      'DELIVERY_VERDICT_SUPPRESSED',
    ]);
    expect(found.verdict).toBe('DELIVERY_VERDICT_NOTHING_POSTED');
    for (const { text, since_cycle } of found.obstacles) {
      expect(text).not.toBe('');
      expect(since_cycle).toBeGreaterThan(0n);
      expect(since_cycle).toBeLessThanOrEqual(found.cycle);
    }
    const { threads } = await client.uintr.GetUintrState({ name: parent });
    expect(found.receiver).toEqual(threads.find(({ tid }) => tid === 2));
    await client.machines.DeleteMachine({ name: parent });
  });

  it('of a sender that its SENDUIPI has killed', async () => {
    const parent = await finished('fatal.poc', ['bad-index']);
    const sender = { thread: `${parent}/threads/2`, uitt_index: 200 };
    expect(await client.uintr.ExplainDelivery({ parent, sender })).toMatchObject({
      verdict: 'DELIVERY_VERDICT_UITT_INVALID',
      obstacles: [{ text: 'UITT entry: V is clear: #GP', place: expect.stringMatching(/^\w+(\+0x)?/) as string }],
      remedy: expect.stringContaining('uintr_register_sender') as string,
    });
    await client.machines.DeleteMachine({ name: parent });
  });

  it('refuses what cannot be asked', async () => {
    const [parent, other] = [await finished('quiescent.poc'), await newMachine(client)];
    const refusal = (request: object) => failure(client.uintr.ExplainDelivery({ parent, ...request }));
    expect(await refusal({})).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await refusal({ interrupt: 0 })).toMatchObject({ status: 'INVALID_ARGUMENT', fieldViolations: [{ field: 'interrupt' }] });
    expect(await refusal({ receiver: `${other}/threads/2` })).toMatchObject({
      status: 'INVALID_ARGUMENT',
      fieldViolations: [{ field: 'receiver' }],
    });
    expect(await refusal({ receiver: `${parent}/threads/0` })).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await refusal({ receiver: `${parent}/threads/99` })).toMatchObject({ status: 'NOT_FOUND', reason: 'THREAD_NOT_FOUND' });
    expect(await refusal({ sender: { thread: `${other}/threads/2` } })).toMatchObject({
      status: 'INVALID_ARGUMENT',
      fieldViolations: [{ field: 'sender.thread' }],
    });
    expect(await refusal({ sender: { thread: `${parent}/threads/99`, uitt_index: (1n << 64n) - 1n } })).toMatchObject({
      status: 'NOT_FOUND',
    });
    expect(await refusal({ parent: `${parent}x`, interrupt: 1 })).toMatchObject({ status: 'NOT_FOUND', reason: 'MACHINE_NOT_FOUND' });
    for (const name of [parent, other]) await client.machines.DeleteMachine({ name });
  });
});
