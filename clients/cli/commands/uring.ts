// uintrctl uring: io_uring rings of remote threads, and the state of every ring of a machine.

import { everyPage, machineName } from '../names.ts';
import { jsonText, lastPart, printList, printObject } from '../output.ts';
import { parseChoice, parseCount } from '../quantity.ts';
import { OPERATION_NAMES, parseInteger, parseOperation, parseVirtualTime } from '../request-words.ts';
import { EXIT } from '../run.ts';
import { UsageError } from '../usage-error.ts';
import { threadName } from './remote.ts';
import type { Command } from 'commander';
import type { CompletionEntry, RegisterResourcesRequest, Ring, SupportedOpcode, UnregisterKind } from '../../../src/gen/api.ts';
import type { Input } from '../../../src/wire/encode.ts';
import type { WithSession } from '../program.ts';

const RESOURCES = ['files', 'buffers', 'eventfd', 'uintr'] as const;
/** WaitCompletions: those that are there, without waiting. */
const NO_WAIT = 0xffff_ffff;

const ringName = (machine: string, ring: string): string => `${machineName(machine)}/rings/${parseCount('ring', ring)}`;
const integers = (flag: string, text: string): number[] => text.split(',').map((item) => Number(parseInteger(flag, item)));

interface SetupOptions {
  readonly entries: string;
  readonly cqEntries: string;
  readonly flags: string;
  readonly uintrFd?: string;
}

interface RegisterOptions {
  readonly files?: string;
  readonly buffers?: string;
  readonly eventfd?: string;
  readonly uintrFd?: string;
  readonly probe?: boolean;
  readonly unregister?: string;
}

interface WaitOptions {
  readonly least: string;
  readonly most: string;
  readonly timeout?: string;
}

interface CancelOptions {
  readonly userData?: string;
  readonly fd?: string;
  readonly any?: boolean;
  readonly all?: boolean;
}

export function addUringCommands(program: Command, withSession: WithSession): void {
  const uring = program.command('uring').description('io_uring rings');

  uring
    .command('ls <machine>')
    .description('list the rings of a machine, of programs too')
    .action((machine: string) =>
      withSession(async ({ client, format }) => {
        const parent = machineName(machine);
        const rings = await everyPage(
          (page_token) => client.uring.ListRings({ parent, page_token }),
          (page) => page.rings,
        );
        printList<Ring>(format, 'uintr.v1.Ring', rings, [
          ['RING', (row) => row.ring],
          ['PID', (row) => row.pid],
          ['FD', (row) => row.fd],
          ['SQ', (row) => row.sq_entries],
          ['CQ', (row) => row.cq_entries],
          ['FLAGS', (row) => `0x${row.setup_flags.toString(16)}`],
          ['REMOTE THREAD', (row) => lastPart(row.thread)],
        ]);
      }),
    );

  uring
    .command('state <machine> <ring>')
    .description('heads, tails, resources, and requests in flight')
    .action((machine: string, ring: string) =>
      withSession(async ({ client, format }) => {
        printObject(format, 'uintr.v1.GetRingStateResponse', await client.uring.GetRingState({ name: ringName(machine, ring) }));
      }),
    );

  uring
    .command('setup <machine> <tid>')
    .description('io_uring_setup on a remote thread; prints the number of the ring')
    .option('--entries <n>', 'of the submission ring, 1 to 32768', '8')
    .option('--cq-entries <n>', 'of the completion ring; 0 for twice the entries', '0')
    .option('--flags <bits>', 'IORING_SETUP_*', '0')
    .option('--uintr-fd <fd>', 'profile rfc: vector descriptor of io_uring_params')
    .action((machine: string, tid: string, options: SetupOptions) =>
      withSession(async ({ client, format }) => {
        const answer = await client.uring.SetupRing({
          thread: threadName(machine, tid),
          entries: parseCount('--entries', options.entries, 1),
          cq_entries: parseCount('--cq-entries', options.cqEntries),
          setup_flags: Number(parseInteger('--flags', options.flags)),
          ...(options.uintrFd === undefined ? {} : { uintr_fd: parseCount('--uintr-fd', options.uintrFd) }),
        });
        if (format === 'table') console.log(answer.ring!.ring);
        else printObject(format, 'uintr.v1.SetupRingResponse', answer);
      }),
    );

  uring
    .command('register <machine> <ring>')
    .description('io_uring_register: one of its options')
    .option('--files <fds>', 'with commas between, -1 for an empty slot')
    .option('--buffers <sizes>', 'bytes of each, with commas between')
    .option('--eventfd <fd>', 'completions are counted there')
    .option('--uintr-fd <fd>', 'completions arrive as user interrupts')
    .option('--probe', 'list the operations')
    .option('--unregister <what>', RESOURCES.join(', '))
    .action((machine: string, ring: string, options: RegisterOptions) =>
      withSession(async ({ client, format }) => {
        const answer = await client.uring.RegisterResources({ ring: ringName(machine, ring), ...resourcesOf(options) });
        if (format !== 'table' || !options.probe) return printObject(format, 'uintr.v1.RegisterResourcesResponse', answer);
        printList<SupportedOpcode>(format, 'uintr.v1.SupportedOpcode', answer.opcodes, [
          ['OPCODE', (row) => row.opcode],
          ['NAME', (row) => row.name],
          ['SUPPORTED', (row) => (row.supported ? 'yes' : 'no')],
        ]);
      }),
    );

  uring
    .command('submit <machine> <ring> <operations...>')
    .description('fill submission entries and call io_uring_enter')
    .addHelpText(
      'after',
      `
An operation is its name with its fields, as in the API's SubmissionEntry, and user_data and flags:
  nop  read,fd=3,length=64,user_data=7  write,fd=1,data=hello  timeout,duration=1ms
  openat,path=/etc/hostname  writev,fd=1,data=one+two  cancel,user_data=7  raw=HEX
There are ${OPERATION_NAMES.join(', ')}.`,
    )
    .action((machine: string, ring: string, operations: string[]) =>
      withSession(async ({ client, format }) => {
        const entries = operations.map(parseOperation);
        const answer = await client.uring.SubmitOps({ ring: ringName(machine, ring), entries });
        if (format === 'table') console.log(answer.submitted);
        else printObject(format, 'uintr.v1.SubmitOpsResponse', answer);
        return answer.submitted === entries.length ? 0 : 1;
      }),
    );

  uring
    .command('wait <machine> <ring>')
    .description('take completions off the ring')
    .option('--least <n>', 'wait for so many; 0 for those that are there', '1')
    .option('--most <n>', 'at most so many; 0 for all', '0')
    .option('--timeout <duration>', 'of virtual time; exits with 124')
    .action((machine: string, ring: string, options: WaitOptions) =>
      withSession(async ({ client, format }) => {
        const least = parseCount('--least', options.least);
        const { completions, timed_out } = await client.uring.WaitCompletions({
          ring: ringName(machine, ring),
          min_completions: least === 0 ? NO_WAIT : least,
          max_completions: parseCount('--most', options.most),
          timeout: options.timeout === undefined ? undefined : parseVirtualTime('--timeout', options.timeout),
        });
        printList<CompletionEntry>(format, 'uintr.v1.CompletionEntry', completions, [
          ['USER_DATA', (row) => row.user_data],
          ['RESULT', (row) => `${row.result}${row.error === '' ? '' : ` ${row.error}`}`],
          ['FLAGS', (row) => `0x${row.flags.toString(16)}`],
          ['DATA', (row) => (row.data.length === 0 ? '' : jsonText(Buffer.from(row.data).toString('latin1')))],
        ]);
        return timed_out ? EXIT.timeout : 0;
      }),
    );

  uring
    .command('cancel <machine> <ring>')
    .description('cancel requests: one of --user-data, --fd, --any')
    .option('--user-data <n>', 'of the request')
    .option('--fd <fd>', 'that it is about')
    .option('--any', 'whatever there is')
    .option('--all', 'every one that matches, not the first')
    .action((machine: string, ring: string, options: CancelOptions) =>
      withSession(async ({ client, format }) => {
        const target = exactlyOne('uring cancel', [
          ['--user-data', options.userData && { user_data: BigInt.asUintN(64, parseInteger('--user-data', options.userData)) }],
          ['--fd', options.fd && { fd: parseCount('--fd', options.fd) }],
          ['--any', options.any && { any: true }],
        ]);
        const answer = await client.uring.CancelOps({
          ring: ringName(machine, ring),
          target: { ...target, all: options.all ?? false },
        });
        printObject(format, 'uintr.v1.CancelOpsResponse', answer);
      }),
    );

  uring
    .command('close <machine> <ring>')
    .description('munmap and close')
    .action((machine: string, ring: string) =>
      withSession(async ({ client, format }) => {
        const answer = await client.uring.CloseRing({ name: ringName(machine, ring) });
        if (format !== 'table') printObject(format, 'uintr.v1.CloseRingResponse', answer);
      }),
    );
}

function resourcesOf(options: RegisterOptions): Omit<Input<RegisterResourcesRequest>, 'ring'> {
  return exactlyOne<Omit<Input<RegisterResourcesRequest>, 'ring'>>('uring register', [
    ['--files', options.files && { files: { fds: integers('--files', options.files) } }],
    ['--buffers', options.buffers && { buffers: { sizes: integers('--buffers', options.buffers) } }],
    ['--eventfd', options.eventfd && { eventfd: parseCount('--eventfd', options.eventfd) }],
    ['--uintr-fd', options.uintrFd && { uintr_fd: parseCount('--uintr-fd', options.uintrFd) }],
    ['--probe', options.probe && { probe: true }],
    [
      '--unregister',
      options.unregister && {
        unregister: `UNREGISTER_KIND_${parseChoice('--unregister', options.unregister, RESOURCES).toUpperCase()}` as UnregisterKind,
      },
    ],
  ]);
}

function exactlyOne<T extends object>(command: string, choices: readonly (readonly [string, T | '' | false | undefined])[]): T {
  const given = choices.filter(([, value]) => value);
  if (given.length !== 1) throw new UsageError(`${command}: give one of ${choices.map(([flag]) => flag).join(', ')}`);
  return given[0]![1] as T;
}
