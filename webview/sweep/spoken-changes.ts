import type { SweepPage } from '../../src/core/panels/sweep-page';

/** What a screen reader is told when a page takes the place of another: changes of state, not every number. */
export function spokenChanges(before: SweepPage | undefined, after: SweepPage): string {
  if (!before) return '';
  const states = new Map(before.arms.map(({ folder, state }) => [folder, state]));
  const changes = after.arms.flatMap(({ folder, state, beta, seed }) => {
    const known = states.get(folder);
    return known === undefined || known === state ? [] : [`Beta ${beta}, seed ${seed}: ${state}.`];
  });
  const { headline } = after.answer;
  return [...changes, ...(headline === before.answer.headline ? [] : [`${headline}.`])].join(' ');
}
