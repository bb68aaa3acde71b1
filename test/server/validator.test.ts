import { describe, expect, it } from 'vitest';
import { API, RULES } from '../../src/gen/api.ts';
import { InvalidRequest, Validator } from '../../src/server/validator.ts';
import { Decoder } from '../../src/wire/decode.ts';
import { encodeMessage } from '../../src/wire/encode.ts';

const validator = new Validator(API, RULES);
const decoder = new Decoder(API, true);
const MACHINE = 'projects/default/machines/m1';

/** Field paths that are wrong in a request, as a client would have sent it. */
function wrong(type: string, request: object): string[] {
  try {
    validator.check(`uintr.v1.${type}`, decoder.decode(`uintr.v1.${type}`, encodeMessage(API, `uintr.v1.${type}`, request)));
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidRequest);
    return (error as InvalidRequest).violations.map(({ field }) => field);
  }
}

describe('rules', () => {
  it.each<[string, object, string[]]>([
    ['GetMachineRequest', { name: MACHINE }, []],
    ['GetMachineRequest', {}, ['name']],
    ['GetMachineRequest', { name: `${MACHINE}/threads/1` }, ['name']],
    ['GetUintrStateRequest', { name: `${MACHINE}/threads/1` }, []],
    ['GetUintrStateRequest', { name: `${MACHINE}/threads/0` }, ['name']],
    ['CreateMachineRequest', { parent: 'projects/default' }, []],
    [
      'CreateMachineRequest',
      { machine_id: '-', request_id: 'a b', machine: { uid: 'x', spec: { vcpus: 33 } } },
      ['parent', 'machine_id', 'machine.uid', 'machine.spec.vcpus', 'request_id'],
    ],
    [
      'CreateMachineRequest',
      { parent: 'projects/default', machine: { spec: { ram_bytes: (1n << 64n) - 1n } } },
      ['machine.spec.ram_bytes'],
    ],
    [
      'CreateMachineRequest',
      { parent: 'projects/default', machine: { spec: { epoch: { seconds: -1, nanos: -1 } } } },
      ['machine.spec.epoch.seconds', 'machine.spec.epoch.nanos'],
    ],
    ['RunMachineRequest', { name: MACHINE, until_cycle: 2n ** 53n - 1n }, []],
    ['RunMachineRequest', { name: MACHINE, until_cycle: 2n ** 53n }, ['until_cycle']],
    ['GetCostTableRequest', {}, ['subject']],
    ['GetCostTableRequest', { preset: '' }, ['preset']],
    ['SignalProcessRequest', { name: `${MACHINE}/processes/1` }, ['signal']],
    ['StreamEventsRequest', { parent: MACHINE, sequence: 0 }, ['sequence']],
    ['StreamEventsRequest', { parent: MACHINE, filter: { kinds: ['EVENT_KIND_UNSPECIFIED'] } }, ['filter.kinds[0]']],
    ['StreamEventsRequest', { parent: MACHINE, heartbeat_interval: { nanos: 1 } }, ['heartbeat_interval']],
    ['SendUipisRequest', { thread: `${MACHINE}/threads/1`, uitt_indexes: new Array(4097).fill(1) }, ['uitt_indexes']],
    [
      'SubmitOpsRequest',
      { ring: `${MACHINE}/rings/1`, entries: [{}, { raw: new Uint8Array(63) }] },
      ['entries[0].operation', 'entries[1].raw'],
    ],
    [
      'SpawnProcessRequest',
      { parent: MACHINE, path: 'x', environment: ['A'], files: [{ path: '/a' }] },
      ['path', 'environment[0]', 'files[0].content'],
    ],
  ])('%s %o', (type, request, fields) => {
    expect(wrong(type, request)).toEqual(fields);
  });

  it('tell of many violations by their number, so that the status stays small', () => {
    expect(wrong('SpawnProcessRequest', { parent: MACHINE, path: '/x', environment: new Array(5000).fill('A') })).toHaveLength(17);
  });

  it('name only fields and oneofs that exist', () => {
    for (const [type, { fields, oneofs }] of Object.entries(RULES)) {
      const known = API.messages[type]!;
      for (const field of Object.keys(fields)) expect(known.map(({ name }) => name)).toContain(field);
      for (const oneof of oneofs) expect(known.map((field) => field.oneof)).toContain(oneof);
    }
  });
});
