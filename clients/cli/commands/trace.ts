// uintrctl trace: a machine's log as a file for other tools.

import { machineName } from '../names.ts';
import { parseChoice, parseCount } from '../quantity.ts';
import { writePieces } from '../write-pieces.ts';
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
        const pieces = client.events.ExportTrace({ parent: machineName(id), format, start_sequence, end_sequence });
        await writePieces('trace', pieces, ({ data }) => data, options.out);
      }),
    );
}
