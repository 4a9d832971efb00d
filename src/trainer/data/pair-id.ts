import { createHash } from 'node:crypto';
import type { Pair } from '../../node/data/pairs';

/**
 * The identity of a pair, by which reference log-probabilities are found again: hexadecimal SHA-256 of
 * `JSON.stringify([prompt, chosen, rejected])` in UTF-8, each a text or a list of `{ role, content }` with the keys in
 * this order. Python computes the same with
 *
 *     json.dumps([prompt, chosen, rejected], ensure_ascii=False, separators=(',', ':')).encode('utf-8', 'backslashreplace')
 *
 * where `backslashreplace` writes a lone surrogate as JSON.stringify does: `\ud800`.
 */
export function pairId({ prompt, chosen, rejected }: Pair): string {
  return createHash('sha256')
    .update(JSON.stringify([prompt, chosen, rejected]), 'utf8')
    .digest('hex');
}
