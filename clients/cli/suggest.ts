// "Did you mean ...?" for words that are not commands: commander does it for those.

/** Insertions, deletions, replacements and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = best;
    }
  return rows[a.length]![b.length]!;
}

/** '' or " (did you mean "x"?)": the nearest choice, if it is near enough. */
export function didYouMean(text: string, choices: readonly string[]): string {
  let best = '';
  let least = Math.max(1, Math.floor(text.length * 0.4)) + 1;
  for (const choice of choices) {
    const distance = choice.startsWith(text) && text.length > 1 ? 1 : editDistance(text.toLowerCase(), choice.toLowerCase());
    if (distance < least) [best, least] = [choice, distance];
  }
  return best === '' ? '' : ` (did you mean "${best}"?)`;
}
