// Traces of real programs, of logs without their beginning, and of rings, looked at as a viewer looks at them.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { API } from '../../src/gen/api.ts';
import { RING_PROCESS, ChromeTrace, VCPU_PROCESS } from '../../src/server/trace/chrome-trace.ts';
import { jsonLine } from '../../src/server/trace/json-lines.ts';
import { microsecondsOf } from '../../src/server/trace/microseconds.ts';
import { Decoder } from '../../src/wire/decode.ts';
import { encodeMessage } from '../../src/wire/encode.ts';
import { guest, run } from '../machine/run-guest.ts';
import { validateTrace, type ValidatedTrace } from './trace-validator.ts';
import type { Event, ListEventsResponse } from '../../src/gen/api.ts';
import type { MachineSpec } from '../../src/machine/machine-spec.ts';

const HERTZ = 2e9;
const decoder = new Decoder(API, false);

/** Everything that a program's machine has reported. */
function eventsOf(program: string, spec: Partial<MachineSpec> = {}): Event[] {
  const [name, abi] = program.split('.') as [string, MachineSpec['abi'] | undefined];
  const { machine } = run(guest(program), { arguments: [name] }, { abi: abi ?? 'poc', ...spec });
  const { bytes } = machine.events.take()!;
  return [...(decoder.decode('uintr.v1.ListEventsResponse', bytes) as ListEventsResponse).events];
}

function traceText(events: readonly Event[], names?: ReadonlyMap<number, string>): string {
  const trace = new ChromeTrace(HERTZ, names);
  let text = '';
  for (const event of events) {
    trace.add(event);
    text += trace.take();
  }
  trace.finish();
  return text + trace.take();
}
const traceOf = (events: readonly Event[]): ValidatedTrace => validateTrace(traceText(events));

let sequence = 0;
/** An event with every default filled in, as it comes from the daemon. */
const event = (cycle: number, tid: number, payload: object, vcpu = 0): Event =>
  decoder.decode(
    'uintr.v1.Event',
    encodeMessage(API, 'uintr.v1.Event', { sequence: ++sequence, cycle, vcpu, pid: tid && 2, tid, ...payload }),
  ) as Event;

describe('microseconds', () => {
  test.each([
    [2e9, 1n, '0.0005'],
    [2e9, 2000n, '1'],
    [2e9, 9_007_199_254_740_993n, '4503599627370.4965'],
    [1e6, 7n, '7'],
    [3e6, 1n, '0.333333333333'],
    [2_400_000_000, 12n, '0.005'],
    [32_768, 1n, '30.517578125'],
  ])('%i Hz: %i cycles are %s', (hertz, cycle, text) => expect(microsecondsOf(hertz)(cycle)).toBe(text));
});

const PROGRAMS: readonly [program: string, spec?: Partial<MachineSpec>][] = [
  ['uipi_spin.poc'],
  ['uipi_spin.rfc'],
  ['uipi_descheduled.poc'],
  ['uipi_sample.k518'],
  ['multi_vector.poc'],
  ['nested.poc'],
  ['waiting.poc'],
  ['waiting.rfc'],
  ['quiescent.poc'],
  ['fatal.poc'],
  ['processes.poc'],
  ['threads', { vcpus: 3 }],
  ['fork_wait', { vcpus: 1 }],
  ['signals'],
  ['pipes'],
  ['futex'],
];

describe('a Chrome trace', () => {
  test.each(PROGRAMS)('of %s is whole', (program, spec = {}) => {
    const events = eventsOf(program, spec);
    const trace = traceOf(events);
    expect(trace.problems).toEqual([]);
    expect(trace.slices.length).toBeGreaterThan(events.length / 8);
    const delivered = events.filter((one) => one.user_interrupt_delivered);
    expect(trace.slices.filter(({ cat }) => cat === 'handler')).toHaveLength(delivered.length);
    expect(trace.slices.filter(({ cat }) => cat === 'syscall')).toHaveLength(events.filter((one) => one.syscall_entered).length);
    expect(trace.slices.filter(({ cat }) => cat === 'thread')).toHaveLength(events.filter((one) => one.switched_in).length);
    const interrupts = new Set(events.flatMap((one) => one.user_interrupt_delivered?.interrupts ?? []));
    expect(trace.flows.filter(({ phases }) => phases.at(-1) === 'f').length).toBeLessThanOrEqual(interrupts.size);
    for (const slice of trace.slices) expect(slice.end).toBeGreaterThanOrEqual(slice.start);
  });

  test('without the beginning of the log, or with only some kinds, is whole as well', () => {
    for (const program of ['nested.poc', 'waiting.poc', 'processes.poc', 'ping_pong.poc']) {
      const events = eventsOf(program).slice(0, 1500);
      for (let from = 1; from < events.length; from += 1 + Math.floor(events.length / 60)) {
        expect(traceOf(events.slice(from)).problems).toEqual([]);
        expect(traceOf(events.slice(0, from)).problems).toEqual([]);
        expect(traceOf(events.filter((_, at) => (at * 7 + from) % 5 !== 0)).problems).toEqual([]);
      }
    }
    expect(traceOf([]).problems).toEqual([]);
  });

  test('leads the arrow of an interrupt from SENDUIPI through IPI and notification to its handler and UIRET', () => {
    const trace = traceOf(eventsOf('uipi_spin.poc'));
    const [flow] = trace.flows;
    expect(flow!.phases.join('')).toMatch(/^st+f$/);
    expect(flow!.slices.map(({ name }) => name.replace(/ \(.*/, ''))).toEqual([
      'SENDUIPI 0',
      'PIR post',
      'IPI sent',
      'IPI 0xec',
      'notification',
      'uintr_handler',
      'UIRET',
    ]);
    const [sent, , , arrives, , handler, uiret] = flow!.slices;
    expect([sent!.pid, arrives!.pid, handler!.pid]).toEqual([2, VCPU_PROCESS, 2]);
    expect([sent!.tid, handler!.tid]).toEqual([3, 2]);
    expect(handler!.start).toBeGreaterThan(arrives!.start);
    expect(handler!.end).toBe(uiret!.end);
  });

  test('shows what a vCPU does: threads, user and kernel stretches, idleness', () => {
    const { slices } = traceOf(eventsOf('pipes', { vcpus: 1 }));
    const row = slices.filter(({ tid }) => tid === VCPU_PROCESS + 1);
    const within = row.filter(({ cat }) => cat === 'mode');
    expect(new Set(within.map(({ depth }) => depth))).toEqual(new Set([1]));
    expect(within.some(({ name }) => name === 'user')).toBe(true);
    expect(within.some(({ name }) => name === 'kernel: write')).toBe(true);
    for (const slice of within) expect(slice.end).toBeGreaterThan(slice.start);
    const calls = slices.filter(({ cat, name }) => cat === 'syscall' && name === 'write');
    for (const call of calls) expect(call.end).toBeGreaterThan(call.start);
    expect(traceOf(eventsOf('futex')).slices.some(({ cat }) => cat === 'idle')).toBe(true);
  });

  test('shows why a thread does not run', () => {
    const { slices } = traceOf(eventsOf('waiting.poc'));
    const off = slices.filter(({ cat }) => cat === 'off').map(({ name }) => name);
    expect(off).toContain('sleeps: a user interrupt');
    expect(off).toContain('waits for a vCPU');
  });

  test('names threads and processes, with what a guest calls itself as data', () => {
    const [started, ...rest] = eventsOf('uipi_spin.poc');
    const text = traceText([started!, ...rest], new Map([[3, 'se"nder\u0007\n']]));
    const trace = validateTrace(text);
    expect(trace.rows.get('2/3')).toBe('se"nder\u0007\n');
    expect(text).not.toContain('\u0007');
  });

  test('a coalesced delivery ends the arrow of each post behind it', () => {
    const post = (cycle: number, interrupt: number) => [
      event(cycle, 3, { senduipi: { interrupt, upid: 64, sends_ipi: interrupt === 1, suppressed_by: interrupt === 1 ? '' : 'ON' } }, 1),
      event(cycle, 3, { pir_posted: { interrupt, upid: 64, pir: 1, coalesced_with: interrupt === 1 ? 0 : 1 } }, 1),
    ];
    const trace = traceOf([
      ...post(10, 1),
      ...post(20, 2),
      ...post(30, 3),
      event(700, 2, { notification_processed: { upid: 64, taken: 1, uirr: 1 } }),
      event(900, 2, { user_interrupt_delivered: { interrupt: 1, interrupts: [1, 2, 3], senders: [3, 3, 3], symbol: 'handler' } }),
      event(950, 2, { uiret: { uif: true } }),
    ]);
    expect(trace.problems).toEqual([]);
    expect(trace.flows.map(({ id, phases }) => [id, phases.join('')])).toEqual([1, 2, 3].map((n) => [`interrupt-${n}`, 'stttf']));
  });

  test('a handler left by longjmp, time that goes back, an end without a beginning', () => {
    const trace = traceOf([
      event(100, 2, { uiret: { uif: true } }),
      event(200, 2, { syscall_exited: { name: 'read', returns_at: 260 } }),
      event(300, 2, { user_interrupt_delivered: { interrupt: 1, interrupts: [1], symbol: 'handler' } }),
      event(310, 2, { syscall_entered: { name: 'rt_sigprocmask' } }),
      event(320, 2, { user_interrupt_delivered: { interrupt: 2, interrupts: [2], symbol: 'handler' } }),
      event(250, 2, { uiret: { uif: true } }),
      event(330, 2, { woken: { by: 'nobody' } }),
      event(340, 0, { machine_state: { state: 'paused' } }, -1),
    ]);
    expect(trace.problems).toEqual([]);
    expect(trace.slices.filter(({ cat }) => cat === 'handler').map(({ start, end }) => [start, end])).toEqual([
      [0.15, 0.17],
      [0.16, 0.16],
    ]);
  });
});

describe('a ring', () => {
  const RING = { ring: 5, request: 9 };
  const events = [
    event(100, 2, { ring_created: { ring: 5, fd: 3, sq_entries: 8, cq_entries: 16 } }),
    event(200, 2, { syscall_entered: { name: 'io_uring_enter' } }),
    event(210, 2, { sqe_submitted: { ...RING, name: 'READ', fd: 4, user_data: 77 } }),
    event(220, 2, { request_waits: { ...RING, waiting_for: 'a pipe' } }),
    event(230, 2, { syscall_exited: { name: 'io_uring_enter', result: 1, returns_at: 400 } }),
    event(5000, 0, { cqe_posted: { ...RING, result: 12, user_data: 77, cq_tail: 1 } }, 1),
    event(5000, 0, { pir_posted: { interrupt: 1, vector: 3, upid: 64, pir: 8 } }, 1),
    event(5000, 0, { ring_interrupt: { ...RING, interrupt: 1, vector: 3, upid: 64, completions: 1, abi: 'register', sends_ipi: true } }, 1),
    event(5000, 0, { ipi_sent: { interrupt: 1, idt_vector: 0xec, arrives_at: 5600 } }, 1),
    event(5600, 2, { ipi_arrived: { interrupt: 1, idt_vector: 0xec, mode: 'user' } }),
    event(5960, 2, { notification_processed: { upid: 64, taken: 8, uirr: 8, mode: 'user' } }),
    event(6320, 2, { user_interrupt_delivered: { interrupt: 1, interrupts: [1], senders: [0], vector: 3, symbol: 'on_completion' } }),
    event(6400, 2, { uiret: { uif: true } }),
  ];

  test('has its requests as asynchronous slices, and the arrow goes from SQE to the handler', () => {
    const trace = traceOf(events);
    expect(trace.problems).toEqual([]);
    expect(trace.rows.get(`${RING_PROCESS}/${RING_PROCESS + 6}`)).toBe('ring 5');
    expect(trace.asyncs).toEqual([{ id: 'request-9', name: 'READ', start: 0.105, end: 2.5, steps: ['waits for a pipe'] }]);
    const [request, interrupt] = ['request-9', 'interrupt-1'].map((id) => trace.flows.find((flow) => flow.id === id)!);
    expect(request!.slices.map(({ name }) => name)).toEqual(['SQE READ', 'CQE 12', 'interrupt, vector 3']);
    expect(interrupt!.slices.map(({ name }) => name)).toEqual([
      'PIR post',
      'interrupt, vector 3',
      'IPI sent',
      'IPI 0xec',
      'notification',
      'on_completion (vector 3)',
      'UIRET',
    ]);
    expect(request!.slices.at(-1)).toBe(interrupt!.slices[1]);
  });

  test('whose log is cut anywhere, or whose requests never end, is whole', () => {
    for (let from = 0; from < events.length; from++) {
      expect(traceOf(events.slice(from)).problems).toEqual([]);
      expect(traceOf(events.slice(0, from)).problems).toEqual([]);
    }
    expect(traceOf(events.slice(0, 5)).asyncs).toMatchObject([{ id: 'request-9', end: 0.115 }]);
  });
});

describe('JSON lines', () => {
  it('are protobuf’s JSON mapping: what Python’s protobuf reads is what was encoded', () => {
    const events = eventsOf('processes.poc');
    const lines = events.map(jsonLine);
    expect(JSON.parse(lines[3]!)).toEqual(JSON.parse(jsonLine(events[3]!)));
    for (const line of lines) expect(line.endsWith('}\n') && !line.slice(0, -1).includes('\n')).toBe(true);

    const protoc = spawnSync('/usr/bin/protoc', ['--version']);
    const python = spawnSync('/usr/bin/python3', ['-c', 'import google.protobuf.json_format']);
    if (protoc.status !== 0 || python.status !== 0) {
      console.warn('SKIPPED: the comparison with Python’s protobuf needs protoc and python3-protobuf');
      return;
    }
    const directory = mkdtempSync(join(tmpdir(), 'trace-'));
    const proto = new URL('../../proto/', import.meta.url).pathname;
    spawnSync('/usr/bin/protoc', ['-I', proto, `--python_out=${directory}`, 'uintr/v1/event.proto']);
    writeFileSync(join(directory, 'lines'), lines.join(''));
    writeFileSync(
      join(directory, 'read.py'),
      `import sys
from google.protobuf import json_format
from uintr.v1 import event_pb2
for line in open(sys.argv[1]):
    print(json_format.Parse(line, event_pb2.Event()).SerializeToString(deterministic=True).hex())
`,
    );
    const read = spawnSync('/usr/bin/python3', [join(directory, 'read.py'), join(directory, 'lines')], {
      encoding: 'utf8',
      cwd: directory,
    });
    rmSync(directory, { recursive: true });
    expect(read.stderr).toBe('');
    const decoded = read.stdout
      .trimEnd()
      .split('\n')
      .map((line) => decoder.decode('uintr.v1.Event', Uint8Array.from(Buffer.from(line, 'hex'))));
    expect(decoded).toEqual(events);
  });
});
