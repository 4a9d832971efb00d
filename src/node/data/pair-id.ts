import { createHash } from 'node:crypto';
import type { Pair } from './pairs';

/**
 * The identity of a pair, by which reference log-probabilities are found again: hexadecimal SHA-256 of
 * `JSON.stringify([prompt, chosen, rejected])` in UTF-8, with the tools and the arguments of the chat template behind
 * where there are some. Both trainers get it from here.
 */
export function pairId(pair: Pair): string {
  const { prompt, chosen, rejected } = pair;
  const more =
    pair.format === 'messages' && (pair.tools ?? pair.kwargs)
      ? [pair.tools ?? null, pair.kwargs ?? null]
      : [];
  return createHash('sha256')
    .update(JSON.stringify([prompt, chosen, rejected, ...more]), 'utf8')
    .digest('hex');
}

/** What tells a prompt from others: 16 hexadecimal digits of the SHA-256 of its JSON. */
export function promptKey({ prompt }: Pair): string {
  return createHash('sha256').update(JSON.stringify(prompt), 'utf8').digest('hex').slice(0, 16);
}
