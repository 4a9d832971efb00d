/** Does something with all items, a batch at a time: a thousand files at once would be too many to have open. */
export async function inBatches<T, R>(
  items: readonly T[],
  size: number,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += size)
    results.push(...(await Promise.all(items.slice(start, start + size).map(act))));
  return results;
}
