// What `uintrctl run` adds when a fault killed the program: which instruction, where, and what to do about one that the processor lacks.

import { constants as os } from 'node:os';
import { hex } from './output.ts';
import { printable } from '../../src/text/printable.ts';
import type { Event, EventKind, Process } from '../../src/gen/api.ts';
import type { UintrClient } from '../ts/client.ts';

/** Exceptions by vector (SDM vol. 3, table 6-1). */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  0: 'division error',
  1: 'debug trap',
  3: 'breakpoint',
  6: 'invalid opcode',
  12: 'stack fault',
  13: 'general protection',
  14: 'page fault',
  16: 'x87 floating-point error',
  17: 'alignment check',
  19: 'SIMD floating-point error',
};
const FATAL = new Set<number>([os.signals.SIGILL, os.signals.SIGTRAP, os.signals.SIGBUS, os.signals.SIGFPE, os.signals.SIGSEGV]);
const KINDS = ['fault', 'unsupported_instruction', 'senduipi_fault', 'user_interrupt_fault'] as const;
const FILTER = { kinds: KINDS.map((kind) => `EVENT_KIND_${kind.toUpperCase()}` as EventKind) };
/** Pages of events that are looked through for the last ones of the process. */
const PAGES = 64;

/** Lines for standard error, '' where there is nothing to say. */
export async function deathNote(client: UintrClient, machine: string, process: Process): Promise<string> {
  if (!FATAL.has(process.signal)) return '';
  const signal = Object.entries(os.signals).find(([, number]) => number === process.signal)![0];
  const last = (await lastFaults(client, machine, process.pid)).map(sentence).filter((text) => text !== '');
  return last.length === 0 ? '' : `uintrctl: ${signal}: ${printable(last.join('; '))}\n`;
}

/** The process's last fault, and what came with it: at most one event of each kind, of the same thread. */
async function lastFaults(client: UintrClient, machine: string, pid: number): Promise<Event[]> {
  const found = new Map<string, Event>();
  let page_token = '';
  for (let page = 0; page < PAGES; page++) {
    const answer = await client.events.ListEvents({ parent: machine, filter: FILTER, page_size: 1000, page_token });
    for (const event of answer.events) if (event.pid === pid) found.set(KINDS.find((kind) => event[kind])!, event);
    page_token = answer.next_page_token;
    if (page_token === '') break;
  }
  const events = [...found.values()].sort((a, b) => Number(a.sequence - b.sequence));
  const end = events.at(-1);
  if (!end) return [];
  const together = events.filter((event) => event.tid === end.tid && end.cycle - event.cycle < 2000n);
  return together.some((event) => event.unsupported_instruction) ? together.filter((event) => !event.fault) : together;
}

function at(symbol: string, rip: bigint): string {
  return symbol === '' ? `at ${hex(rip)}` : `at ${symbol} (${hex(rip)})`;
}

function sentence(event: Event): string {
  const { fault, unsupported_instruction: absent, senduipi_fault: senduipi, user_interrupt_fault: delivery } = event;
  if (absent)
    return `this processor has no ${absent.mnemonic} (${absent.feature}) ${at(absent.symbol, absent.rip)}; ${absent.remedy.startsWith('-') ? `compile with ${absent.remedy}` : absent.remedy}`;
  if (senduipi) return `SENDUIPI of index ${senduipi.uitt_index}: ${senduipi.reason}`;
  if (delivery) return `the delivery of user vector ${delivery.vector} could not write its frame or found no valid handler`;
  if (!fault) return '';
  const address = fault.vector === 14 ? ` on ${hex(fault.address)}` : '';
  return `${EXCEPTIONS[fault.vector] ?? `exception ${fault.vector}`}${address} ${at(fault.symbol, fault.rip)}`;
}
