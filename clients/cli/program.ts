// The command line of uintrctl: global flags, subcommands, and how a command fails.

import { Command, CommanderError } from 'commander';
import { WireError } from '../../src/wire/encode.ts';
import { ApiError } from '../ts/api-error.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addCompletionCommands } from './commands/completion.ts';
import { addContextCommands } from './commands/context.ts';
import { addExperimentCommands } from './commands/experiment.ts';
import { addControlCommands } from './commands/control.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addAccessCommands } from './commands/access.ts';
import { addLeaseCommands } from './commands/lease.ts';
import { addLoginCommands } from './commands/login.ts';
import { addProjectCommands } from './commands/project.ts';
import { addGuestCommands } from './commands/guest.ts';
import { addInspectCommands } from './commands/inspect.ts';
import { addMachineCommands } from './commands/machine.ts';
import { addRemoteCommands } from './commands/remote.ts';
import { addUringCommands } from './commands/uring.ts';
import { addReplayCommands } from './commands/replay.ts';
import { addSnapshotCommands } from './commands/snapshot.ts';
import { addTraceCommand } from './commands/trace.ts';
import { addGlobalOptions, globalOptions, inheritGlobalOptions } from './global-options.ts';
import { sweepOrphans } from './owner.ts';
import { EXIT, run } from './run.ts';
import { openSession } from './session.ts';
import { addRootOptions } from './root-options.ts';
import { addSpecOptions, collect } from './spec-options.ts';
import { UsageError } from './usage-error.ts';
import type { RunOptions } from './run.ts';
import type { GlobalOptions, Session, Target } from './session.ts';

/** Runs a command's work in a session; what the work returns is the exit code. */
export type WithSession = (work: (session: Session) => Promise<number | void>) => Promise<void>;

/** A sentence for people, for anything thrown. */
export function explain(error: unknown, target: Target | undefined): string {
  if (error instanceof ApiError) {
    if (error.status === 'UNAVAILABLE' && error.reason === '' && target)
      return `cannot reach a daemon at ${target.endpoint}, from ${target.by} (${error.message}); start one with "uintrd", name one with --endpoint or --context, or use --local`;
    if (error.status === 'UNAUTHENTICATED') return `${error.message}; log in with "uintrctl login ADDRESS", or set UINTRCTL_TOKEN`;
    return error.reason === '' ? `${error.status}: ${error.message}` : `${error.message} [${error.reason}]`;
  }
  if (error instanceof UsageError || error instanceof WireError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Parses, runs and returns the exit code. */
export async function main(argv: readonly string[], version: string): Promise<number> {
  let exitCode = 0;
  const program = new Command('uintrctl');
  let invoked: Command = program;
  const globals = (): GlobalOptions => globalOptions(invoked);

  const withSession: WithSession = async (work) => {
    const session = await openSession(globals(), explain);
    try {
      exitCode = (await work(session)) ?? 0;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(session.explain(error), 1);
    } finally {
      await session.close();
    }
  };

  // For it and all its subcommands, which are added below and inherit it.
  program
    .exitOverride()
    .description('drives uintrd: emulated x86-64 machines with user interrupts')
    .version(version)
    .enablePositionalOptions()
    .showHelpAfterError('(--help behind a command tells what it takes)')
    .hook('preAction', (_, command) => void (invoked = command));
  addGlobalOptions(program);

  addMachineCommands(program, withSession);
  addControlCommands(program, withSession);
  addSnapshotCommands(program, withSession);
  addReplayCommands(program, withSession);
  addGuestCommands(program, withSession);
  addInspectCommands(program, withSession);
  addExplainCommand(program, withSession);
  addTraceCommand(program, withSession);
  addRemoteCommands(program, withSession);
  addUringCommands(program, withSession);
  addExperimentCommands(program, withSession);
  addContextCommands(program);
  addLoginCommands(program, withSession);
  addProjectCommands(program, withSession);
  addAccessCommands(program, withSession);
  addLeaseCommands(program, withSession);
  addAuditCommand(program, withSession);
  addCompletionCommands(program);

  addRootOptions(addSpecOptions(program.command('run <program> [args...]').description('run an x86-64 program in a machine of its own')))
    .option('--libs-from-host', 'bring the interpreter and libraries of this host that the dynamic program needs')
    .option('--file <host:guest>', 'put a file into the guest, may be repeated', collect, [])
    .option('-e, --env <name=value>', 'may be repeated', collect, [])
    .option('-t, --tty', 'give the program a terminal: line editing, job control, Ctrl-C inside (ctrl-] three times leaves)')
    .option('--events <file>', 'write all events there, one JSON object a line')
    .passThroughOptions()
    .addHelpText(
      'after',
      "\nWithout -t the program's streams are pipes, even at a terminal. The program is a file of this host: a static one, or any with --libs-from-host. With --root or --sysroot it is one of that file\nsystem. Exits with the program's code, 128+n for signal n, 124 on --timeout-virtual, 125 when uintrctl or the daemon failed or the\nmachine is quiescent, 126 if the program cannot be executed, 127 if it is not found.",
    )
    .action(async (path: string, args: string[], options: RunOptions) => {
      let describe = (error: unknown): string => explain(error, undefined);
      const opening = openSession(globals(), explain);
      const connecting = opening.then((session) => {
        describe = session.explain;
        return session.client;
      });
      connecting.catch(() => {});
      const sweeping = opening.then(
        (session) => (session.local ? undefined : sweepOrphans(session.client)),
        () => {},
      );
      try {
        exitCode = await run(connecting, [path, ...args], options);
      } catch (error) {
        if (error instanceof UsageError && error.exitCode !== 2) throw error;
        throw new UsageError(describe(error), EXIT.failed);
      } finally {
        await sweeping;
        await opening.then(
          (session) => session.close(),
          () => {},
        );
      }
    });

  inheritGlobalOptions(program);
  try {
    await program.parseAsync(argv as string[], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : argv[0] === 'run' ? EXIT.failed : 2;
    process.stderr.write(`uintrctl: ${explain(error, undefined)}\n`);
    return error instanceof UsageError ? error.exitCode : 1;
  }
}
