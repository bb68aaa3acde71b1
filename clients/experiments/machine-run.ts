// One program from start to end on a machine of its own: what it wrote, and every event of the kinds asked for.

import type { Event, MachineSpec } from '../../src/gen/api.ts';
import type { Input } from '../../src/wire/encode.ts';
import type { CallOptions, UintrClient } from '../ts/client.ts';
import type { GuestProgram } from './guest-program.ts';

export interface RunRequest {
  readonly program: GuestProgram;
  readonly arguments: readonly string[];
  /** event_kinds decides which events come back. */
  readonly spec: Input<MachineSpec>;
  /** Put there before, from what has been uploaded. */
  readonly files?: readonly { readonly path: string; readonly artifact: string }[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface MachineRun {
  readonly stdout: string;
  readonly events: readonly Event[];
  /** Virtual time at the end. */
  readonly cycle: number;
  /** As the daemon completed it. */
  readonly spec: MachineSpec;
}

/** The program must exit with code 0. The machine is gone afterwards. */
export async function runOnMachine(client: UintrClient, request: RunRequest, signal: AbortSignal): Promise<MachineRun> {
  const { program, spec, labels } = request;
  const call: CallOptions = { signal };
  const { machine } = await client.machines.CreateMachine({ parent: client.project, machine: { labels, spec } }, call);
  const { name } = machine!;
  try {
    const { process: spawned } = await client.guest.SpawnProcess(
      {
        parent: name,
        image: program.image,
        path: `/bin/${program.name.replace('/', '-')}`,
        arguments: [program.name, ...request.arguments],
        files: request.files ?? [],
      },
      call,
    );
    await client.machines.StartMachine({ name }, call);
    const end = await client.guest.WaitProcess({ name: spawned!.name, until_quiescent: true }, call);
    const [stdout, stderr] = await consoleOf(client, spawned!.name, call);
    if (end.reason !== 'REASON_EXITED' || end.process!.signal !== 0 || end.process!.exit_code !== 0)
      throw new Error(
        `${program.name} ${request.arguments.join(' ')} did not end well: ${endText(end)}${stderr === '' ? '' : `\n${stderr}`}`,
      );
    const events = await eventsOf(client, name, call);
    return { stdout, events, cycle: Number(end.cycle), spec: machine!.spec! };
  } finally {
    await client.machines.DeleteMachine({ name }).catch(() => {});
  }
}

function endText({ reason, process, cycle }: Awaited<ReturnType<UintrClient['guest']['WaitProcess']>>): string {
  if (reason === 'REASON_EXITED') return process!.signal === 0 ? `exit code ${process!.exit_code}` : `killed by signal ${process!.signal}`;
  return reason === 'REASON_QUIESCENT'
    ? `every thread waits for ever (cycle ${cycle})`
    : `stopped at the limit of virtual time (cycle ${cycle})`;
}

async function consoleOf(client: UintrClient, name: string, call: CallOptions): Promise<[string, string]> {
  const parts = { STREAM_UNSPECIFIED: '', STREAM_STDOUT: '', STREAM_STDERR: '' };
  let missing = false;
  const attached = client.guest.AttachConsole(call);
  await attached.write({ attach: { name, no_follow: true } });
  attached.end();
  for await (const { output } of attached) {
    if (!output) continue;
    if (Number(output.offset) !== parts[output.stream].length) missing = true;
    parts[output.stream] += Buffer.from(output.data).toString('latin1');
  }
  if (missing) throw new Error('output of the program is no longer kept');
  return [parts.STREAM_STDOUT, parts.STREAM_STDERR];
}

async function eventsOf(client: UintrClient, parent: string, call: CallOptions): Promise<Event[]> {
  const events: Event[] = [];
  let page_token = '';
  do {
    const page = await client.events.ListEvents({ parent, page_size: 4096, page_token }, call);
    if (page.oldest_sequence > 1n)
      throw new Error(
        `the daemon's event log is too small for this run: ${page.oldest_sequence - 1n} events are gone (its option --event-log-bytes)`,
      );
    events.push(...page.events);
    page_token = page.next_page_token;
  } while (page_token !== '');
  return events;
}
