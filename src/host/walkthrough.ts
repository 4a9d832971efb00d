/** The first minutes with the extension, as the manifest has them. Pure data, so that scripts can load it. */

/** True once an example was opened; the command alone may have been cancelled. */
export const EXAMPLE_OPENED_KEY = 'dpoLab.exampleOpened';

/** True where there is a sweep, however it was started: commands of lenses are not seen by walkthroughs. */
export const HAS_SWEEP_KEY = 'dpoLab.hasSweep';

interface Step {
  readonly id: string;
  readonly title: string;
  /** A link on a line of its own is shown as a button; `toSide` keeps these steps in sight. No Markdown but bold text. */
  readonly description: string;
  readonly media: { readonly svg: string; readonly altText: string };
  readonly completionEvents: readonly string[];
}

const STEPS: readonly Step[] = [
  {
    id: 'openExample',
    title: 'Open an example',
    description:
      'A small policy, 4,000 preference pairs and one config, goldilocks.dpo.yaml. It trains on this machine in a minute and a half: no Python, no download, no account.\n[Open Example](command:toSide:dpoLab.openExample)',
    media: {
      svg: 'media/walkthrough/example.svg',
      altText:
        'The folder dpo-lab-examples with goldilocks.dpo.yaml, which names the policy, the pairs and the judge.',
    },
    completionEvents: [`onContext:${EXAMPLE_OPENED_KEY}`],
  },
  {
    id: 'readWarning',
    title: 'Read a warning',
    description:
      'A second config comes with the example, with mistakes that people really make. Rest the pointer on a wavy line: it says what is wrong, why, and offers a fix. The code of a problem, such as OPT001, leads to the evidence.\n[Open the Broken Config](command:toSide:dpoLab.openExample?%22broken%22)\n[Explain OPT001](command:dpoLab.explainRule?%22OPT001%22)',
    media: {
      svg: 'media/walkthrough/warning.svg',
      altText: 'A learning rate with a wavy line, and the hover that says it is 40 times what is usual.',
    },
    completionEvents: ['onCommand:dpoLab.explainRule'],
  },
  {
    id: 'sweepBeta',
    title: 'Sweep beta',
    description:
      'Beta is the strength of the pull towards the reference policy, and the first thing to tune. In goldilocks.dpo.yaml, press **Sweep 5 betas** at its top, or use the button of the experiment in the list. Five policies are trained from the same pairs, one after the other; each can be stopped and resumed.\n[Show Experiments](command:dpoLab.experiments.focus)',
    media: {
      svg: 'media/walkthrough/sweep.svg',
      altText: 'The list of runs with five arms, one for each beta, some of them done.',
    },
    completionEvents: [`onContext:${HAS_SWEEP_KEY}`],
  },
  {
    id: 'readCurve',
    title: 'Read the curve',
    description:
      'Open the sweep while it trains or when it is done. The best beta lies inside the grid; at the lowest, the policy forgets to end its texts, while loss and accuracy look fine. One seed cannot decide between neighbours: the panel says so, and offers to train more.\n[Open Sweep](command:toSide:dpoLab.openSweep)',
    media: {
      svg: 'media/walkthrough/curve.svg',
      altText:
        'Win rate over beta: 55 % at 5, 62 % at 1, the best 66 % at 0.2, 56 % at 0.04 and 39 % at 0.008, where log p(EOS) is 11 nats below the reference.',
    },
    completionEvents: ['onCommand:dpoLab.openSweep'],
  },
];

export const WALKTHROUGH = {
  id: 'firstSweep',
  title: 'From pairs to the right beta',
  description: 'An example, a warning, a sweep, a curve.',
  steps: STEPS,
};
