import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { useCli, type Workplace } from '../cli/dpo-lab';
import { builtFile, endBrowser, noBrowser, openFile, startBrowser } from './panel-page';
import { knownArm } from './sweep-arms';

const SWEEP = '20261124-225829-sweep-x71b';
const newWorkplace = useCli();

/** Folders of a finished sweep of two betas with two seeds, as programs leave them. */
function writeSweep(work: Workplace): string[] {
  const arms = [0.1, 0.02].flatMap((beta) =>
    [0, 1].map((seed) => knownArm({ beta, seed, winRate: beta === 0.1 ? 0.5 : 0.7 + seed / 50 })),
  );
  const folder = (name: string) => path.join(work.folder, '.dpo', name);
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  for (const { id, run, status, eval: held } of arms) {
    const file = (name: string) => path.join(folder('runs'), id, name);
    write(file('run.json'), JSON.stringify(run));
    write(file('status.json'), JSON.stringify(status));
    const line = (split: string, step: number, values: object) =>
      `${JSON.stringify({ step, time: step, split, values })}\n`;
    const steps = Array.from({ length: 40 }, (_, index) => 5 * (index + 1));
    write(
      file('metrics.jsonl'),
      [
        ...steps.map((step) => line('train', step, { loss: 0.7 - step / 1000, log_ratio_margin: step / 50 })),
        line('eval', 200, held),
      ].join(''),
    );
    write(file('output.log'), 'A log with </script><script>alert(1)</script> and <!-- in it.\n');
  }
  const runs = arms.map(({ id }) => id);
  const sweep = { format: 1, id: SWEEP, runs, parallel: 1, stopDegenerate: false, trainer: ['node'] };
  write(path.join(folder('sweeps'), SWEEP, 'sweep.json'), JSON.stringify(sweep));
  return runs;
}

describe('dpo-lab report', () => {
  it('says where something is missing or in its way, and writes over nothing but a report', async () => {
    const work = newWorkplace();
    expect((await work.run(['report', 'last'])).stderr).toContain('There are no runs in');
    const [run = ''] = writeSweep(work);
    expect((await work.run(['report', 'nothere'])).stderr).toContain('There is no run nothere');
    expect((await work.run(['report', run])).stderr).toContain(
      'panel.js, which draws a report, is not there. Build it with npm run build',
    );
    writeFileSync(path.join(path.dirname(work.cli), 'panel.js'), 'void 0;');
    writeFileSync(path.join(path.dirname(work.cli), 'panel.css'), '');
    work.write('notes.html', '<p>Mine.</p>');
    const refused = await work.run(['report', run, '-o', 'notes.html']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('notes.html is there already and is no report.');
    expect((await work.run(['report', run, '-o', 'none/a.html'])).stderr).toContain(
      'none does not exist. Make the folder',
    );
    for (const _ of [1, 2]) expect((await work.run(['report', run, '-o', 'a.html'])).code).toBe(0);
    expect(readFileSync(work.path('notes.html'), 'utf8')).toBe('<p>Mine.</p>');
  });
});

describe.skipIf(noBrowser !== undefined)(
  `report in a browser${noBrowser === undefined ? '' : `: ${noBrowser}`}`,
  () => {
    let work: Workplace;
    let panel: Awaited<ReturnType<typeof openFile>>;

    beforeAll(async () => {
      await startBrowser();
      work = newWorkplace();
      writeSweep(work);
      for (const name of ['panel.js', 'panel.css'] as const)
        writeFileSync(path.join(path.dirname(work.cli), name), builtFile(name));
      const { stdout, stderr } = await work.run(['report', SWEEP]);
      expect(stderr).toBe('');
      expect(stdout).toMatch(
        /^20261124-225829-sweep-x71b\.html written: \d\.\d MB\. Open it in a browser\.$/m,
      );
    });
    afterAll(endBrowser);
    afterEach(async () => {
      expect(panel.complaints).toEqual([]);
      await panel.close();
    });

    it('shows what the sweep panel shows, with a page for each arm', async () => {
      panel = await openFile(work.path(`${SWEEP}.html`));
      const { page } = panel;
      expect(await page.title()).toBe('goldilocks, beta sweep');
      expect(await page.getByRole('region', { name: 'What the sweep says' }).innerText()).toContain(
        'Win rates are known only as means',
      );
      await page.getByRole('figure', { name: 'Win rate', exact: true }).locator('canvas').waitFor();
      // Nothing can be started, stopped or compared from a file.
      expect(await page.getByRole('button', { name: /Train|Stop|Compare|Open config/ }).count()).toBe(0);
      expect(await page.getByRole('contentinfo').innerText()).toMatch(
        /^Written by dpo-lab \d+\.\d+\.\d+ on \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/,
      );
      await page.getByRole('button', { name: 'Open beta 0.02, seed 1' }).press('Enter');
      await page.getByRole('figure', { name: 'Loss', exact: true }).locator('canvas').waitFor();
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('goldilocks, beta 0.02');
      await page.getByRole('link', { name: '← goldilocks, beta sweep' }).press('Enter');
      await page.getByRole('heading', { name: 'goldilocks, beta sweep' }).waitFor();
      await page.goBack();
      await page.getByRole('heading', { name: 'goldilocks, beta 0.02' }).waitFor();
    });

    it('runs one script, whose hash it names, and reaches nothing outside', async () => {
      const html = readFileSync(work.path(`${SWEEP}.html`), 'utf8');
      const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
      const [, , data = '', code = ''] =
        /(<script type="application\/json" id="content">)(.*?)<\/script>\n<script>(.*)<\/script>\n<\/body>/s.exec(
          html,
        ) ?? [];
      const hash = createHash('sha256').update(code).digest('base64');
      expect(policy).toBe(
        `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data: blob:`,
      );
      expect(data).not.toContain('<');
      const outside = html.replace(/<script.*<\/script>/s, '').replace(/<style>.*<\/style>/s, '');
      expect(outside).not.toMatch(/https?:|\son\w+=|src=|href=/);
      expect(/<style>(.*?)<\/style>/s.exec(html)?.[1]).not.toMatch(/url\(\s*['"]?(?!data:)|@import/);
      panel = await openFile(work.path(`${SWEEP}.html`));
      const requests: string[] = [];
      panel.page.on('request', (request: { url(): string }) => requests.push(request.url()));
      await panel.page.reload();
      await panel.page.getByRole('figure', { name: 'Win rate', exact: true }).locator('canvas').waitFor();
      expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([]);
      expect(requests.length).toBe(1);
    });
  },
);
