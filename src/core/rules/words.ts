/** Numbers as the messages of rules write them. */

/** 0.000005 reads better as 5e-6. */
export function showNumber(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}

/** With one digit below 10 %: `2.5 %`, `31 %`. */
export function percent(share: number): string {
  const value = 100 * share;
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} %`;
}

/** `1 pair`, `2 pairs`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], last: 'and' | 'or' = 'and'): string {
  const tail = words.at(-1) ?? '';
  return words.length < 2 ? tail : `${words.slice(0, -1).join(', ')} ${last} ${tail}`;
}
