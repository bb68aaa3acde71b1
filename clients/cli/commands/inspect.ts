// uintrctl events | uintr show | cost show | info: looking into a machine and the daemon.

import { API } from '../../../src/gen/api.ts';
import { eventText, flatEvent } from '../event-line.ts';
import { machineName } from '../names.ts';
import { hex, jsonText, printList, printObject, table } from '../output.ts';
import { printable } from '../printable.ts';
import { parseCount } from '../quantity.ts';
import { collect } from '../spec-options.ts';
import { UsageError } from '../usage-error.ts';
import type { Command } from 'commander';
import type { Cost, Event, EventKind, ThreadUintrState } from '../../../src/gen/api.ts';
import type { WithSession } from '../program.ts';

const KIND_PREFIX = 'EVENT_KIND_';
const KINDS = Object.keys(API.enums['uintr.v1.EventKind']!).slice(1);

function kindOf(text: string): EventKind {
  const kind = KIND_PREFIX + text.toUpperCase();
  if (!KINDS.includes(kind))
    throw new UsageError(`--kind: "${text}" is none of ${KINDS.map((name) => name.slice(KIND_PREFIX.length).toLowerCase()).join(', ')}`);
  return kind as EventKind;
}

interface EventOptions {
  readonly follow?: boolean;
  readonly kind: readonly string[];
  readonly from?: string;
}

function bits(value: bigint): string {
  const set = Array.from({ length: 64 }, (_, n) => n).filter((n) => (value >> BigInt(n)) & 1n);
  return set.length === 0 ? 'none' : set.join(',');
}

function uintrText(state: ThreadUintrState): string {
  const lines: [string, string][] = [
    ['UIF', state.uif ? '1' : '0'],
    ['UIRR', `${hex(state.uirr)}  vectors ${bits(state.uirr)}`],
    ['IA32_UINTR_HANDLER', `${hex(state.handler)}  ${state.handler_symbol}`.trimEnd()],
    ['IA32_UINTR_STACKADJUST', hex(state.stack_adjust)],
    ['IA32_UINTR_MISC', `${hex(state.misc)}  UINV ${hex((state.misc >> 32n) & 0xffn)}  UITTSZ ${state.misc & 0xffff_ffffn}`],
    ['IA32_UINTR_PD', hex(state.pd)],
    ['IA32_UINTR_TT', `${hex(state.tt)}  SENDUIPI ${state.tt & 1n ? 'enabled' : 'disabled'}`],
  ];
  if (state.upid) {
    const { upid } = state;
    const flags = `ON ${Number(upid.outstanding_notification)}  SN ${Number(upid.suppress_notification)}`;
    lines.push([
      'UPID',
      `${hex(upid.address)}  ${flags}  NV ${hex(BigInt(upid.notification_vector))}  NDST ${upid.notification_destination}`,
    ]);
    lines.push(['UPID PIR', `${hex(upid.posted_interrupt_requests)}  vectors ${bits(upid.posted_interrupt_requests)}`]);
  }
  for (const entry of state.uitt) lines.push([`UITT[${entry.index}]`, `vector ${entry.user_vector} -> UPID ${hex(entry.upid_address)}`]);
  if (state.note !== '') lines.push(['note', state.note]);
  const where = state.live_on < 0 ? 'saved' : `live on vCPU ${state.live_on}`;
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    `thread ${state.tid} of process ${state.pid} (${state.comm}), ${where}`,
    ...lines.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
  ]
    .map(printable)
    .join('\n');
}

export function addInspectCommands(program: Command, withSession: WithSession): void {
  program
    .command('events <machine>')
    .description("print a machine's events")
    .option('-f, --follow', 'go on as they come')
    .option('-k, --kind <kind>', 'only these, may be repeated', collect, [])
    .option('--from <sequence>', 'start there')
    .action((id: string, options: EventOptions) =>
      withSession(async ({ client, format }) => {
        const parent = machineName(id);
        const filter = { kinds: options.kind.map(kindOf) };
        const from = options.from === undefined ? undefined : parseCount('--from', options.from, 1);
        const print = (events: readonly Event[]): void => {
          for (const event of events) console.log(format === 'table' ? eventText(event) : jsonText(flatEvent(event)));
        };
        if (options.follow) {
          const start = from === undefined ? {} : { sequence: from };
          for await (const { events, dropped } of client.events.StreamEvents({ parent, filter, ...start })) {
            if (dropped > 0n) process.stderr.write(`uintrctl: ${dropped} events were dropped from the log before they could be read\n`);
            print(events);
          }
          return;
        }
        const all: Event[] = [];
        let page_token = '';
        do {
          const page = await client.events.ListEvents({
            parent,
            filter,
            page_size: 4096,
            page_token,
            start_sequence: page_token === '' ? (from ?? 0) : 0,
          });
          page_token = page.next_page_token;
          if (format === 'json') all.push(...page.events);
          else print(page.events);
        } while (page_token !== '');
        if (format === 'json') console.log(jsonText(all.map(flatEvent), 2));
      }),
    );

  program
    .command('uintr')
    .description('user-interrupt state')
    .command('show <machine> [tid]')
    .description('MSRs, UPID, UITT, UIF and UIRR of each thread')
    .action((id: string, tid: string | undefined) =>
      withSession(async ({ client, format }) => {
        const name = tid === undefined ? machineName(id) : `${machineName(id)}/threads/${parseCount('tid', tid, 1)}`;
        const { threads, cycle } = await client.uintr.GetUintrState({ name });
        if (format !== 'table') return printList(format, 'uintr.v1.ThreadUintrState', threads, []);
        console.log(threads.length === 0 ? `no thread uses user interrupts at cycle ${cycle}` : threads.map(uintrText).join('\n\n'));
      }),
    );

  program
    .command('cost')
    .description('the cost model')
    .command('show [machine]')
    .description('cycles of each primitive with their source, of a machine or of a preset')
    .option('--preset <name>', 'a named table', 'spr-2.0ghz')
    .action((id: string | undefined, { preset }: { readonly preset: string }) =>
      withSession(async ({ client, format }) => {
        const costs = await client.machines.GetCostTable(id === undefined ? { preset } : { machine: machineName(id) });
        if (format !== 'table') return printObject(format, 'uintr.v1.GetCostTableResponse', costs);
        console.log(`${costs.preset}: ${Number(costs.hertz) / 1e9} GHz`);
        console.log(
          table<Cost>(costs.costs, [
            ['COST', (row) => row.name],
            ['CYCLES', (row) => `${row.cycles}${row.overridden ? ' *' : ''}`],
            ['SOURCE', (row) => (row.overridden ? 'set for this machine' : row.source)],
          ]),
        );
      }),
    );

  program
    .command('info')
    .description('show what the daemon is and allows')
    .action(() =>
      withSession(async ({ client, format }) => {
        printObject(format, 'uintr.v1.GetServerInfoResponse', await client.lab.GetServerInfo({}));
      }),
    );
}
