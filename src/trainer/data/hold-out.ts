import { SeededRandom } from '../../core/seeded-random';

/**
 * Which pairs are held out for evaluation. They are split by prompt: all pairs of a prompt stay on one side. Of n pairs,
 * min(n - 1, max(1, floor(fraction * n + 0.5))) are wanted; prompts, in the order in which they come first, are held out
 * in a random order (mulberry32 and Fisher-Yates, see `SeededRandom`) until there are so many, leaving out prompts that
 * would leave nothing to train on.
 *
 * @param prompts what tells a prompt from others, by pair
 * @param fraction share held out, in [0, 1); nothing is held out at 0
 * @param seed `training.seed`
 * @returns positions of the pairs
 */
export function holdOut(prompts: readonly string[], fraction: number, seed: number): ReadonlySet<number> {
  const held = new Set<number>();
  if (fraction === 0 || prompts.length < 2) return held;
  const wanted = Math.min(prompts.length - 1, Math.max(1, Math.floor(fraction * prompts.length + 0.5)));
  const groups = new Map<string, number[]>();
  for (const [position, prompt] of prompts.entries()) {
    const group = groups.get(prompt);
    if (group) group.push(position);
    else groups.set(prompt, [position]);
  }
  const ofPrompts = [...groups.values()];
  for (const index of new SeededRandom(seed).permutation(ofPrompts.length)) {
    if (held.size >= wanted) break;
    const group = ofPrompts[index] ?? [];
    if (held.size + group.length >= prompts.length) continue;
    for (const position of group) held.add(position);
  }
  return held;
}
