// What all checks of a result come to, in words.

import type { Check } from '../experiment.ts';

export interface Verdict {
  readonly pass: boolean;
  readonly text: string;
}

/** Checks that are not judged count for nothing. */
export function verdictOf(checks: readonly Check[]): Verdict {
  const judged = checks.filter(({ unjudged }) => unjudged === undefined);
  const failed = judged.filter(({ pass }) => !pass).length;
  const left = checks.length - judged.length;
  const rest = left === 0 ? '' : `, ${left} ${left === 1 ? 'is' : 'are'} not judged`;
  const text = failed === 0 ? `all ${judged.length} checks pass` : `${failed} of ${judged.length} checks fail`;
  return { pass: failed === 0, text: text + rest };
}
