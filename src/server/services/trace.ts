// Part of EventService: a machine's log in the formats of other tools, a piece at a time.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { API } from '../../gen/api.ts';
import { invalidField } from '../../machine/errors.ts';
import { Decoder } from '../../wire/decode.ts';
import { parseMachine } from '../resource-name.ts';
import { ChromeTrace } from '../trace/chrome-trace.ts';
import { jsonLine } from '../trace/json-lines.ts';
import type { EventService, ExportTraceRequest, ExportTraceResponse, ListEventsResponse, TraceFormat } from '../../gen/api.ts';
import type { Implementation, Send } from '../call.ts';
import type { EventLog } from '../events/event-log.ts';
import type { MachineHandle } from '../machine-handle.ts';
import type { MachineRegistry } from '../machine-registry.ts';
import type { Event } from '../../gen/api.ts';

/** Of one message; what comes between two turns of the daemon's loop is smaller than a millisecond or so. */
const PIECE_BYTES = 64 << 10;
const BATCH_EVENTS = 128;
const BATCH_BYTES = 64 << 10;

const KIND_NUMBERS = API.enums['uintr.v1.EventKind']!;
const decoder = new Decoder(API, false);

/** Text of a format, made of events. */
interface Formatter {
  add(event: Event): void;
  finish(): void;
  /** What has been made since the last time. */
  take(): string;
}

class JsonLines implements Formatter {
  private text = '';

  add(event: Event): void {
    this.text += jsonLine(event);
  }

  finish(): void {}

  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }
}

type MakeFormatter = (machines: MachineRegistry, handle: MachineHandle, complete: boolean) => Promise<Formatter> | Formatter;

const FORMATS: Readonly<Record<TraceFormat, MakeFormatter>> = {
  TRACE_FORMAT_UNSPECIFIED: () => new JsonLines(),
  TRACE_FORMAT_JSON_LINES: () => new JsonLines(),
  async TRACE_FORMAT_CHROME(machines, handle, complete) {
    const { hertz } = await machines.workers.leastLoaded().send('preset_costs', 0, { preset: handle.identity.spec.cost_preset });
    const trace = new ChromeTrace(hertz, await threadNames(handle));
    trace.complete = complete;
    return trace;
  },
};

/** Of threads that live; a machine that cannot be asked has none. */
async function threadNames(handle: MachineHandle): Promise<Map<number, string>> {
  try {
    const { threads } = await handle.send('list_threads', { pid: 0 });
    return new Map(threads.map(({ tid, name }) => [tid, name]));
  } catch {
    return new Map();
  }
}

function rangeOf(log: EventLog, request: ExportTraceRequest): { start: number; end: number } {
  const start = request.start_sequence === 0n ? log.oldest : Number(request.start_sequence);
  const end = request.end_sequence === 0n ? log.next : Math.min(Number(request.end_sequence), log.next);
  if (request.end_sequence !== 0n && request.start_sequence > request.end_sequence)
    throw invalidField('end_sequence', `must not be below start_sequence, ${start}; got ${request.end_sequence}`);
  // Where an export starts must be there.
  log.check(start);
  return { start, end };
}

/** Sends text as UTF-8 in pieces of at most PIECE_BYTES; `rest` goes with the next. */
class Pieces {
  private readonly send: Send<ExportTraceResponse>;
  private waiting: Buffer[] = [];
  private bytes = 0;

  constructor(send: Send<ExportTraceResponse>) {
    this.send = send;
  }

  async add(text: string): Promise<void> {
    if (text === '') return;
    const bytes = Buffer.from(text);
    this.waiting.push(bytes);
    this.bytes += bytes.length;
    if (this.bytes >= PIECE_BYTES) await this.flush(false);
  }

  async flush(all: boolean): Promise<void> {
    const whole = Buffer.concat(this.waiting);
    let at = 0;
    while (whole.length - at >= PIECE_BYTES || (all && at < whole.length)) {
      await this.send({ data: whole.subarray(at, at + PIECE_BYTES) });
      at += PIECE_BYTES;
    }
    const rest = whole.subarray(at);
    this.waiting = rest.length > 0 ? [rest] : [];
    this.bytes = rest.length;
  }
}

export function traceMethods(machines: MachineRegistry): Pick<Implementation<EventService>, 'ExportTrace'> {
  return {
    async ExportTrace(request, send, { signal }) {
      const handle = machines.get(parseMachine('parent', request.parent));
      const { log } = handle;
      const wanted = request.filter?.kinds ?? [];
      const kinds = wanted.length === 0 ? null : new Set(wanted.map((kind) => KIND_NUMBERS[kind]!));
      const { start, end } = rangeOf(log, request);
      const formatter = await FORMATS[request.format](machines, handle, kinds === null);
      const pieces = new Pieces(send);
      const reader = { cursor: start };
      log.readers.add(reader);
      try {
        while (reader.cursor < end) {
          signal.throwIfAborted();
          // The log may have dropped events while the client was slow: the sequences show it.
          const slice = await log.readAny(Math.max(reader.cursor, log.oldest), kinds, BATCH_EVENTS, BATCH_BYTES);
          const { events } = decoder.decode('uintr.v1.ListEventsResponse', Buffer.concat(slice.pieces)) as ListEventsResponse;
          for (const event of events) if (event.sequence < BigInt(end)) formatter.add(event);
          reader.cursor = slice.next;
          await pieces.add(formatter.take());
          await nextTurn();
        }
      } finally {
        log.readers.delete(reader);
      }
      formatter.finish();
      await pieces.add(formatter.take());
      await pieces.flush(true);
    },
  };
}
