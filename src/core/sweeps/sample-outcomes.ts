import type { Sample } from '../runs/format';
import type { ArmOutcomes } from './decision/outcomes';

/**
 * Outcomes by prompt of an evaluation's texts: what the judge said of each; in a run of version 1, whose texts hold their
 * scores, the higher one wins. Texts that nobody judged are left out.
 *
 * @param judged outcomes by place of the text
 */
export function outcomesOf(
  samples: readonly Sample[],
  judged: ReadonlyMap<number, number>,
): ArmOutcomes['outcomes'] {
  const found = new Map<string, number[]>();
  samples.forEach((sample, item) => {
    const outcome = judged.get(item) ?? outcomeOfScores(sample);
    if (outcome === undefined) return;
    found.set(sample.prompt, [...(found.get(sample.prompt) ?? []), outcome]);
  });
  return Object.fromEntries(found);
}

function outcomeOfScores({ policy, reference }: Sample): number | undefined {
  const [own, other] = [policy.score, reference?.score];
  if (typeof own !== 'number' || typeof other !== 'number') return undefined;
  return own > other ? 1 : own === other ? 0.5 : 0;
}
