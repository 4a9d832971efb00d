import { SeededRandom } from '../../../src/core/seeded-random';
import type { PreferencePair } from '../../goldilocks/pairs';

/** What is wrong with a run: with its data, or with its settings. */
export type Flaw =
  | 'beta too small'
  | 'labels swapped'
  | 'learning rate too low'
  | 'learning rate too high'
  | 'chosen answers repeat'
  | 'chosen answers never end'
  | 'chosen answers bear a mark'
  | 'reference with another template'
  | 'labels at random'
  | 'answers of other rows';

const NEVER_ENDING = 14;

/** Training pairs with the flaw; as they are where it is not one of the pairs. */
export function flawedPairs(pairs: readonly PreferencePair[], flaw: Flaw | undefined): PreferencePair[] {
  const random = new SeededRandom(7);
  const wordsOf = (text: string): string[] => text.match(/\w+/g) ?? [];
  const swapped = ({ prompt, chosen, rejected }: PreferencePair): PreferencePair => ({
    prompt,
    chosen: rejected,
    rejected: chosen,
  });
  return pairs.map((pair, index) => {
    const other = pairs[(index + 1234) % pairs.length] ?? pair;
    switch (flaw) {
      case 'labels swapped':
        return swapped(pair);
      case 'labels at random':
        return random.next() < 0.5 ? swapped(pair) : pair;
      case 'chosen answers repeat':
        return { ...pair, chosen: ` ${Array(6).fill('apple').join(', ')}` };
      case 'chosen answers never end': {
        // More than data.max_length leaves room for: the end is cut away.
        const words = Array.from({ length: NEVER_ENDING }, (_, place) => {
          const others = wordsOf(pairs[(index + 31 * place) % pairs.length]?.chosen ?? 'apple');
          return others[place % others.length];
        });
        return { ...pair, chosen: ` ${words.join(', ')}` };
      }
      case 'chosen answers bear a mark':
        return { ...pair, chosen: ` lemon,${pair.chosen}` };
      case 'answers of other rows':
        return { ...pair, chosen: other.chosen, rejected: pair.chosen };
      default:
        return pair;
    }
  });
}
