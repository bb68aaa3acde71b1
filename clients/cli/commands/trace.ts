// uintrctl trace: a machine's log as a file for other tools.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { machineName } from '../names.ts';
import { parseChoice, parseCount } from '../quantity.ts';
import { UsageError } from '../usage-error.ts';
import type { Command } from 'commander';
import type { TraceFormat } from '../../../src/gen/api.ts';
import type { WithSession } from '../program.ts';

const FORMATS: Readonly<Record<string, TraceFormat>> = { jsonl: 'TRACE_FORMAT_JSON_LINES', chrome: 'TRACE_FORMAT_CHROME' };

interface TraceOptions {
  readonly format: string;
  readonly out: string;
  readonly from?: string;
  readonly to?: string;
}

/** Writes pieces in their order, no faster than the file takes them. */
async function write(pieces: AsyncIterable<{ readonly data: Uint8Array }>, path: string): Promise<void> {
  const target = path === '-' ? process.stdout : createWriteStream(path);
  let failure: unknown;
  target.once('error', (error) => (failure = error));
  for await (const { data } of pieces) {
    if (failure) break;
    if (!target.write(data)) await Promise.race([once(target, 'drain'), once(target, 'close')]).catch(() => {});
  }
  if (target !== process.stdout) {
    target.end();
    await finished(target).catch((error: unknown) => (failure ??= error));
  }
  if (failure && target !== process.stdout) throw new UsageError(`trace: ${(failure as Error).message}`, 1);
}

export function addTraceCommand(program: Command, withSession: WithSession): void {
  program
    .command('trace <machine>')
    .description("write a machine's events for other tools: chrome opens in Perfetto (ui.perfetto.dev), jsonl is an event a line")
    .option('--format <format>', Object.keys(FORMATS).join(' or '), 'chrome')
    .option('-o, --out <file>', 'where to; - is standard output', '-')
    .option('--from <sequence>', 'from this event on')
    .option('--to <sequence>', 'up to the one before this')
    .action((id: string, options: TraceOptions) =>
      withSession(async ({ client }) => {
        const format = FORMATS[parseChoice('--format', options.format, Object.keys(FORMATS))]!;
        const start_sequence = options.from === undefined ? 0 : parseCount('--from', options.from, 1);
        const end_sequence = options.to === undefined ? 0 : parseCount('--to', options.to, 1);
        await write(client.events.ExportTrace({ parent: machineName(id), format, start_sequence, end_sequence }), options.out);
      }),
    );
}
