// Several jobs at a time; the results are in the order of the items, so how many ran together does not show in them.

/** The first failure is the whole's, when those that had begun are over; none begins after it. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atATime: number,
  run: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failure) {
      const index = next++;
      try {
        results[index] = await run(items[index]!, index);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(atATime, items.length)) }, worker));
  if (failure) throw failure.error;
  return results;
}
