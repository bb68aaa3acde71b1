// GuestService.AttachConsole: output of a spawned process to one client by byte offsets, and the client's input to it.

import { invalidField, MachineError } from '../../machine/errors.ts';
import { parseProcess } from '../resource-name.ts';
import type { AttachConsoleRequest, AttachConsoleResponse, ConsoleAttach } from '../../gen/api.ts';
import type { CallContext, Send } from '../call.ts';
import type { MachineHandle } from '../machine-handle.ts';
import type { MachineRegistry } from '../machine-registry.ts';

/** Of one message; larger output is split. */
const PIECE_BYTES = 1 << 20;

export async function attachConsole(
  machines: MachineRegistry,
  requests: AsyncIterable<AttachConsoleRequest>,
  send: Send<AttachConsoleResponse>,
  context: CallContext,
): Promise<void> {
  const iterator = requests[Symbol.asyncIterator]();
  const first = await iterator.next();
  const attach = first.done ? undefined : first.value.attach;
  if (!attach) throw invalidField('attach', 'must come in the first message');
  const { machine, pid } = parseProcess('attach.name', attach.name);
  const handle = machines.get(machine);
  if (!handle.hasConsole(pid))
    throw new MachineError('PROCESS_NOT_FOUND', `${machine} has no spawned process ${pid}`, { name: attach.name });

  // Whichever side fails ends the call; output that ends, ends it too.
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const input = forwardInput(handle, pid, iterator, send, signal);
  try {
    await Promise.race([forwardOutput(handle, pid, attach, send, signal), input.then(() => new Promise<never>(() => {}))]);
  } finally {
    stop.abort(new MachineError('CANCELLED', 'the console was detached'));
    input.catch(() => {});
  }
}

async function forwardOutput(
  handle: MachineHandle,
  pid: number,
  attach: ConsoleAttach,
  send: Send<AttachConsoleResponse>,
  signal: AbortSignal,
): Promise<void> {
  const console = handle.console(pid);
  const seen: Readonly<Record<1 | 2, number>> = { 1: Number(attach.stdout_offset), 2: Number(attach.stderr_offset) };
  const reader = console.attach();
  try {
    await send({ attached: {} });
    for (;;) {
      const chunk = console.read(reader);
      if (chunk === 'end') return;
      if (chunk === undefined) {
        if (attach.no_follow) return;
        await console.bell.wait(signal);
        continue;
      }
      const skip = Math.max(0, seen[chunk.stream] - chunk.offset);
      for (let at = skip; at < chunk.bytes.length; at += PIECE_BYTES)
        await send({
          output: {
            stream: chunk.stream === 1 ? 'STREAM_STDOUT' : 'STREAM_STDERR',
            offset: chunk.offset + at,
            data: chunk.bytes.subarray(at, at + PIECE_BYTES),
          },
        });
    }
  } finally {
    console.detach(reader);
  }
}

async function forwardInput(
  handle: MachineHandle,
  pid: number,
  requests: AsyncIterator<AttachConsoleRequest>,
  send: Send<AttachConsoleResponse>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const next = await requests.next();
    if (next.done || signal.aborted) return;
    const { attach, stdin, close_stdin, resize } = next.value;
    if (attach) throw invalidField('attach', 'must come in the first message only');
    if (stdin) {
      const { offset } = await handle.send('write_stdin', { pid, bytes: new Uint8Array(stdin) });
      if (signal.aborted) return;
      await send({ stdin_accepted: { offset } });
    } else if (close_stdin) await handle.send('close_stdin', { pid });
    else if (resize) await handle.send('resize_terminal', { pid, size: { rows: resize.rows, columns: resize.columns } });
  }
}
