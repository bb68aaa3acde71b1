// uintrctl machine run | machine step | mem | regs | break: what a debugger does.

import { API } from '../../../src/gen/api.ts';
import { eventText } from '../event-line.ts';
import { everyPage, machineName, processName } from '../names.ts';
import { printable } from '../../../src/text/printable.ts';
import { hex, lastPart, printList, printObject, word } from '../output.ts';
import { parseCount, parseDuration, parsePair } from '../quantity.ts';
import { UsageError } from '../usage-error.ts';
import type { Command } from 'commander';
import type { Breakpoint, EventKind, EventMatch, ReadRegistersResponse, Registers, RunMachineResponse } from '../../../src/gen/api.ts';
import type { Input } from '../../../src/wire/encode.ts';
import type { UintrClient } from '../../ts/client.ts';
import type { WithSession } from '../program.ts';

const HEADER_FIELDS = ['pid', 'tid', 'vcpu'] as const;
const BYTES_A_LINE = 16;

interface RunOptions {
  readonly untilCycle?: string;
  readonly cycles?: string;
  readonly instructions?: string;
  readonly time?: string;
  readonly event?: string;
}

/** "uiret", "syscall_entered,name=write,tid=2". */
export function parseEventMatch(text: string): Input<EventMatch> {
  const [name = '', ...conditions] = text.split(',');
  const kind = `EVENT_KIND_${name.toUpperCase()}` as EventKind;
  if (API.enums['uintr.v1.EventKind']?.[kind] === undefined || kind === 'EVENT_KIND_UNSPECIFIED')
    throw new UsageError(`--event: there is no kind of event "${name}"`);
  const header: { pid?: number; tid?: number; vcpu?: number } = {};
  const fields: Record<string, string> = {};
  for (const condition of conditions) {
    const [field, value] = parsePair('--event', condition);
    const known = HEADER_FIELDS.find((candidate) => candidate === field);
    if (known) header[known] = parseCount(`--event ${field}`, value);
    else fields[field] = value;
  }
  return { kind, ...header, fields };
}

/** Decimal, or hexadecimal with 0x. */
export function parseAddress(flag: string, text: string): bigint {
  if (!/^(?:0x[0-9a-f]+|\d+)$/i.test(text)) throw new UsageError(`${flag}: "${text}" is not an address such as 0x401000`);
  const value = BigInt(text);
  if (value >= 1n << 64n) throw new UsageError(`${flag}: ${text} has more than 64 bits`);
  return value;
}

/** "ab cd ef", "0xabcdef", or text with --text. */
function parseBytes(words: readonly string[]): Uint8Array {
  const digits = words.map((part) => part.replace(/^0x/i, '')).join('');
  if (digits.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(digits))
    throw new UsageError(`"${words.join(' ')}" is not a row of bytes in hexadecimal such as "de ad be ef"`);
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

/** "m1" the machine's RAM, "m1:12" process 12, "m1:t13" thread 13. */
export function memoryName(text: string): string {
  const [machine = '', which] = text.split(':');
  if (which === undefined) return machineName(machine);
  const match = /^(t?)([1-9]\d{0,8})$/.exec(which);
  if (!match) throw new UsageError(`"${text}" is not MACHINE, MACHINE:PID or MACHINE:tTID`);
  return `${machineName(machine)}/${match[1] === 't' ? 'threads' : 'processes'}/${match[2]}`;
}

export function hexDump(address: bigint, data: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < data.length; at += BYTES_A_LINE) {
    const row = data.subarray(at, at + BYTES_A_LINE);
    const bytes = Array.from(row, (byte) => byte.toString(16).padStart(2, '0'));
    const text = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    const place = (address + BigInt(at)).toString(16).padStart(16, '0');
    lines.push(`${place}  ${bytes.slice(0, 8).join(' ').padEnd(23)}  ${bytes.slice(8).join(' ').padEnd(23)}  |${text}|`);
  }
  return lines.join('\n');
}

function registerText({ registers, cycle }: ReadRegistersResponse, all: boolean): string {
  const { values, vectors } = registers!;
  const order = Object.keys(values).filter((name) => all || name.startsWith('r') || name.endsWith('_base'));
  const cells = order.map((name) => `${name.padStart(7)} ${hex(values[name]!).padStart(18)}`);
  const lines = [`cycle ${cycle}`];
  for (let at = 0; at < cells.length; at += 3) lines.push(cells.slice(at, at + 3).join('  '));
  if (all) for (const [name, bytes] of Object.entries(vectors)) lines.push(`${name.padStart(7)} ${Buffer.from(bytes).toString('hex')}`);
  return lines.join('\n');
}

/** "rax=0x10", "xmm0=00112233..." (16 bytes, in the order of memory). */
function parseRegisters(pairs: readonly string[]): Input<Registers> {
  const values: Record<string, bigint> = {};
  const vectors: Record<string, Uint8Array> = {};
  for (const pair of pairs) {
    const [name, value] = parsePair('register', pair);
    if (/^(?:xmm|st)\d/.test(name)) vectors[name] = parseBytes([value]);
    else values[name] = parseAddress(name, value);
  }
  return { values, vectors };
}

async function runText(client: UintrClient, machine: string, answer: RunMachineResponse): Promise<string> {
  const lines = [`${word(answer.stop_reason, 'STOP_REASON_')} at cycle ${answer.cycle}, ${answer.instructions} instructions`];
  if (answer.breakpoint !== '') lines.push(`breakpoint ${lastPart(answer.breakpoint)}, thread ${lastPart(answer.thread)}`);
  if (answer.event_sequence > 0n) {
    const { events } = await client.events.ListEvents({ parent: machine, start_sequence: answer.event_sequence, page_size: 1 });
    lines.push(...events.map(eventText));
  }
  return lines.join('\n');
}

export function addControlCommands(program: Command, withSession: WithSession): void {
  const machine = program.commands.find((command) => command.name() === 'machine')!;

  machine
    .command('run <machine>')
    .description('let time pass until the first of the given ends, a breakpoint, or until nothing can happen any more')
    .option('--until-cycle <n>', 'absolute virtual time')
    .option('--cycles <n>', 'so many more cycles')
    .option('--instructions <n>', 'so many more instructions of all vCPUs together')
    .option('--time <duration>', 'so much more virtual time, such as 10us')
    .option(
      '--event <kind[,field=value]>',
      'the next event of this kind, such as senduipi,tid=3; fields are pid, tid, vcpu and those of the kind',
    )
    .action((id: string, options: RunOptions) =>
      withSession(async ({ client, format }) => {
        const name = machineName(id);
        const number = (flag: string, text: string | undefined): bigint => (text === undefined ? 0n : BigInt(parseCount(flag, text, 1)));
        const nanoseconds = options.time === undefined ? 0 : Math.round(parseDuration('--time', options.time) * 1e9);
        const answer = await client.machines.RunMachine({
          name,
          until_cycle: number('--until-cycle', options.untilCycle),
          cycles: number('--cycles', options.cycles),
          instructions: number('--instructions', options.instructions),
          ...(nanoseconds > 0 ? { virtual_time: { seconds: BigInt(Math.floor(nanoseconds / 1e9)), nanos: nanoseconds % 1e9 } } : {}),
          ...(options.event === undefined ? {} : { event: parseEventMatch(options.event) }),
        });
        if (format === 'table') console.log(await runText(client, name, answer));
        else printObject(format, 'uintr.v1.RunMachineResponse', answer);
      }),
    );

  machine
    .command('step <machine>')
    .description('let one thread, or one vCPU, execute instructions')
    .option('--thread <tid>', 'this thread')
    .option('--vcpu <n>', 'what this vCPU runs', '0')
    .option('-n, --instructions <n>', 'how many', '1')
    .action((id: string, options: { readonly thread?: string; readonly vcpu: string; readonly instructions: string }) =>
      withSession(async ({ client, format }) => {
        const instructions = parseCount('--instructions', options.instructions, 1);
        const subject =
          options.thread === undefined
            ? { name: machineName(id), vcpu: parseCount('--vcpu', options.vcpu) }
            : { name: `${machineName(id)}/threads/${parseCount('--thread', options.thread, 1)}` };
        const answer = await client.machines.StepMachine({ ...subject, instructions });
        if (format !== 'table') return printObject(format, 'uintr.v1.StepMachineResponse', answer);
        const where =
          answer.thread === '' ? '' : `, thread ${lastPart(answer.thread)} at ${hex(answer.rip)} ${printable(answer.symbol)}`.trimEnd();
        console.log(`${word(answer.stop_reason, 'STOP_REASON_')} at cycle ${answer.cycle}, ${answer.instructions} instructions${where}`);
      }),
    );

  const memory = program.command('mem').description('memory of a machine (MACHINE), a process (MACHINE:PID) or a thread (MACHINE:tTID)');
  memory
    .command('read <subject> <address> [length]')
    .description('show bytes (64)')
    .option('--raw', 'the bytes themselves on standard output')
    .action((subject: string, address: string, length: string | undefined, options: { readonly raw?: boolean }) =>
      withSession(async ({ client, format }) => {
        const at = parseAddress('address', address);
        const request = { name: memoryName(subject), address: at, length: length === undefined ? 64 : parseCount('length', length) };
        const answer = await client.machines.ReadMemory(request);
        if (options.raw) process.stdout.write(answer.data);
        else if (format === 'table') console.log(hexDump(at, answer.data));
        else printObject(format, 'uintr.v1.ReadMemoryResponse', answer);
      }),
    );
  memory
    .command('write <subject> <address> <bytes...>')
    .description('write bytes given in hexadecimal')
    .action((subject: string, address: string, bytes: string[]) =>
      withSession(async ({ client }) => {
        await client.machines.WriteMemory({
          name: memoryName(subject),
          address: parseAddress('address', address),
          data: parseBytes(bytes),
        });
      }),
    );

  program
    .command('regs <machine> <tid> [name=value...]')
    .description('show the registers of a thread, or change some')
    .option('-a, --all', 'with x87 and SSE state')
    .action((id: string, tid: string, pairs: string[], options: { readonly all?: boolean }) =>
      withSession(async ({ client, format }) => {
        const name = `${machineName(id)}/threads/${parseCount('tid', tid, 1)}`;
        if (pairs.length > 0) await client.machines.WriteRegisters({ name, registers: parseRegisters(pairs) });
        const answer = await client.machines.ReadRegisters({ name });
        if (format === 'table') console.log(registerText(answer, options.all ?? false));
        else printObject(format, 'uintr.v1.ReadRegistersResponse', answer);
      }),
    );

  const breakpoints = program.command('break').description('breakpoints');
  breakpoints
    .command('add <machine> <pid> <place>')
    .description('stop before the instruction at an address (0x401000) or a symbol (handler+0x10)')
    .action((id: string, pid: string, place: string) =>
      withSession(async ({ client, format }) => {
        const parent = processName(id, parseCount('pid', pid, 1));
        const where = /^(?:0x|\d)/i.test(place) ? { address: parseAddress('place', place) } : { symbol: place };
        const { breakpoint } = await client.machines.CreateBreakpoint({ parent, ...where });
        if (format === 'table') console.log(lastPart(breakpoint!.name));
        else printObject(format, 'uintr.v1.Breakpoint', breakpoint!);
      }),
    );
  breakpoints
    .command('ls <machine>')
    .description('list them')
    .action((id: string) =>
      withSession(async ({ client, format }) => {
        const parent = machineName(id);
        const all = await everyPage(
          (page_token) => client.machines.ListBreakpoints({ parent, page_token }),
          (page) => page.breakpoints,
        );
        printList<Breakpoint>(format, 'uintr.v1.Breakpoint', all, [
          ['ID', (row) => lastPart(row.name)],
          ['PID', (row) => lastPart(row.process)],
          ['ADDRESS', (row) => hex(row.address)],
          ['SYMBOL', (row) => printable(row.symbol) || '-'],
          ['HITS', (row) => row.hits],
        ]);
      }),
    );
  breakpoints
    .command('rm <machine> <ids...>')
    .description('remove them')
    .action((id: string, ids: string[]) =>
      withSession(async ({ client }) => {
        for (const one of ids)
          await client.machines.DeleteBreakpoint({ name: `${machineName(id)}/breakpoints/${parseCount('id', one, 1)}` });
      }),
    );
}
