import type { SweepArm } from '../../src/core/panels/sweep-arm';
import type { SweepPage } from '../../src/core/panels/sweep-page';
import { percent } from '../../src/core/words/numbers';

/** A column of the table of arms. */
export interface ArmColumn {
  readonly key: string;
  readonly title: string;
  /** What stands in it, with its unit: shown on demand. */
  readonly about: string;
  /** What rows are sorted by; those without a value come last. */
  sortBy(arm: SweepArm): number | string;
  /** Absent for what is more than words. */
  words?(arm: SweepArm): string;
  readonly isNumber?: boolean;
}

export function armColumns(quality: SweepPage['response']['quality']): readonly ArmColumn[] {
  const isJudged = quality === 'win rate';
  return [
    {
      key: 'beta',
      title: 'Beta',
      about: 'Strength of the pull to the reference',
      sortBy: ({ beta }) => beta,
      words: ({ beta }) => (Number.isNaN(beta) ? '' : String(beta)),
      isNumber: true,
    },
    {
      key: 'seed',
      title: 'Seed',
      about: 'Of the order of pairs',
      sortBy: ({ seed }) => seed,
      words: ({ seed }) => (Number.isNaN(seed) ? '' : String(seed)),
      isNumber: true,
    },
    { key: 'state', title: 'State', about: 'How the arm is', sortBy: ({ state }) => state },
    {
      key: 'verdict',
      title: 'Verdict',
      about: 'What the beta is, as far as the arms tell',
      sortBy: ({ verdict }) => VERDICTS.indexOf(verdict),
    },
    {
      key: 'alarms',
      title: 'Alarms',
      about: 'What goes wrong',
      sortBy: ({ alarms }) => -alarms.length,
    },
    {
      key: 'quality',
      title: isJudged ? 'Win rate' : 'Accuracy',
      about: isJudged
        ? 'Share of texts that the judge prefers to the reference, ties half'
        : 'Share of held-out pairs ranked as labelled',
      ...number(({ quality: share }) => share, percent),
    },
    {
      key: 'length',
      title: 'Length',
      about: 'Tokens of a text, times those of the reference',
      ...number(
        ({ lengthRatio }) => lengthRatio,
        (ratio) => `× ${ratio.toFixed(2)}`,
      ),
    },
    {
      key: 'ended',
      title: 'Ended',
      about: 'Share of texts that end by themselves',
      ...number(({ ended }) => ended, percent),
    },
    {
      key: 'eos',
      title: 'EOS drift',
      about: 'log p(end of sequence), policy minus reference, in nats',
      ...number(({ eosDrift }) => eosDrift, digits(2)),
    },
    {
      key: 'kl',
      title: 'KL',
      about: 'How far from the reference, in nats per token',
      ...number(({ kl }) => kl, digits(3)),
    },
    {
      key: 'margin',
      title: 'Margin / beta',
      about:
        'Reward margin of held-out pairs, or else of the newest step, divided by beta: nats. The curve is that of training',
      ...number(
        ({ margin }) => margin,
        (nats) => `${digits(2)(nats)} nats`,
      ),
    },
  ];
}

const VERDICTS: readonly SweepArm['verdict'][] = ['take this', 'not excluded', '', 'worse', 'past the cliff'];

function number(value: (arm: SweepArm) => number, words: (value: number) => string) {
  return {
    sortBy: value,
    words: (arm: SweepArm) => (Number.isFinite(value(arm)) ? words(value(arm)) : '–'),
    isNumber: true,
  };
}

/** As many after the point in each row, so that they stand below one another. */
function digits(count: number): (value: number) => string {
  return (value) => {
    const text = value.toFixed(count);
    return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
  };
}
