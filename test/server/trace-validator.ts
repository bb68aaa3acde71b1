// Reads a Chrome trace as a viewer does (sorted by time, equal times in the order of the file) and reports everything that is wrong:
// slices that do not nest or end, arrows that begin nowhere or hang in the air, rows without a name.

export interface TraceEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly name: string;
  readonly cat?: string;
  readonly id?: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface Slice {
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly cat: string;
  readonly start: number;
  end: number;
  readonly depth: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** An arrow: the slices it goes through. */
export interface Flow {
  readonly id: string;
  readonly phases: string[];
  readonly slices: Slice[];
}

export interface ValidatedTrace {
  readonly problems: string[];
  readonly slices: Slice[];
  readonly flows: Flow[];
  readonly asyncs: { readonly id: string; readonly name: string; readonly start: number; end: number; readonly steps: string[] }[];
  readonly rows: ReadonlyMap<string, string>;
  readonly events: readonly TraceEvent[];
}

const PHASES = 'BEistfbneM';

export function validateTrace(text: string): ValidatedTrace {
  const problems: string[] = [];
  const { traceEvents } = JSON.parse(text) as { traceEvents: TraceEvent[] };
  const rows = new Map<string, string>();
  const processes = new Set<number>();
  const lastOf = new Map<string, number>();
  for (const event of traceEvents) {
    const row = `${event.pid}/${event.tid}`;
    if (!PHASES.includes(event.ph)) problems.push(`phase ${event.ph}`);
    if (![event.pid, event.tid].every((id) => Number.isSafeInteger(id) && id > 0 && id < 2 ** 31)) problems.push(`row ${row}`);
    if (event.ph === 'M') {
      if (event.name === 'thread_name') rows.set(row, event.args['name'] as string);
      if (event.name === 'process_name') processes.add(event.pid);
      continue;
    }
    if (typeof event.ts !== 'number' || !(event.ts >= 0)) problems.push(`ts of ${JSON.stringify(event)}`);
    if ('BEistf'.includes(event.ph)) {
      if (event.ts < (lastOf.get(row) ?? 0)) problems.push(`${row}: time goes back at ${JSON.stringify(event)}`);
      lastOf.set(row, event.ts);
    }
  }
  const timed = traceEvents.filter(({ ph }) => ph !== 'M').sort((a, b) => a.ts - b.ts);
  const slices: Slice[] = [];
  const stacks = new Map<string, Slice[]>();
  const flows = new Map<string, Flow>();
  const names = new Map<string, string>();
  const asyncs = new Map<string, ValidatedTrace['asyncs'][number]>();
  const ended: ValidatedTrace['asyncs'] = [];
  for (const event of timed) {
    const row = `${event.pid}/${event.tid}`;
    if (!processes.has(event.pid)) problems.push(`process ${event.pid} has no name`);
    if ('BE'.includes(event.ph) && !rows.has(row)) problems.push(`row ${row} has no name`);
    let stack = stacks.get(row);
    if (!stack) stacks.set(row, (stack = []));
    const key = `${event.cat} ${event.id}`;
    if (event.ph === 'B') {
      const { pid, tid, name, cat = '', ts, args } = event;
      const slice = { pid, tid, name, cat, start: ts, end: -1, depth: stack.length, args };
      stack.push(slice);
      slices.push(slice);
    } else if (event.ph === 'E') {
      const slice = stack.pop();
      if (slice) slice.end = event.ts;
      else problems.push(`${row}: an end without a beginning at ${event.ts}`);
    } else if ('stf'.includes(event.ph)) {
      let flow = flows.get(key);
      if (event.ph === 's') {
        if (flow) problems.push(`flow ${key} begins twice`);
        flows.set(key, (flow = { id: event.id!, phases: [], slices: [] }));
        names.set(key, event.name);
      }
      if (!flow) problems.push(`flow ${key} goes on before it begins`);
      else if (flow.phases.at(-1) === 'f') problems.push(`flow ${key} goes on behind its end`);
      if (names.get(key) !== event.name) problems.push(`flow ${key} changes its name`);
      const slice = stack.at(-1);
      if (slice) flow?.slices.push(slice);
      else problems.push(`flow ${key} is not in a slice, at ${event.ts}`);
      flow?.phases.push(event.ph);
    } else if (event.ph === 'b') {
      if (asyncs.has(key)) problems.push(`${key} begins twice`);
      asyncs.set(key, { id: event.id!, name: event.name, start: event.ts, end: -1, steps: [] });
    } else if (event.ph === 'n' || event.ph === 'e') {
      const open = asyncs.get(key);
      if (!open) problems.push(`${key}: ${event.ph} without b`);
      else if (event.ph === 'n') open.steps.push(event.name);
      else {
        open.end = event.ts;
        ended.push(open);
        asyncs.delete(key);
      }
    }
  }
  for (const [row, stack] of stacks) for (const slice of stack) problems.push(`${row}: ${slice.name} does not end`);
  for (const key of asyncs.keys()) problems.push(`${key} does not end`);
  return { problems, slices, flows: [...flows.values()], asyncs: ended, rows, events: traceEvents };
}
