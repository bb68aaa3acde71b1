// `uintrctl events --follow`: a machine's events as they come, over lost connections and resets, until it is deleted or we are told to stop.

import { ApiError } from '../ts/api-error.ts';
import { followEvents } from '../ts/follow-events.ts';
import { flatEvent } from './event-line.ts';
import { Legs } from './follow-legs.ts';
import { TimelineText } from './follow-text.ts';
import { everyPage } from './names.ts';
import { jsonText, lastPart } from './output.ts';
import { printable } from '../../src/text/printable.ts';
import type { Event, EventKind, StreamEventsRequest } from '../../src/gen/api.ts';
import type { Input } from '../../src/wire/encode.ts';
import type { FollowOptions } from '../ts/follow-events.ts';
import type { UintrClient } from '../ts/client.ts';
import type { Machine } from './follow-text.ts';
import type { Marks } from './follow-legs.ts';

export interface Shown {
  /** All if empty. */
  readonly kinds: readonly EventKind[];
  readonly interrupt?: bigint;
  readonly thread?: number;
}

export interface FollowRequest extends Shown {
  readonly parent: string;
  readonly from?: number;
  readonly json: boolean;
}

/** Where lines go: events, and what is to be said about the stream itself. */
export interface FollowOutput {
  readonly line: (text: string) => void;
  readonly say: (text: string) => void;
}

/** Kinds that the daemon may leave out: none where they are needed to tell what the shown ones belong to. */
export const askedKinds = ({ kinds, interrupt }: Shown): readonly EventKind[] => (interrupt === undefined ? kinds : []);

export function isShown(event: Event, { interrupts }: Marks, { kinds, interrupt, thread }: Shown): boolean {
  if (thread !== undefined && event.tid !== thread && event.signal_generated?.target_tid !== thread) return false;
  if (interrupt === undefined) return true;
  if (!interrupts.includes(interrupt)) return false;
  return kinds.length === 0 || kinds.some((kind) => event[kind.slice('EVENT_KIND_'.length).toLowerCase() as keyof Event] !== undefined);
}

async function machineOf(client: UintrClient, parent: string): Promise<Machine> {
  const { machine } = await client.machines.GetMachine({ name: parent });
  // A crashed machine tells neither; its events are there.
  const [hertz, threads] = await Promise.all([
    client.machines.GetCostTable({ machine: parent }).then(
      (costs) => Number(costs.hertz),
      () => 0,
    ),
    everyPage(
      (page_token) => client.guest.ListThreads({ parent, page_size: 1000, page_token }),
      (page) => page.threads,
    ).catch(() => []),
  ]);
  const names = threads.map(({ tid, comm }) => [tid, comm] as const);
  return { vcpus: machine!.spec!.vcpus, hertz: hertz || 2e9, names };
}

const seconds = (milliseconds: number): string => `${milliseconds / 1000} s`;

/** Returns the exit code. Throws what is wrong with the request itself. */
export async function follow(
  client: UintrClient,
  request: FollowRequest,
  { line, say }: FollowOutput,
  options: Pick<FollowOptions, 'signal' | 'firstDelay' | 'giveUpAfter'> = {},
): Promise<number> {
  const { parent, json } = request;
  const id = printable(lastPart(parent));
  const { giveUpAfter = 60_000 } = options;
  let start: Input<StreamEventsRequest> = request.from === undefined ? {} : { sequence: request.from };
  let heard = false;
  for (;;) {
    const text = json ? undefined : new TimelineText(await machineOf(client, parent));
    const legs = new Legs();
    let lost = false;
    const events = followEvents(
      client,
      { parent, filter: { kinds: askedKinds(request) }, ...start },
      {
        ...options,
        giveUpAfter,
        onDropped: (count, before) =>
          say(`${count} events before ${before} are missing: the log had dropped them before they could be read`),
        onReconnect: ({ message }) => {
          if (!lost) say(`the daemon does not answer (${printable(message)}); trying again for ${seconds(giveUpAfter)}`);
          lost = true;
        },
      },
    );
    if (text && !heard) line(text.heading());
    try {
      for await (const batch of events.batches()) {
        if (lost) say('the daemon answers again');
        lost = false;
        heard = true;
        for (const event of batch.events) {
          const marks = legs.marksOf(event);
          text?.note(event);
          if (options.signal?.aborted) return 0;
          if (isShown(event, marks, request)) line(text ? text.line(event, marks) : jsonText(flatEvent(event)));
        }
      }
      if (!options.signal?.aborted) say(`${id} was deleted`);
      return 0;
    } catch (error) {
      if (!(error instanceof ApiError) || !heard) throw error;
      if (error.reason === 'MACHINE_RESET') say(`${id} was reset; its events start again`);
      else if (error.reason === 'HISTORY_GONE')
        say(`the log no longer holds what comes next; going on from ${error.metadata['oldest_sequence'] ?? 'the oldest'}`);
      else if (error.reason === 'MACHINE_NOT_FOUND') {
        say(`${id} is not there any more`);
        return 1;
      } else throw error;
      start = { position: 'START_POSITION_OLDEST' };
    }
  }
}
