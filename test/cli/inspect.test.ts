import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { InspectLine, PairList } from '../../src/core/panels/pairs-page';
import { useCli, type Workplace } from './dpo-lab';

const workplace = useCli();

/** Says what it was asked, then answers as it is told to: with the file beside the run, or with a failure. */
const TRAINER = `
const { readFileSync, writeFileSync } = require('node:fs');
const [command, folder] = process.argv.slice(2);
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { question, about } = JSON.parse(line);
  writeFileSync(folder + '/asked.json', JSON.stringify({ command, about }));
  if (process.env.TRAINER_EXIT) {
    process.stderr.write(process.env.TRAINER_ERROR ?? '');
    process.exit(Number(process.env.TRAINER_EXIT));
  }
  const say = (told) => process.stdout.write(JSON.stringify({ question, ...told }) + '\\n');
  say({ kind: 'progress', activity: 'policy', done: 1, total: 2 });
  say({ kind: 'answer', ...JSON.parse(readFileSync(folder + '/answer.json', 'utf8')) });
});
`;

const ID = '20261123-141530-beta0.1-k3f9';

const LIST: PairList = {
  comparison: {
    checkpoint: 200,
    beta: 0.1,
    loss: 'sigmoid',
    lengthNormalized: false,
    reference: 'the starting policy',
    baseline: 'the starting policy',
  },
  rows: [
    {
      id: 'eval-17',
      split: 'eval',
      row: 17,
      chosen: { tokens: 3, policy: -9, reference: -10, baseline: -10 },
      rejected: { tokens: 4, policy: -8, reference: -11, baseline: -11 },
      margin: -2,
      prompt: 'Why\nis the sky blue?',
      chosenText: 'Air.',
      rejectedText: 'Paint.',
    },
  ],
  total: { train: 0, eval: 1 },
};

/** A workplace with one run, whose trainer answers so. */
function withRun(answer: Partial<InspectLine>, checkpoints: readonly number[] = [100, 200]): Workplace {
  const work = workplace();
  const folder = `.dpo/runs/${ID}`;
  work.write(`${folder}/run.json`, JSON.stringify({ format: 1, id: ID, created: 0, backend: 'onnx' }));
  work.write(`${folder}/answer.json`, JSON.stringify(answer));
  for (const step of checkpoints) work.write(`${folder}/checkpoints/${step}/state.safetensors`, '');
  return work;
}

function asked(work: Workplace): unknown {
  return JSON.parse(readFileSync(work.path(`.dpo/runs/${ID}/asked.json`), 'utf8'));
}

describe('dpo-lab inspect', () => {
  beforeAll(() => {
    writeFileSync(path.join(path.dirname(workplace().cli), 'onnx-trainer.js'), TRAINER);
  });

  it('lists pairs at the newest checkpoint', async () => {
    const work = withRun({ ok: LIST });
    const { code, stdout, stderr } = await work.run(['inspect', 'last']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Scoring responses, policy: 1 of 2\n' });
    expect(asked(work)).toEqual({ command: 'inspect', about: { kind: 'list', checkpoint: 200 } });
    expect(stdout).toContain('Step 200, 1 of 1 held out.');
    expect(
      stdout.match(/eval-17 +\+1\.00 +\+3\.00 +-2\.00 +3\/4 {2}wrong: Why is the sky blue\?/g),
    ).toHaveLength(3);
  });

  it('asks for the pair and the checkpoint that were named, and passes JSON on', async () => {
    const work = withRun({ ok: LIST });
    const args = ['inspect', 'k3f9', '--checkpoint', '0', '--pair', 'eval-17', '--json'];
    const { code, stdout } = await work.run(args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(LIST);
    expect(asked(work)).toMatchObject({ about: { kind: 'pair', checkpoint: 0, pair: 'eval-17' } });
  });

  it('says what the trainer says where pairs cannot be scored', async () => {
    const failed = await withRun({ err: 'There is no checkpoint of step 3. Choose another.' }).run([
      'inspect',
      'last',
    ]);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('There is no checkpoint of step 3. Choose another.');
    const env = { TRAINER_EXIT: '1', TRAINER_ERROR: 'The model is gone. Fetch it again.' };
    const ended = await withRun({}).run(['inspect', 'last'], { env });
    expect(ended).toMatchObject({ code: 1, stderr: 'The model is gone. Fetch it again.\n' });
  });

  it('says what is missing before anything is loaded', async () => {
    const work = withRun({}, []);
    const none = await work.run(['inspect', 'last']);
    expect(none.code).toBe(2);
    expect(none.stderr).toMatch(/no checkpoint that can be inspected yet.*--checkpoint 0/);
    const unknown = await work.run(['inspect', 'other']);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('no run other') });
  });
});
