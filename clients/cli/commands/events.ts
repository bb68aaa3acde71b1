// uintrctl events: a machine's log, once or as it grows.

import { constants as os } from 'node:os';
import { API } from '../../../src/gen/api.ts';
import { eventText, flatEvent } from '../event-line.ts';
import { askedKinds, follow, isShown } from '../follow.ts';
import { Legs } from '../follow-legs.ts';
import { machineName } from '../names.ts';
import { jsonText } from '../output.ts';
import { parseCount } from '../quantity.ts';
import { collect } from '../spec-options.ts';
import { UsageError } from '../usage-error.ts';
import type { Command } from 'commander';
import type { Event, EventKind } from '../../../src/gen/api.ts';
import type { UintrClient } from '../../ts/client.ts';
import type { FollowRequest } from '../follow.ts';
import type { Format } from '../output.ts';
import type { WithSession } from '../program.ts';

const KIND_PREFIX = 'EVENT_KIND_';
const KINDS = Object.keys(API.enums['uintr.v1.EventKind']!).slice(1);
/** As of a shell for a command that a signal ended. */
const SIGNALLED = 128;

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
  readonly interrupt?: string;
  readonly thread?: string;
  readonly retry: string;
}

/** Until the machine is deleted, a signal comes, or no one reads any more. */
async function live(client: UintrClient, request: FollowRequest, retrySeconds: number): Promise<number> {
  const stop = new AbortController();
  let code = 0;
  const end = (signal: 'SIGINT' | 'SIGTERM' | 'SIGPIPE') => (): void => {
    code = SIGNALLED + os.signals[signal];
    stop.abort();
  };
  const listeners = { SIGINT: end('SIGINT'), SIGTERM: end('SIGTERM') };
  const closed = end('SIGPIPE');
  // A second signal ends us at once.
  for (const [signal, listener] of Object.entries(listeners)) process.once(signal, listener);
  process.stdout.once('error', closed);
  try {
    const ended = await follow(
      client,
      request,
      { line: (text) => process.stdout.write(`${text}\n`), say: (text) => process.stderr.write(`uintrctl: ${text}\n`) },
      { signal: stop.signal, giveUpAfter: retrySeconds * 1000 },
    );
    return code || ended;
  } finally {
    for (const [signal, listener] of Object.entries(listeners)) process.removeListener(signal, listener);
    process.stdout.removeListener('error', closed);
  }
}

async function list(client: UintrClient, request: FollowRequest, format: Format): Promise<void> {
  const { parent, from } = request;
  const legs = new Legs();
  const all: Event[] = [];
  let page_token = '';
  do {
    const page = await client.events.ListEvents({
      parent,
      filter: { kinds: askedKinds(request) },
      page_size: 4096,
      page_token,
      start_sequence: page_token === '' ? (from ?? 0) : 0,
    });
    page_token = page.next_page_token;
    for (const event of page.events) {
      if (!isShown(event, legs.marksOf(event), request)) continue;
      if (format === 'json') all.push(event);
      else console.log(format === 'table' ? eventText(event) : jsonText(flatEvent(event)));
    }
  } while (page_token !== '');
  if (format === 'json') console.log(jsonText(all.map(flatEvent), 2));
}

export function addEventsCommand(program: Command, withSession: WithSession): void {
  program
    .command('events <machine>')
    .description("print a machine's events")
    .option('-f, --follow', 'go on as they come, as a timeline')
    .option('-k, --kind <kind>', 'only these, may be repeated', collect, [])
    .option('--interrupt <number>', 'only the way of this user interrupt')
    .option('--thread <tid>', 'only what happens to this thread')
    .option('--from <sequence>', 'start there')
    .option('--retry <seconds>', 'with --follow: how long to look for a daemon that is gone', '60')
    .action((id: string, options: EventOptions) =>
      withSession(async ({ client, format }) => {
        const request: FollowRequest = {
          parent: machineName(id),
          kinds: options.kind.map(kindOf),
          json: format !== 'table',
          ...(options.from === undefined ? {} : { from: parseCount('--from', options.from, 1) }),
          ...(options.interrupt === undefined ? {} : { interrupt: BigInt(parseCount('--interrupt', options.interrupt, 1)) }),
          ...(options.thread === undefined ? {} : { thread: parseCount('--thread', options.thread, 1) }),
        };
        if (options.follow) return live(client, request, parseCount('--retry', options.retry));
        await list(client, request, format);
        return 0;
      }),
    );
}
