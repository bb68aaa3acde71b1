// uintrctl ps | exec | logs: what runs in a machine.

import { basename } from 'node:path';
import { GuestConsole } from '../guest-io.ts';
import { HostTerminal, hostWindow, requireTerminal, TerminalLeft } from '../host-terminal.ts';
import { everyPage, machineName, processName } from '../names.ts';
import { hex, printList, word } from '../output.ts';
import { linkOf, withLinks } from '../program-link.ts';
import { parseCount, parsePair } from '../quantity.ts';
import { quiescentReport } from '../quiescent-report.ts';
import { exitCodeOf, EXIT, readProgram, terminalEnvironment } from '../run.ts';
import { collect } from '../spec-options.ts';
import { UsageError } from '../usage-error.ts';
import type { Command } from 'commander';
import type { Process, SpawnProcessRequest, Thread, WaitProcessResponse } from '../../../src/gen/api.ts';
import type { Input } from '../../../src/wire/encode.ts';
import type { UintrClient } from '../../ts/client.ts';
import type { WithSession } from '../program.ts';

const exitText = (row: Process): string =>
  row.state === 'STATE_EXITED' ? (row.signal === 0 ? `exited ${row.exit_code}` : `signal ${row.signal}`) : word(row.state, 'STATE_');

const processes = (client: UintrClient, parent: string): Promise<Process[]> =>
  everyPage(
    (page_token) => client.guest.ListProcesses({ parent, page_token }),
    (page) => page.processes,
  );

interface ExecOptions {
  readonly upload?: boolean;
  readonly env: readonly string[];
  readonly detach?: boolean;
  readonly tty?: boolean;
}

export function addGuestCommands(program: Command, withSession: WithSession): void {
  program
    .command('ps <machine>')
    .description('list processes, or threads')
    .option('-T, --threads', 'threads instead')
    .action((id: string, options: { readonly threads?: boolean }) =>
      withSession(async ({ client, format }) => {
        const parent = machineName(id);
        if (options.threads) {
          const threads = await everyPage(
            (page_token) => client.guest.ListThreads({ parent, page_token }),
            (page) => page.threads,
          );
          printList<Thread>(format, 'uintr.v1.Thread', threads, [
            ['TID', (row) => row.tid],
            ['PID', (row) => row.pid],
            ['VCPU', (row) => row.vcpu],
            ['STATE', (row) => row.state],
            ['AT', (row) => row.symbol || hex(row.rip)],
            ['WAITS FOR', (row) => row.waiting_for || '-'],
            ['COMMAND', (row) => row.comm],
          ]);
          return;
        }
        printList<Process>(format, 'uintr.v1.Process', await processes(client, parent), [
          ['PID', (row) => row.pid],
          ['PPID', (row) => row.parent_pid],
          ['STATE', exitText],
          ['THREADS', (row) => row.threads],
          ['RSS', (row) => `${row.resident_bytes >> 10n}K`],
          ['COMMAND', (row) => row.arguments.join(' ') || row.path],
        ]);
      }),
    );

  program
    .command('exec <machine> <program> [args...]')
    .description('run a program of the guest (--upload: of this host) in a machine, and wait for it')
    .option('-u, --upload', 'PROGRAM is a file of this host')
    .option('-e, --env <name=value>', 'may be repeated', collect, [])
    .option('-d, --detach', 'print its pid and do not wait')
    .option('-t, --tty', 'give the program a terminal, which is ours meanwhile (ctrl-] three times leaves it running)')
    .passThroughOptions()
    .action((id: string, first: string, rest: string[], options: ExecOptions) =>
      withSession(async ({ client }) => {
        const [path, ...args] = first === '--' ? rest : [first, ...rest];
        if (path === undefined) throw new UsageError('exec: no program is named', EXIT.failed);
        if (options.tty && options.detach) throw new UsageError('exec: -t and -d exclude each other', EXIT.failed);
        if (options.tty) requireTerminal('exec', EXIT.failed);
        const parent = machineName(id);
        const image = options.upload ? await readProgram(path) : undefined;
        const place = image ? `/bin/${basename(path)}` : path;
        const request: Input<SpawnProcessRequest> = {
          parent,
          ...(image ? { image } : {}),
          path: place,
          arguments: [path, ...args],
          environment: [
            ...(options.tty ? Object.entries(terminalEnvironment()) : []),
            ...options.env.map((text) => parsePair('--env', text)),
          ].map((pair) => pair.join('=')),
          ...(options.tty ? { terminal: hostWindow() } : {}),
        };
        const { process: spawned } = await withLinks(image ? linkOf(path, place) : [], (files) =>
          client.guest.SpawnProcess({ ...request, files }),
        );
        if (options.detach) {
          console.log(spawned!.pid);
          return 0;
        }
        const guest = new GuestConsole(client, spawned!.name);
        const { machine } = await client.machines.GetMachine({ name: parent });
        if (machine!.state === 'MACHINE_STATE_CREATED' || machine!.state === 'MACHINE_STATE_PAUSED')
          process.stderr.write(
            `uintrctl: ${id} is ${word(machine!.state, 'MACHINE_STATE_')}: the program runs once it is started (uintrctl machine start ${id})\n`,
          );
        const host = options.tty ? new HostTerminal(guest) : null;
        // Before the first of its output is shown.
        host?.start(true);
        const following = guest.follow();
        const waiting = client.guest.WaitProcess({ name: spawned!.name, until_quiescent: true });
        let answer: WaitProcessResponse;
        try {
          answer = await Promise.race(host ? [waiting, host.left] : [waiting]);
          guest.finish(answer);
          await following;
        } catch (error) {
          if (!(error instanceof TerminalLeft)) throw error;
          throw new UsageError(
            `left by ctrl-] three times; process ${spawned!.pid} goes on (uintrctl logs -f ${id} ${spawned!.pid})`,
            EXIT.failed,
          );
        } finally {
          host?.stop();
        }
        if (answer.reason === 'REASON_EXITED') return exitCodeOf(answer.process!);
        if (answer.reason === 'REASON_VIRTUAL_LIMIT') return EXIT.timeout;
        process.stderr.write(quiescentReport(answer));
        return EXIT.failed;
      }),
    );

  program
    .command('logs <machine> [pid]')
    .description('print what a program that was spawned has written')
    .option('-f, --follow', 'go on until it ends')
    .action((id: string, pid: string | undefined, options: { readonly follow?: boolean }) =>
      withSession(async ({ client }) => {
        const spawned = (await processes(client, machineName(id))).filter((row) => row.spawned);
        const wanted = pid === undefined ? spawned.map((row) => row.pid) : [parseCount('pid', pid, 1)];
        if (options.follow && wanted.length !== 1)
          throw new UsageError(`--follow needs one pid of: ${spawned.map((row) => row.pid).join(' ') || '(no process)'}`);
        for (const one of wanted) {
          const guest = new GuestConsole(client, processName(id, one));
          await (options.follow ? guest.follow() : guest.print());
        }
      }),
    );
}
