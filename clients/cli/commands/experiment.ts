// uintrctl experiment NAME | list: published measurements as one command, with checks and an exit code.

import { writeFile } from 'node:fs/promises';
import { EXPERIMENTS } from '../../experiments/catalog.ts';
import { OptionError } from '../../experiments/experiment.ts';
import { renderPage } from '../../experiments/report/html.ts';
import { runExperiment } from '../../experiments/run-experiment.ts';
import { resultText } from '../experiment-text.ts';
import { globalOptions } from '../global-options.ts';
import { table } from '../../../src/text/table.ts';
import { jsonText } from '../output.ts';
import { ownLabels, sweepOrphans } from '../owner.ts';
import { progressOn } from '../progress.ts';
import { parseCost, parseCount } from '../quantity.ts';
import { checkCostNames, collect } from '../spec-options.ts';
import { UsageError } from '../usage-error.ts';
import type { Command } from 'commander';
import type { AnyExperiment, Result } from '../../experiments/experiment.ts';
import type { WithSession } from '../program.ts';
import type { Session } from '../session.ts';

/** All checks hold; one does not; there is no result. */
const EXIT = { passed: 0, failed: 1, trouble: 125 } as const;

interface ExperimentOptions {
  readonly json?: string;
  readonly html?: string;
  readonly seed: string;
  readonly cost: readonly string[];
}

export function addExperimentCommands(program: Command, withSession: WithSession): void {
  const parent = program.command('experiment').description('measure, check and report');
  parent
    .command('list')
    .description('list experiments')
    .action((_: unknown, command: Command) => {
      const { output } = globalOptions(command);
      const rows = EXPERIMENTS.map(({ name, title, measures, sources }) => ({ name, title, measures, sources }));
      if (output === 'json') console.log(JSON.stringify(rows, null, 2));
      else if (output === 'jsonl') for (const row of rows) console.log(JSON.stringify(row));
      else
        console.log(
          table(rows, [
            ['NAME', (row) => row.name],
            ['TITLE', (row) => row.title],
          ]),
        );
    });

  for (const experiment of EXPERIMENTS) {
    const command = parent
      .command(experiment.name)
      .description(experiment.title)
      .option('--json <file>', 'write the result there, - for standard output')
      .option('--html <file>', 'write a report there: one page that needs nothing else')
      .option('--seed <n>', 'varies when things begin, and seeds the machines', '0')
      .option('--cost <name=cycles>', 'a cost of the model, may be repeated', collect, [])
      .addHelpText(
        'after',
        `\n${experiment.measures}\n\nExits with 0 when all checks pass, 1 when one fails, 2 for wrong usage, 125 when there is no result.`,
      );
    for (const { flags, description, fallback } of experiment.options)
      if (flags.includes('<')) command.option(flags, description, fallback);
      else command.option(flags, description);
    command.action((options: ExperimentOptions & Readonly<Record<string, string>>) =>
      withSession((session) => perform(session, experiment, options)),
    );
  }
}

async function perform(
  session: Session,
  experiment: AnyExperiment,
  options: ExperimentOptions & Readonly<Record<string, string>>,
): Promise<number> {
  const { seed, cost, json, html, ...own } = options;
  const declared = Object.fromEntries(
    experiment.options.map(({ flags, fallback }) => {
      const name = /^--([a-z-]+)/.exec(flags)![1]!;
      return [name, String(own[name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())] ?? fallback)];
    }),
  );
  const costs = Object.fromEntries(cost.map(parseCost).map(([name, value]) => [name, BigInt(value)]));
  const progress = progressOn();
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  const sweeping = session.local ? undefined : sweepOrphans(session.client);
  try {
    await checkCostNames(session.client, Object.keys(costs));
    const result = await runExperiment(experiment, {
      client: session.client,
      signal: stop.signal,
      labels: ownLabels('uintrctl-experiment'),
      seed: BigInt(parseCount('--seed', seed)),
      costs,
      options: declared,
      progress: (done, of, what) => progress.show(`${experiment.name}: ${done} of ${of}, ${what}`),
    });
    progress.clear();
    await sweeping;
    await write(session, experiment, result, json, html);
    return result.checks.every(({ pass }) => pass) ? EXIT.passed : EXIT.failed;
  } catch (error) {
    progress.clear();
    if (error instanceof UsageError) throw error;
    if (error instanceof OptionError) throw new UsageError(error.message);
    if (stop.signal.aborted) throw new UsageError(`${experiment.name}: interrupted`, EXIT.trouble);
    throw new UsageError(`${experiment.name}: ${session.explain(error)}`, EXIT.trouble);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, onSignal);
  }
}

async function write(
  { format }: Session,
  experiment: AnyExperiment,
  result: Result,
  json: string | undefined,
  html: string | undefined,
): Promise<void> {
  const blocks = experiment.describe(result);
  if (html !== undefined) {
    const { title, measures, sources } = experiment;
    await toFile('--html', html, renderPage({ title, measures, sources, blocks, result }));
  }
  if (json !== undefined && json !== '-') await toFile('--json', json, `${JSON.stringify(result, null, 2)}\n`);
  if (json === '-' || format === 'json') console.log(jsonText(result, 2));
  else if (format === 'jsonl') console.log(jsonText(result));
  else if (html !== '-') console.log(resultText(result, blocks, process.stdout.columns));
}

async function toFile(flag: string, path: string, text: string): Promise<void> {
  if (path === '-') {
    process.stdout.write(text);
    return;
  }
  await writeFile(path, text).catch((error: Error) => {
    throw new UsageError(`${flag}: ${error.message}`, EXIT.trouble);
  });
}
