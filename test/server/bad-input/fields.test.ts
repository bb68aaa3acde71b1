// Every method against requests whose names, numbers, enums and tokens are wrong, found by the descriptors from the row's good request.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API } from '../../../src/gen/api.ts';
import { encodeMessage, WireError } from '../../../src/wire/encode.ts';
import { newMachine } from '../harness.ts';
import { startRealDaemon } from '../remote-harness.ts';
import { ROWS } from './methods.ts';
import { expectProper, fieldsOf, furnish, METHODS, named, namesIn, RawClient, withValue } from './rig.ts';
import type { TestDaemon } from '../harness.ts';
import type { FieldPath, Method, Names } from './rig.ts';

let daemon: TestDaemon;
let raw: RawClient;
let names: Names;
let empty: string;
beforeAll(async () => {
  daemon = await startRealDaemon();
  raw = new RawClient(daemon.endpoint);
  names = await furnish(daemon.client);
  empty = await newMachine(daemon.client, { start: false });
});
afterAll(async () => {
  // After all of it, the daemon and a machine that no request named still work.
  await daemon.client.machines.StartMachine({ name: empty });
  expect((await daemon.client.machines.GetMachineStats({ name: empty })).threads).toBe(0);
  raw.close();
  await daemon.stop();
});

const TIMEOUT = 300;
/** What the masks of the good requests leave out. */
const UNMASKED = ['MachineService.UpdateMachine machine.spec.', 'LeaseService.UpdateLease lease.shared_with'];
const good = (method: Method, of: Names): object => ROWS[method.key]!.request(of);
const having = (test: (path: FieldPath) => boolean) =>
  METHODS.flatMap((method) => {
    const paths = fieldsOf(method.request).filter(test);
    return paths.length > 0 ? [[method.key, method, paths] as const] : [];
  });
const WIDE = new Set(['uint64', 'int64', 'fixed64']);
const NUMBERS = new Set([...WIDE, 'uint32', 'int32', 'sint32']);

it('has a row for each method, and no other', () => {
  expect(Object.keys(ROWS).sort()).toEqual(METHODS.map(({ key }) => key).sort());
});

describe.each(having(({ rules }) => rules.resource !== undefined))('names in %s', (key, method, paths) => {
  it.each([
    'x',
    '../../etc/passwd',
    'projects/default/machines/UPPER',
    'projects/default/machines/m/threads/0',
    'projects/default/machines/m/threads/-1',
    'projects/default/machines/m/processes/99999999999999999999/fds/3',
    'projects/Other/machines/m',
    'users/-',
    'projects/default/machines/m\0',
    'projects/default/machines/m\n',
    `projects/default/machines/${'m'.repeat(5000)}`,
  ])('are refused if they are not names: %j', async (wild) => {
    for (const path of paths) {
      const error = await raw.call(method, withValue(method.request, good(method, names), path, wild));
      expect(error, path.text).toMatchObject({ status: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD' });
      expect(error!.fieldViolations.map(({ field }) => field)).toContain(path.text);
    }
  });

  const kinds = (path: FieldPath) => path.rules.resource!;
  const KEYS = {
    MACHINE: 'machine',
    PROCESS: 'process',
    THREAD: 'thread',
    RING: 'ring',
    BREAKPOINT: 'breakpoint',
    DESCRIPTOR: 'descriptor',
    ARTIFACT: 'artifact',
    SNAPSHOT: 'snapshot',
    LEASE: 'lease',
    USER: 'user',
    TOKEN: 'token',
  } as const;
  it.each(['a machine that is not there', 'a machine without them'])('of %s are not found', async (which) => {
    const other = namesIn(which === 'a machine without them' ? empty : 'projects/default/machines/nothing');
    for (const path of paths)
      for (const kind of kinds(path)) {
        // It is not looked at.
        if (UNMASKED.some((text) => `${key} ${path.text}`.startsWith(text))) continue;
        if (kind === 'PROJECT' || kind === 'EVERY_PROJECT' || (kind === 'MACHINE' && other.machine === empty)) continue;
        const error = await raw.call(method, withValue(method.request, good(method, names), path, other[KEYS[kind]]), { timeout: TIMEOUT });
        expectProper(error);
        expect(['NOT_FOUND', 'INVALID_ARGUMENT'], `${path.text}: ${error?.status} ${error?.message}`).toContain(error?.status);
        if (error!.status === 'INVALID_ARGUMENT') expect(error!.fieldViolations.length).toBeGreaterThan(0);
      }
  });
});

describe.each(having(({ field }) => WIDE.has(field.type)))('64-bit fields of %s', (_key, method, paths) => {
  it.each([0n, 1n << 53n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n])('at %d', { timeout: 20_000 }, async (value) => {
    const own = await furnish(daemon.client);
    for (const path of paths) {
      const signed = path.field.type === 'int64' ? BigInt.asIntN(64, value) : value;
      const error = await raw.call(method, withValue(method.request, good(method, own), path, signed), { timeout: TIMEOUT });
      if (error?.status !== 'DEADLINE_EXCEEDED') expectProper(error);
      if (path.rules.max === undefined || value <= BigInt(path.rules.max)) continue;
      expect(error?.fieldViolations.map(({ field }) => field)).toContain(path.text);
    }
    await daemon.client.machines.DeleteMachine({ name: own.machine });
  });
});

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]);

it.each(having(({ field }) => field.type === 'enum'))('unknown numbers of enums in %s are refused', async (_key, method, paths) => {
  for (const path of paths) {
    let bytes = [...varint(path.field.number << 3), ...varint(9999)];
    if (path.field.repeated) bytes = [...varint((path.field.number << 3) | 2), 2, ...varint(9999)];
    for (const { number } of path.steps.slice(0, -1).reverse()) bytes = [...varint((number << 3) | 2), ...varint(bytes.length), ...bytes];
    const error = await raw.start(method, [Uint8Array.from(bytes)]).outcome;
    expect(error).toMatchObject({ status: 'INVALID_ARGUMENT', fieldViolations: [{ field: path.text }] });
  }
});

it.each(having(({ field }) => NUMBERS.has(field.type)))("numbers of %s as text are the client's error", (_key, method, paths) => {
  const request = good(method, namesIn(empty));
  for (const path of paths)
    for (const text of ['0x10', '16', '', 1.5, Number.NaN, 2 ** 64, null])
      expect(() => encodeMessage(API, method.request, withValue(method.request, request, path, text)), `${path.text} ${text}`).toThrow(
        WireError,
      );
});

const TOKENS = ['x', 'AAAA', '!!!', Buffer.from('machines#0x1').toString('base64url'), Buffer.from('another#1').toString('base64url')];
it.each(having(({ field }) => /^(page|resume)_token$/.test(field.name)))('forged tokens of %s are refused', async (_key, method, paths) => {
  const foreign = await daemon.client.events.ListEvents({ parent: empty });
  for (const path of paths)
    for (const token of [...TOKENS, foreign.resume_token]) {
      const error = await raw.call(method, withValue(method.request, good(method, names), path, token), { timeout: 2000 });
      expectProper(error);
      expect(['INVALID_ARGUMENT', 'OUT_OF_RANGE'], `${token}: ${error?.message}`).toContain(error?.status);
    }
});

it.each(named(METHODS.filter(({ responseStream }) => !responseStream)))('%s, cancelled at once, ends', async (_key, method) => {
  const call = raw.start(method, [encodeMessage(API, method.request, good(method, namesIn('projects/default/machines/nothing')))]);
  call.cancel();
  expect(await call.outcome).toMatchObject({ status: 'CANCELLED' });
});
