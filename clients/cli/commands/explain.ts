// uintrctl explain: why has my interrupt not arrived?

import { lastPart, printList, word } from '../output.ts';
import { machineName } from '../names.ts';
import { printable } from '../../../src/text/printable.ts';
import { parseCount } from '../quantity.ts';
import { UsageError } from '../usage-error.ts';
import type { Command } from 'commander';
import type { ExplainDeliveryResponse } from '../../../src/gen/api.ts';
import type { UintrClient } from '../../ts/client.ts';
import type { WithSession } from '../program.ts';

interface ExplainOptions {
  readonly thread?: string;
  readonly interrupt?: string;
  readonly sender?: string;
  readonly index?: string;
}

/** A verdict first, then the sentence, what to do, what blocks, and the way so far. */
export function explanationText(found: ExplainDeliveryResponse): string {
  const lines = [`${word(found.verdict, 'DELIVERY_VERDICT_').toUpperCase().replaceAll('_', ' ')}: ${found.summary}`];
  if (found.remedy !== '') lines.push(`  to do: ${found.remedy}`);
  for (const { verdict, text, since_cycle, place } of found.obstacles) {
    const since =
      since_cycle === 0n ? '' : `, since cycle ${since_cycle}${since_cycle <= found.cycle ? ` (${found.cycle - since_cycle} ago)` : ''}`;
    lines.push(`  - ${word(verdict, 'DELIVERY_VERDICT_')}: ${text}${since}${place === '' ? '' : `, at ${place}`}`);
  }
  if (found.legs.length > 0) {
    const width = Math.max(...found.legs.map(({ leg }) => leg.length));
    lines.push('  the way so far:');
    for (const { leg, cycle, cycles, vcpu, tid, text } of found.legs)
      lines.push(
        `    ${String(cycle).padStart(12)}  ${`+${cycles}`.padStart(8)}  vcpu${vcpu}  thread ${tid}  ${leg.padEnd(width)}  ${text}`,
      );
  }
  return lines.map(printable).join('\n');
}

/** What the options ask for; without any, every thread that has a handler registered or had one. */
async function subjects(client: UintrClient, parent: string, { thread, interrupt, sender, index }: ExplainOptions): Promise<object[]> {
  const threadName = (flag: string, tid: string): string => `${parent}/threads/${parseCount(flag, tid, 1)}`;
  const given = [thread, interrupt, sender].filter((option) => option !== undefined).length;
  if (given > 1) throw new UsageError('explain: --thread, --interrupt and --sender exclude each other');
  if ((sender === undefined) !== (index === undefined)) throw new UsageError('explain: --sender TID and --index N go together');
  if (thread !== undefined) return [{ receiver: threadName('--thread', thread) }];
  if (interrupt !== undefined) return [{ interrupt: parseCount('--interrupt', interrupt, 1) }];
  if (sender !== undefined) return [{ sender: { thread: threadName('--sender', sender), uitt_index: parseCount('--index', index!) } }];
  const { threads } = await client.uintr.GetUintrState({ name: parent });
  return threads.filter(({ upid }) => upid !== undefined).map((state) => ({ receiver: state.thread }));
}

export function addExplainCommand(program: Command, withSession: WithSession): void {
  program
    .command('explain <machine>')
    .description('tell why an interrupt has not arrived, or how it did; without options of every receiver')
    .option('--thread <tid>', 'all that stands between this thread and its next interrupt')
    .option('--interrupt <number>', 'one interrupt, by its number in the events')
    .option('--sender <tid>', 'what this thread’s SENDUIPI would do, or did last ...')
    .option('--index <number>', '... with this operand')
    .action((id: string, options: ExplainOptions) =>
      withSession(async ({ client, format }) => {
        const parent = machineName(id);
        const found: ExplainDeliveryResponse[] = [];
        for (const subject of await subjects(client, parent, options))
          found.push(await client.uintr.ExplainDelivery({ parent, ...subject }));
        if (format !== 'table') printList(format, 'uintr.v1.ExplainDeliveryResponse', found, []);
        else if (found.length === 0) console.log(`no thread of ${printable(lastPart(parent))} receives user interrupts`);
        else console.log(found.map(explanationText).join('\n\n'));
      }),
    );
}
