import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { API_MODULE, apiModule, loadProtos } from '../../scripts/generate-api.ts';
import { API } from '../../src/gen/api.ts';
import { Decoder } from '../../src/wire/decode.ts';
import { encodeMessage, WireError } from '../../src/wire/encode.ts';

const root = loadProtos();
const peer = (type: string) => root.lookupType(type);

const strict = new Decoder(API, true);
const lenient = new Decoder(API, false);

/** Values for every field of a type, as our objects have them. */
function sample(type: string, salt: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const chosen = new Set<string>();
  for (const [at, field] of API.messages[type]!.entries()) {
    if (field.oneof && (chosen.has(field.oneof) || (salt + at) % 2 === 0)) continue;
    if (field.oneof) chosen.add(field.oneof);
    const one = (n: number): unknown => {
      switch (field.type) {
        case 'uint32':
          return [1, 127, 128, 0xffff_ffff][n % 4];
        case 'int32':
          return [-1, 5, 0x7fff_ffff, -0x8000_0000][n % 4];
        case 'sint32':
          return [-1, 5, 0x7fff_ffff, -0x8000_0000][n % 4];
        case 'uint64':
        case 'fixed64':
          return [1n, 1n << 28n, (1n << 64n) - 1n, 1n << 53n][n % 4];
        case 'int64':
          return [-1n, 5n, -(1n << 63n), (1n << 63n) - 1n][n % 4];
        case 'bool':
          return true;
        case 'string':
          return ['x', 'käse', 'y'.repeat(200)][n % 3];
        case 'bytes':
          return Uint8Array.from([0, n & 255, 255]);
        case 'enum':
          return Object.keys(API.enums[field.of!]!)[1 + (n % (Object.keys(API.enums[field.of!]!).length - 1))];
        case 'message':
          return sample(field.of!, salt + n);
      }
    };
    result[field.name] = field.map
      ? { a: one(salt), __proto_: one(salt + 1) }
      : field.repeated
        ? [one(salt), one(salt + 1)]
        : one(salt + at);
  }
  return result;
}

const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, item: unknown) =>
      typeof item === 'bigint' ? String(item) : item instanceof Uint8Array ? [...item] : item,
    ),
  );

describe('wire format', () => {
  const types = Object.keys(API.messages).filter((type) => type.startsWith('uintr.v1.'));
  it.each(types)('%s: protobufjs reads what we write, and we read what it writes', (type) => {
    for (let salt = 0; salt < 6; salt++) {
      const value = sample(type, salt);
      const ours = encodeMessage(API, type, value);
      const theirs = peer(type).decode(ours);
      expect(plain(peer(type).toObject(theirs, { longs: String, bytes: Array, enums: String }))).toEqual(plain(value));
      const back = peer(type).encode(theirs).finish();
      // Decoding fills in defaults, so compare what it encodes to.
      expect(Buffer.from(encodeMessage(API, type, strict.decode(type, back))).equals(Buffer.from(ours))).toBe(true);
      expect(lenient.decode(type, back)).toEqual(strict.decode(type, back));
    }
  });

  it('gives defaults to what is absent', () => {
    expect(strict.decode('uintr.v1.WaitProcessRequest', new Uint8Array())).toEqual({ name: '', until_quiescent: false });
    expect(strict.decode('uintr.v1.SpawnFile', new Uint8Array())).toEqual({ path: '', mode: 0 });
    expect(strict.decode('uintr.v1.WaitProcessResponse', new Uint8Array())).toEqual({
      reason: 'REASON_UNSPECIFIED',
      cycle: 0n,
      threads: [],
      stdout_bytes: 0n,
      stderr_bytes: 0n,
    });
  });

  it('keeps a oneof member that has its default value', () => {
    expect(
      strict.decode('uintr.v1.SpawnProcessRequest', encodeMessage(API, 'uintr.v1.SpawnProcessRequest', { stdin_stream: false })),
    ).toMatchObject({ stdin_stream: false });
  });

  it('is not fooled by a map key of __proto__', () => {
    const bytes = encodeMessage(API, 'uintr.v1.Machine', { labels: Object.fromEntries([['__proto__', 'x']]) });
    const { labels } = strict.decode('uintr.v1.Machine', bytes) as { labels: Record<string, string> };
    expect(Object.keys(labels)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
  });
});

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('what a strict decoder refuses', () => {
  it.each([
    ['an unknown field', 'uintr.v1.CreateMachineRequest', '1a 06 32 04 f2 06 01 78', 'machine.spec.<field 110>'],
    ['an unknown enum number', 'uintr.v1.CreateMachineRequest', '1a 04 32 02 20 63', 'machine.spec.abi'],
    ['a wrong wire type', 'uintr.v1.CreateMachineRequest', '1a 04 32 02 0a 00', 'machine.spec.vcpus'],
    ['a number above 32 bits', 'uintr.v1.CreateMachineRequest', '1a 08 32 06 08 ff ff ff ff 7f', 'machine.spec.vcpus'],
    ['a field given twice', 'uintr.v1.GetMachineRequest', '0a 01 61 0a 01 62', 'name'],
    ['two of a oneof', 'uintr.v1.GetCostTableRequest', '0a 01 61 12 01 62', 'preset'],
    ['bad UTF-8', 'uintr.v1.GetMachineRequest', '0a 01 ff', 'name'],
    ['a length past the end', 'uintr.v1.GetMachineRequest', '0a 7f 61', 'name'],
    ['an endless varint', 'uintr.v1.RunMachineRequest', '10 ff ff ff ff ff ff ff ff ff ff 01', 'until_cycle'],
    ['an unknown enum in a list', 'uintr.v1.StreamEventsRequest', '2a 04 0a 02 32 05', 'filter.kinds[1]'],
    ['a bad map entry', 'uintr.v1.Machine', '22 02 18 01', 'labels'],
  ])('%s', (_what, type, bytes, field) => {
    let error: unknown;
    try {
      strict.decode(type, hex(bytes));
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(WireError);
    expect((error as WireError).field).toBe(field);
  });

  it('survives any bytes with a WireError or a value', () => {
    let state = 12345;
    const next = () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >> 8;
    for (let round = 0; round < 5000; round++) {
      const bytes = Uint8Array.from({ length: next() % 40 }, () => next() & 255);
      for (const decoder of [strict, lenient]) {
        try {
          decoder.decode('uintr.v1.SpawnProcessRequest', bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }
    }
  });
});

describe('what encoding refuses', () => {
  it.each([
    [{ machine: { spec: { vcpu: 2 } } }, 'machine.spec.vcpu'],
    [{ machine: { spec: { vcpus: '2' } } }, 'machine.spec.vcpus'],
    [{ machine: { spec: { vcpus: 1.5 } } }, 'machine.spec.vcpus'],
    [{ machine: { spec: { vcpus: -1 } } }, 'machine.spec.vcpus'],
    [{ machine: { spec: { abi: 'POC' } } }, 'machine.spec.abi'],
    [{ machine: { spec: { ram_bytes: 2 ** 53 } } }, 'machine.spec.ram_bytes'],
    [{ machine: { spec: { seed: 1n << 64n } } }, 'machine.spec.seed'],
    [{ machine: { spec: { ram_bytes: '0x10' } } }, 'machine.spec.ram_bytes'],
    [{ machine: { spec: { cost_overrides: { uiret: -1 } } } }, 'machine.spec.cost_overrides["uiret"]'],
    [{ machine: { labels: { a: 1 } } }, 'machine.labels["a"]'],
    [{ machine: [] }, 'machine'],
  ])('%o', (value, field) => {
    expect(() => encodeMessage(API, 'uintr.v1.CreateMachineRequest', value)).toThrow(expect.objectContaining({ name: 'WireError', field }));
  });
});

describe('src/gen/api.ts', () => {
  it('is what the protos generate', () => {
    expect(readFileSync(API_MODULE, 'utf8')).toBe(apiModule());
  });
});
