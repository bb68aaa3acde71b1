// An experiment on a daemon of the test's own: runs of it with few repetitions, and what every result is held against.

import { afterAll, beforeAll, expect } from 'vitest';
import type { AnyExperiment, Result } from '../../clients/experiments/experiment.ts';
import { OptionError } from '../../clients/experiments/experiment.ts';
import { renderPage } from '../../clients/experiments/report/html.ts';
import { runExperiment } from '../../clients/experiments/run-experiment.ts';
import { connect, type UintrClient } from '../../clients/ts/client.ts';
import { type LocalDaemon, startLocalDaemon } from '../../clients/ts/local-daemon.ts';
import { wellFormed } from './well-formed.ts';

type Options = Readonly<Record<string, string>>;
type Costs = Readonly<Record<string, bigint>>;

export class ExperimentBench<Row> {
  /** "3/6 what", as runs told. */
  readonly progress: string[] = [];
  private readonly experiment: AnyExperiment;
  private readonly options: Options;
  private readonly seed: bigint;
  private daemon!: LocalDaemon;
  private client!: UintrClient;

  /** In a test file, outside of its tests. `options`: where the experiment's own are not used. */
  constructor(experiment: AnyExperiment, options: Options, seed = 1n) {
    this.experiment = experiment;
    this.options = {
      ...Object.fromEntries(experiment.options.map(({ flags, fallback }) => [/^--([a-z-]+)/.exec(flags)![1]!, fallback])),
      ...options,
    };
    this.seed = seed;
    beforeAll(async () => {
      this.daemon = await startLocalDaemon();
      this.client = connect(this.daemon.endpoint);
    }, 60_000);
    afterAll(async () => {
      this.client.close();
      await this.daemon.stop();
    });
  }

  measure(options: Options = {}, costs: Costs = {}, seed = this.seed): Promise<Result<Row>> {
    return runExperiment(this.experiment, {
      client: this.client,
      signal: new AbortController().signal,
      labels: { origin: 'test' },
      seed,
      costs,
      options: { ...this.options, ...options },
      progress: (done, of, what) => void this.progress.push(`${done}/${of} ${what}`),
    }) as Promise<Result<Row>>;
  }

  /** That these options are refused, and why. */
  async expectRefused(options: Options, message: string): Promise<void> {
    const failure = await this.measure(options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OptionError);
    expect((failure as Error).message).toContain(message);
  }

  /** That runs have left no machine and no program in the daemon. */
  async expectNothingLeft(): Promise<void> {
    expect((await this.client.machines.ListMachines({ parent: 'projects/default' })).machines).toEqual([]);
    expect((await this.client.artifacts.ListArtifacts({ parent: 'projects/default' })).artifacts).toEqual([]);
  }

  /** The report in HTML, which is whole. */
  page(result: Result<Row>): string {
    const { title, measures, sources } = this.experiment;
    const page = renderPage({ title, measures, sources, blocks: this.experiment.describe(result), result });
    expect(wellFormed(page)).toEqual([]);
    return page;
  }
}

/** What is equal between two runs. */
export function figuresOf({ wall_seconds: _, started_at: __, ...rest }: Result): unknown {
  return rest;
}

/** Names of the checks that do not hold. */
export function failuresOf({ checks }: Result): string[] {
  return checks.filter(({ pass }) => !pass).map(({ name }) => name);
}
