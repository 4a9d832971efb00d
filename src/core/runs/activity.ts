import type { Phase, TrainerLine } from './format';

/** What a trainer does, in words; undefined while it trains, which the step tells. */
export function activityOf({
  phase,
  done,
  total,
}: Pick<Extract<TrainerLine, { kind: 'phase' }>, 'phase' | 'done' | 'total'>): string | undefined {
  if (phase === 'training') return undefined;
  const words = Object.hasOwn(WORDS, phase) ? WORDS[phase] : phase;
  if (done === undefined || total === undefined || !(total > 0)) return words;
  // Bytes say nothing; their share does.
  if (phase === 'loading' || phase === 'reading') return `${words} ${Math.floor((100 * done) / total)} %`;
  return `${words} ${grouped(done)} of ${grouped(total)}`;
}

const WORDS: Readonly<Record<Exclude<Phase, 'training'>, string>> = {
  loading: 'loading the model',
  reading: 'reading pairs',
  tokenizing: 'tokenizing pairs',
  reference: 'reference log-probabilities',
  evaluating: 'evaluating',
  saving: 'saving the model',
};

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
