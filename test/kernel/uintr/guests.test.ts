// The guest programs that use user interrupts, on whole machines: what they print, how they end, what the events say.

import { describe, expect, test } from 'vitest';
import type { EventKind } from '../../../src/machine/events/schema.ts';
import type { MachineSpec } from '../../../src/machine/machine-spec.ts';
import { guest, run, type SeenEvent } from '../../machine/run-guest.ts';

type Abi = MachineSpec['abi'];

const PROGRAMS: readonly (readonly [name: string, ...abis: Abi[]])[] = [
  ['uipi_sample', 'poc', 'k518', 'rfc'],
  ['uipi_spin', 'poc', 'rfc'],
  ['uipi_descheduled', 'poc', 'rfc'],
  ['multi_vector', 'poc', 'rfc'],
  ['processes', 'poc', 'rfc'],
  ['self', 'poc', 'rfc'],
  ['nested', 'poc', 'rfc'],
  ['errors', 'poc', 'rfc'],
  ['ping_pong', 'poc', 'rfc'],
  ['waiting', 'poc', 'k518', 'rfc'],
  ['missed_wait', 'poc', 'k518', 'rfc'],
  ['alt_stack', 'poc'],
  ['ipi_fd', 'poc'],
];

describe('guests', () => {
  test.each(PROGRAMS.flatMap(([name, ...abis]) => abis.map((abi) => [name, abi] as const)))('%s under %s', (name, abi) => {
    const { stdout, stderr, status, reason } = run(guest(`${name}.${abi}`), {}, { abi });
    expect({ status, reason, stderr, failed: stdout.split('\n').filter((line) => line.startsWith('FAILED')) }).toEqual({
      status: 0,
      reason: 'quiescent',
      stderr: '',
      failed: [],
    });
    expect(stdout).not.toBe('');
  });
});

test('under poc-stack-top uintr_alt_stack takes its pointer for the top: a frame below the named area', () => {
  const { stdout, status } = run(guest('alt_stack.poc'), {}, { abi: 'poc-stack-top' });
  expect(stdout).toContain('FAILED the handler runs in the named area');
  expect(status).toBe(1);
});

const [SIGILL, SIGSEGV] = [4, 11];

describe('fatal', () => {
  test.each([
    ['no-table', 'poc', SIGILL],
    ['no-table', 'rfc', SIGILL],
    ['bad-index', 'poc', SIGSEGV],
    ['bad-index', 'rfc', SIGSEGV],
    ['wild-index', 'poc', SIGSEGV],
    ['after-unregister', 'poc', SIGSEGV],
    ['after-unregister', 'rfc', SIGILL],
    ['plain-function', 'poc', SIGSEGV],
    ['unmapped-handler', 'poc', SIGSEGV],
    ['non-canonical-handler', 'poc', SIGSEGV],
    ['unmapped-stack', 'poc', SIGSEGV],
    ['stack-overflow', 'poc', SIGSEGV],
    ['memory-operand', 'poc', SIGILL],
  ] as const)('%s under %s dies by signal %i', (way, abi, signal) => {
    const { stdout, status } = run(guest(`fatal.${abi}`), { arguments: ['fatal', way] }, { abi });
    expect({ stdout, status }).toEqual({ stdout: `dying by ${way}\n`, status: -signal });
  });

  test('without UINTR in the machine SENDUIPI is an undefined instruction, and the calls do not exist', () => {
    expect(run(guest('fatal.poc'), { arguments: ['fatal', 'no-table'] }, { abi: 'none' }).status).toBe(-SIGILL);
    const { events } = run(guest('errors.poc'), {}, { abi: 'none' });
    expect(events.filter((event) => event.kind === 'syscall_unsupported').length).toBeGreaterThan(0);
  });
});

describe('the trail of one interrupt', () => {
  const LEGS: readonly EventKind[] = [
    'senduipi',
    'pir_posted',
    'ipi_sent',
    'ipi_arrived',
    'notification_processed',
    'user_interrupt_recognized',
    'user_interrupt_delivered',
    'uiret',
  ];
  /** Without reschedule IPIs, which have no interrupt to announce. */
  const legs = (events: readonly SeenEvent[]): SeenEvent[] =>
    events.filter(({ kind, fields }) => LEGS.includes(kind) && (fields as Record<string, unknown>)['idt_vector'] !== 0xfd);

  test.each(['poc', 'rfc'] as const)('%s, receiver spins: every leg, 1360 cycles end to end', (abi) => {
    const trail = legs(run(guest(`uipi_spin.${abi}`), {}, { abi }).events);
    expect(trail.map((event) => event.kind)).toEqual(LEGS);
    const [sent] = trail;
    expect(trail.map((event) => event.cycle - sent!.cycle).slice(0, 7)).toEqual([0, 0, 0, 660, 1010, 1010, 1360]);
    expect(trail[6]!.fields).toMatchObject({ interrupt: 1, vector: 0, senders: [BigInt(sent!.tid)] });
    expect(trail[6]!.tid).not.toBe(sent!.tid);
  });

  test.each(['poc', 'rfc'] as const)('%s, receiver descheduled: no IPI, and the reason; its return fetches the post', (abi) => {
    const trail = legs(run(guest(`uipi_descheduled.${abi}`), {}, { abi }).events);
    expect(trail.map((event) => event.kind)).toEqual(LEGS.filter((kind) => kind !== 'ipi_arrived'));
    expect(trail[0]!.fields).toMatchObject({ sends_ipi: false, suppressed_by: 'SN' });
    expect(trail[2]!.fields).toMatchObject({ interrupt: 0, idt_vector: 0xec });
    expect(trail[5]!.fields).toMatchObject({ interrupt: 1, senders: [BigInt(trail[0]!.tid)] });
  });
});
