import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endBrowser, noBrowser, openPanel, startBrowser } from './panel-page';

describe.skipIf(noBrowser !== undefined)(`panels${noBrowser === undefined ? '' : `: ${noBrowser}`}`, () => {
  beforeAll(startBrowser);
  afterAll(endBrowser);

  it('asks to be filled, and says where there is nothing to show', async () => {
    const panel = await openPanel([
      {
        kind: 'page',
        page: { kind: 'gone', title: 'This run is not there any more', words: 'It was deleted.' },
      },
    ]);
    expect(await panel.said()).toEqual([{ kind: 'ready' }]);
    expect(await panel.page.getByRole('alert').ariaSnapshot()).toMatchInlineSnapshot(`
      "- alert:
        - heading "This run is not there any more" [level=1]
        - paragraph: It was deleted."
    `);
    expect(panel.complaints).toEqual([]);
    await panel.close();
  });
});
