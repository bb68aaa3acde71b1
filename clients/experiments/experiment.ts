// What an experiment is: a declaration, a run on a client of the public API, and a description of its result for people.

import type { UintrClient } from '../ts/client.ts';
import type { Block } from './report/block.ts';

/** A value that JSON holds as it is. */
export type Data = null | boolean | number | string | readonly Data[] | { readonly [name: string]: Data };

export interface Check {
  readonly name: string;
  readonly expected: string;
  readonly measured: string;
  readonly pass: boolean;
  /** Why it is not judged: what it expects is of another setting. Then it passes. */
  readonly unjudged?: string;
}

/** What a run gives; the same twice for the same options. */
export interface Outcome<Row = unknown> {
  readonly rows: readonly Row[];
  readonly checks: readonly Check[];
  /** Machines, programs and options, completely. */
  readonly spec: Data;
}

/** What --json writes. */
export interface Result<Row = unknown> extends Outcome<Row> {
  readonly name: string;
  readonly versions: { readonly uintrd: string; readonly node: string };
  readonly wall_seconds: number;
  readonly started_at: string;
}

export interface ExperimentOption {
  /** As commander reads it: "--repetitions <n>"; without a value it is a flag, whose fallback is "false". */
  readonly flags: string;
  readonly description: string;
  readonly fallback: string;
}

export interface ExperimentContext {
  readonly client: UintrClient;
  readonly signal: AbortSignal;
  /** Of all machines. */
  readonly labels: Readonly<Record<string, string>>;
  readonly seed: bigint;
  /** Of all machines, by name, each in the unit of its row. */
  readonly costs: Readonly<Record<string, bigint>>;
  /** The declared options by their names, as given. */
  readonly options: Readonly<Record<string, string>>;
  progress(done: number, of: number, what: string): void;
}

/** An option whose value is of no use. */
export class OptionError extends Error {}

export interface Experiment<Row = never> {
  readonly name: string;
  readonly title: string;
  readonly measures: string;
  readonly sources: readonly string[];
  readonly options: readonly ExperimentOption[];
  run(context: ExperimentContext): Promise<Outcome<Row>>;
  describe(result: Result<Row>): readonly Block[];
}

/** The rows' type is between an experiment's run and its own describe. */
export type AnyExperiment = Omit<Experiment, 'run' | 'describe'> & {
  run(context: ExperimentContext): Promise<Outcome>;
  describe(result: Result): readonly Block[];
};

export function define<Row>(experiment: Experiment<Row>): AnyExperiment {
  return experiment as unknown as AnyExperiment;
}

/** An option that is an integer. */
export function integerOption(context: ExperimentContext, name: string, minimum: number, maximum: number): number {
  const text = context.options[name]!;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= minimum && value <= maximum))
    throw new OptionError(`--${name}: "${text}" is not an integer from ${minimum} to ${maximum}`);
  return value;
}

/** An option that is given or not. */
export function flagOption({ options }: ExperimentContext, name: string): boolean {
  return options[name] === 'true';
}
