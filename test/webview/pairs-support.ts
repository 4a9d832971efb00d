import type { PairDetail, PairList, PairsPage, PairsQuestion } from '../../src/core/panels/pairs-page';
import type { FromPanel, ToPanel } from '../../src/core/panels/protocol';
import type { PanelPage } from './panel-page';

/** Answers the panel's next question about this; a text is told as a failure. */
export async function answer(
  panel: PanelPage,
  about: PairsQuestion,
  what: PairList | PairDetail | string,
): Promise<void> {
  const question = await asked(panel, about);
  const message: ToPanel =
    typeof what === 'string'
      ? { kind: 'answer', question, err: what }
      : { kind: 'answer', question, ok: what };
  await panel.send([message]);
}

/** The number of the newest question about this, as soon as there is one. */
export async function asked({ page, said }: PanelPage, about: PairsQuestion): Promise<number> {
  const wanted = JSON.stringify(about);
  await page.waitForFunction(
    (text: string) =>
      (window as unknown as { said: FromPanel[] }).said.some(
        (message) => message.kind === 'ask' && JSON.stringify(message.about) === text,
      ),
    wanted,
  );
  const questions = (await said()).flatMap((message) =>
    message.kind === 'ask' && JSON.stringify(message.about) === wanted ? [message.question] : [],
  );
  return Math.max(...questions);
}

export function pairsPage(page: Partial<PairsPage> = {}): ToPanel {
  return {
    kind: 'page',
    page: {
      kind: 'pairs',
      id: '20261123-141530-beta0.2-k3f9',
      folder: '/w/.dpo/runs/20261123-141530-beta0.2-k3f9',
      title: 'goldilocks, beta 0.2, pairs',
      state: 'completed',
      checkpoints: [0, 100, 500],
      words: '',
      ...page,
    },
  };
}
