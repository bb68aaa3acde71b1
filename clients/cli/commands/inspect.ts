// uintrctl uintr show | cost show | info: looking into a machine and the daemon.

import { costText } from '../cost-text.ts';
import { machineName } from '../names.ts';
import { hex, printList, printObject } from '../output.ts';
import { printable } from '../../../src/text/printable.ts';
import { parseCount } from '../quantity.ts';
import { addEventsCommand } from './events.ts';
import type { Command } from 'commander';
import type { ThreadUintrState } from '../../../src/gen/api.ts';
import type { WithSession } from '../program.ts';

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
  addEventsCommand(program, withSession);

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
    .description('each constant with unit, role and source, of a machine or of a preset; published figures; presets')
    .option('--preset <name>', 'a named table', 'spr-2.0ghz')
    .action((id: string | undefined, { preset }: { readonly preset: string }) =>
      withSession(async ({ client, format }) => {
        const costs = await client.machines.GetCostTable(id === undefined ? { preset } : { machine: machineName(id) });
        if (format !== 'table') return printObject(format, 'uintr.v1.GetCostTableResponse', costs);
        console.log(costText(costs));
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
