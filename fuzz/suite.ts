// What every fuzzing suite takes and tells.

export interface FuzzOptions {
  /** The same seed and count do the same. */
  readonly seed: number;
  /** Where a suite of numbered inputs begins. */
  readonly from?: number;
  /** How much: rounds, inputs, whatever the suite counts. */
  readonly count: number;
  /** Says that time is up, before the count is reached. */
  readonly isOver?: () => boolean;
  readonly progress: (text: string) => void;
  /** Does everything twice and compares. */
  readonly twice?: boolean;
  /** Processes that share the work, where a suite can share it; 1 if absent. */
  readonly jobs?: number;
}

export interface FuzzReport {
  /** Each with what to run to see it again. */
  readonly problems: readonly string[];
}

export type FuzzSuite = (options: FuzzOptions) => Promise<FuzzReport>;
