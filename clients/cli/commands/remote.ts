// uintrctl remote: threads of a machine whose program is whoever types. Each command is one system call or instruction on their vCPU.

import { RemoteThread } from '../../ts/remote-thread.ts';
import { machineName, processName } from '../names.ts';
import { jsonText, printObject } from '../output.ts';
import { printable } from '../../../src/text/printable.ts';
import { parseChoice, parseCount } from '../quantity.ts';
import { parseInteger, parseSyscallValue, parseVirtualTime } from '../request-words.ts';
import { EXIT } from '../run.ts';
import type { Command } from 'commander';
import type { BlockedReceiver, ExecuteSyscallResponse, Park, WaitForInterruptResponse } from '../../../src/gen/api.ts';
import type { WithSession } from '../program.ts';
import type { Session } from '../session.ts';

const PARKS = ['spin', 'block'] as const;
const BLOCKED = ['none', 'receiver', 'sender'] as const;
const BLOCKED_RECEIVER: Readonly<Record<(typeof BLOCKED)[number], BlockedReceiver>> = {
  none: 'BLOCKED_RECEIVER_NONE',
  receiver: 'BLOCKED_RECEIVER_WAITING_RECEIVER',
  sender: 'BLOCKED_RECEIVER_WAITING_SENDER',
};
const OUTCOME_EXIT: Readonly<Record<WaitForInterruptResponse['outcome'], number>> = {
  OUTCOME_UNSPECIFIED: EXIT.failed,
  OUTCOME_INTERRUPT: 0,
  OUTCOME_TIMED_OUT: EXIT.timeout,
  OUTCOME_VIRTUAL_LIMIT: EXIT.timeout,
  OUTCOME_QUIESCENT: EXIT.failed,
};

export const threadName = (machine: string, tid: string): string => `${machineName(machine)}/threads/${parseCount('tid', tid, 1)}`;

/** "3" is a descriptor of the thread's own process, "12/3" one of process 12, or a full name. */
export function descriptor(machine: string, text: string): number | string {
  if (text.startsWith('projects/')) return text;
  const [process, fd] = text.includes('/') ? (text.split('/', 2) as [string, string]) : [undefined, text];
  const number = parseCount('descriptor', fd);
  return process === undefined ? number : `${processName(machine, parseCount('descriptor', process, 1))}/fds/${number}`;
}

interface CreateOptions {
  readonly comm?: string;
  readonly park: string;
  readonly affinity?: string;
  readonly process?: string;
}

interface HandlerOptions {
  readonly manual?: boolean;
  readonly blocked: string;
  readonly masked?: boolean;
}

export function addRemoteCommands(program: Command, withSession: WithSession): void {
  const remote = program.command('remote').description('threads that execute what you type: system calls and user-interrupt instructions');

  remote
    .command('create <machine>')
    .description('make one and print its thread id')
    .option('--comm <text>', "the guest's name for it, at most 15 bytes")
    .option('--park <how>', `between commands: ${PARKS.join(' in user mode, or ')} in the kernel`, 'spin')
    .option('--affinity <mask>', 'bit n: may run on vCPU n')
    .option('--process <pid>', 'one more thread of this process, instead of a process of its own')
    .action((machine: string, options: CreateOptions) =>
      withSession(async ({ client, format }) => {
        const park: Park = `PARK_${parseChoice('--park', options.park, PARKS).toUpperCase()}` as Park;
        const { thread } = await client.guest.CreateRemoteThread({
          parent: options.process === undefined ? machineName(machine) : processName(machine, parseCount('--process', options.process, 1)),
          comm: options.comm ?? '',
          park,
          affinity: options.affinity === undefined ? 0 : Number(parseInteger('--affinity', options.affinity)),
        });
        if (format === 'table') console.log(thread!.tid);
        else printObject(format, 'uintr.v1.Thread', thread!);
      }),
    );

  remote
    .command('call <machine> <tid> <syscall> [values...]')
    .description('execute a system call, by name or number')
    .addHelpText(
      'after',
      '\nA value is an integer, or a pointer to text:STRING, hex:BYTES, @FILE or space:COUNT; a negative integer stands behind "--".',
    )
    .action((machine: string, tid: string, call: string, values: string[]) =>
      onThread(withSession, machine, tid, async (thread, { format }) => {
        const answer = await thread.syscall(/^\d+$/.test(call) ? Number(call) : call, values.map(parseSyscallValue));
        if (format === 'table') console.log(callText(call, answer));
        else printObject(format, 'uintr.v1.ExecuteSyscallResponse', answer);
        return answer.result < 0n ? 1 : 0;
      }),
    );

  remote
    .command('register-handler <machine> <tid>')
    .description('uintr_register_handler, and STUI')
    .option('--manual', 'stay in the handler until "uiret"')
    .option('--blocked <mode>', `what an interrupt does to it while it is blocked: ${BLOCKED.join(', ')}`, 'none')
    .option('--masked', 'leave UIF clear')
    .action((machine: string, tid: string, options: HandlerOptions) =>
      onThread(withSession, machine, tid, async (thread, { format }) => {
        const answer = await thread.registerHandler({
          mode: options.manual ? 'HANDLER_MODE_MANUAL' : 'HANDLER_MODE_AUTOMATIC',
          blockedReceiver: BLOCKED_RECEIVER[parseChoice('--blocked', options.blocked, BLOCKED)],
          keepMasked: options.masked ?? false,
        });
        printObject(format, 'uintr.v1.RegisterHandlerResponse', answer);
      }),
    );

  remote
    .command('vector-fd <machine> <tid> <vector>')
    .description('uintr_vector_fd: what senders register with')
    .action((machine: string, tid: string, vector: string) =>
      onThread(withSession, machine, tid, async (thread, { format }) => {
        printObject(format, 'uintr.v1.CreateVectorFdResponse', await thread.createVectorFd(parseCount('vector', vector)));
      }),
    );

  remote
    .command('register-sender <machine> <tid> <descriptor>')
    .description('uintr_register_sender, with FD of its own process or PID/FD of another')
    .action((machine: string, tid: string, text: string) =>
      onThread(withSession, machine, tid, async (thread, { format }) => {
        printObject(format, 'uintr.v1.RegisterSenderResponse', await thread.registerSender(descriptor(machine, text)));
      }),
    );

  remote
    .command('unregister-sender <machine> <tid> <index> [fd]')
    .description('uintr_unregister_sender; profile rfc takes the descriptor')
    .action((machine: string, tid: string, index: string, fd: string | undefined) =>
      onThread(withSession, machine, tid, async (thread, { format }) => {
        const sender = { uitt_index: parseCount('index', index), fd: fd === undefined ? 0 : parseCount('fd', fd) };
        printObject(format, 'uintr.v1.UnregisterSenderResponse', await thread.unregisterSender(sender));
      }),
    );

  remote
    .command('send <machine> <tid> <indexes...>')
    .description('SENDUIPI, once for each index')
    .action((machine: string, tid: string, indexes: string[]) =>
      onThread(withSession, machine, tid, async (thread, { format }) => {
        const operands = indexes.map((text) => BigInt.asUintN(64, parseInteger('index', text)));
        if (operands.length === 1) printObject(format, 'uintr.v1.SendUipiResponse', await thread.sendUipi(operands[0]!));
        else printObject(format, 'uintr.v1.SendUipisResponse', await thread.sendUipis(operands));
      }),
    );

  remote
    .command('wait <machine> <tid>')
    .description('make time pass until it has taken an interrupt, and print that')
    .option('--timeout <duration>', 'of virtual time')
    .option('--uintr-wait', 'in uintr_wait, instead of parked')
    .addHelpText(
      'after',
      '\nExits with 0 for an interrupt, 124 at the timeout or the limit of virtual time, 125 if none can come any more.',
    )
    .action((machine: string, tid: string, options: { readonly timeout?: string; readonly uintrWait?: boolean }) =>
      withSession(async ({ client, format }) => {
        const answer = await client.uintr.WaitForInterrupt({
          thread: threadName(machine, tid),
          mode: options.uintrWait ? 'WAIT_MODE_UINTR_WAIT' : 'WAIT_MODE_PARKED',
          timeout: options.timeout === undefined ? undefined : parseVirtualTime('--timeout', options.timeout),
        });
        printObject(format, 'uintr.v1.WaitForInterruptResponse', answer);
        return OUTCOME_EXIT[answer.outcome];
      }),
    );

  const simple: readonly [string, string, string, (thread: RemoteThread) => Promise<object>][] = [
    ['unregister-handler', 'uintr_unregister_handler', 'UnregisterHandlerResponse', (thread) => thread.unregisterHandler()],
    ['stui', 'set UIF', 'SetUserInterruptFlagResponse', (thread) => thread.stui()],
    ['clui', 'clear UIF', 'SetUserInterruptFlagResponse', (thread) => thread.clui()],
    ['uiret', 'return from a handler of --manual', 'ReturnFromInterruptResponse', (thread) => thread.uiret()],
  ];
  for (const [name, about, type, execute] of simple)
    remote
      .command(`${name} <machine> <tid>`)
      .description(about)
      .action((machine: string, tid: string) =>
        onThread(withSession, machine, tid, async (thread, { format }) => printObject(format, `uintr.v1.${type}`, await execute(thread))),
      );

  remote
    .command('testui <machine> <tid>')
    .description('print UIF')
    .action((machine: string, tid: string) =>
      onThread(withSession, machine, tid, async (thread, { format }) => {
        const uif = await thread.testui();
        console.log(format === 'table' ? Number(uif) : jsonText({ uif }));
      }),
    );
}

function onThread(
  withSession: WithSession,
  machine: string,
  tid: string,
  work: (thread: RemoteThread, session: Session) => Promise<number | void>,
): Promise<void> {
  return withSession((session) => work(new RemoteThread(session.client, threadName(machine, tid)), session));
}

/** As strace writes it, with what the call has left in memory. */
function callText(call: string, { result, error, outputs }: ExecuteSyscallResponse): string {
  const lines = [`${call} = ${result}${error === '' ? '' : ` ${error}`}`];
  for (const [at, bytes] of outputs.entries()) lines.push(`  output ${at}: ${bytes.length} bytes ${preview(bytes)}`);
  return lines.join('\n');
}

const PREVIEW_BYTES = 64;

function preview(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, PREVIEW_BYTES));
  const more = bytes.length > PREVIEW_BYTES ? ' ...' : '';
  const end = shown.findLastIndex((byte) => byte !== 0) + 1;
  const text = shown.subarray(0, end);
  const readable = end > 0 && text.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127));
  return readable ? `"${printable(text.toString('latin1'))}"${more}` : `${shown.toString('hex')}${more}`;
}
