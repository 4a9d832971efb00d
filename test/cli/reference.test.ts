import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ReferenceReport } from '../../src/core/reference/reference-report';
import { jsonLines, writeModel } from '../node/support';
import { BROKEN, useCli, VALID, type Workplace } from './dpo-lab';

const workplace = useCli();

/** Says what it was asked, then the lines of a file, and ends as it is told to. */
const TRAINER = `
const { readFileSync, writeFileSync } = require('node:fs');
const [command, query] = process.argv.slice(2);
const { baseFolder } = JSON.parse(query);
writeFileSync(baseFolder + '/asked.json', JSON.stringify({ command, query: JSON.parse(query) }));
process.stdout.write(readFileSync(baseFolder + '/says.jsonl'));
process.stderr.write(process.env.TRAINER_ERROR ?? '');
if (process.env.TRAINER_WAITS) setInterval(() => {}, 1000);
else process.exitCode = Number(process.env.TRAINER_EXIT ?? 0);
`;

const REPORT: ReferenceReport = {
  version: 1,
  policy: './teacher',
  source: 'computed',
  score: 'conditional',
  key: 'ab'.repeat(32),
  folder: 'FOLDER',
  reused: false,
  trainPairs: 1234,
  evalPairs: 100,
  summary: {
    pairs: 1334,
    rankedAsLabelled: 0.6134,
    chosen: { logpPerToken: -1.2345, endLogp: -0.5, withoutEnd: 0.002, longest: 512 },
    rejected: { logpPerToken: -1.5, endLogp: -0.75, withoutEnd: 0, longest: 498 },
  },
  longest: 1024,
  compatibility: {
    pairs: 1334,
    policy: { name: './model', family: 'llama', rankedAsLabelled: 0.55, logpPerToken: -1.4 },
    reference: { name: './teacher', family: 'llama', rankedAsLabelled: 0.6134, logpPerToken: -1.36 },
    rankCorrelation: 0.93,
    rankCorrelationPerToken: 0.81,
    tokenizerOverlap: 1,
    sameFamily: true,
    baselineMargin: -2.5,
    saturation: [{ beta: 0.02, share: 0.01, won: 0 }],
    largestUnsaturatedBeta: 0.4,
    nearest: { policy: 'a', reference: 'b', sameFamily: true, winRates: [] },
    verdict: 'compatible',
    reasons: ['Both are of one family (llama).'],
    advice: ['Sweep beta over 0.01, 0.1, 1, 10.'],
  },
  warnings: ['3 of 1334 pairs were longer than the limits and were cut.'],
};

beforeAll(() => {
  writeFileSync(path.join(path.dirname(workplace().cli), 'onnx-trainer.js'), TRAINER);
});

function prepared(lines: readonly object[] = [], config = VALID): Workplace {
  const place = workplace();
  writeModel(place.path('model'));
  writeModel(place.path('teacher'));
  const pair = (index: number) => ({ prompt: 'Why?', chosen: `yes ${index}`, rejected: `no ${index}` });
  place.write('pairs.jsonl', jsonLines(Array.from({ length: 20 }, (_, index) => pair(index))));
  place.write('a.dpo.yaml', config);
  place.write('says.jsonl', jsonLines(lines));
  return place;
}

const report = { kind: 'report', report: { ...REPORT, folder: '.dpo/references/abab' } };
const progress = (activity: string, done: number, total: number) => ({
  kind: 'progress',
  activity,
  done,
  total,
});

describe('dpo-lab reference', () => {
  it('starts the trainer with the whole config, and shows what it says', async () => {
    const place = prepared([
      progress('loading', 5, 10),
      progress('loading', 10, 10),
      progress('reference', 0, 1334),
      progress('reference', 1334, 1334),
      report,
    ]);
    const { code, stdout, stderr } = await place.run(['reference', 'a.dpo.yaml']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'loading the model: 50 %\nreference log-probabilities: 0 of 1,334 pairs (0 %)\n',
    });
    await expect(stdout).toMatchFileSnapshot('golden/reference.txt');
    const asked: unknown = JSON.parse(readFileSync(place.path('asked.json'), 'utf8'));
    expect(asked).toMatchObject({
      command: 'reference',
      query: {
        config: { model: { path: './model' }, objective: { beta: 0.02 }, data: { max_length: 1024 } },
        baseFolder: place.folder,
        dataFolder: place.path('.dpo'),
      },
    });
    expect(readFileSync(place.path('.dpo/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('keeps the table in another folder where asked', async () => {
    const place = prepared([report]);
    const { code } = await place.run(['reference', 'a.dpo.yaml', '--data-folder', 'elsewhere']);
    expect(code).toBe(0);
    const asked: unknown = JSON.parse(readFileSync(place.path('asked.json'), 'utf8'));
    expect(asked).toMatchObject({ query: { dataFolder: place.path('elsewhere') } });
  });

  it('prints the report as JSON', async () => {
    const { code, stdout } = await prepared([report]).run(['reference', '--json', '.']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(report.report);
  });

  it('says shortly what is known of columns', async () => {
    const { key: _, folder: __, compatibility: ___, ...rest } = REPORT;
    const side = { logpPerToken: -1, longest: 5 };
    const summary = { pairs: 2, rankedAsLabelled: 1, chosen: side, rejected: side };
    const columns = { ...rest, source: 'columns', summary, warnings: [], evalPairs: 0 };
    const { stdout } = await prepared([{ kind: 'report', report: columns }]).run(['reference', 'a.dpo.yaml']);
    expect(stdout).toMatch(
      /^Reference log-probabilities from the columns of the data\n {2}1,234 pairs to train on\.\n\n/,
    );
    expect(stdout).toMatch(/log p\(end of sequence\) +unknown +unknown/);
    expect(stdout).not.toContain('Key');
  });

  it('ends with 1 and the reason where the trainer fails', async () => {
    const env = { TRAINER_ERROR: 'The disk is full.\n', TRAINER_EXIT: '1' };
    const place = prepared([progress('reference', 3, 20)]);
    const { code, stdout, stderr } = await place.run(['reference', 'a.dpo.yaml'], { env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('reference log-probabilities: 3 of 20 pairs (15 %)\nThe disk is full.\n');
  });

  it('keeps the stack of a bug in the trainer', async () => {
    const env = { TRAINER_ERROR: 'TypeError: x\n    at y\n', TRAINER_EXIT: '70' };
    const { code, stderr } = await prepared().run(['reference', 'a.dpo.yaml'], { env });
    expect({ code, stderr }).toEqual({ code: 70, stderr: 'TypeError: x\n    at y\n' });
  });

  it('does not start where the config has errors, and says how to see them', async () => {
    const place = prepared([], BROKEN);
    const { code, stderr } = await place.run(['reference', 'a.dpo.yaml']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^a\.dpo\.yaml has 3 errors, the first of them BETA002: .* Run dpo-lab check a\.dpo\.yaml\.\n$/,
    );
    expect(() => readFileSync(place.path('asked.json'))).toThrow();
  });

  it('has nothing to do without a reference', async () => {
    const place = prepared(
      [],
      `${VALID}reference: none\n`.replace('reference: none', 'reference:\n  policy: none'),
    );
    const { code, stdout, stderr } = await place.run(['reference', 'a.dpo.yaml']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('every reference log-probability is 0');
  });

  it.each([
    ['no such file', ['b.dpo.yaml'], 'b.dpo.yaml does not exist'],
    ['several configs', ['.'], 'holds 2 configs. Name one of them.'],
  ])('%s is a wrong use', async (_, args, words) => {
    const place = prepared();
    place.write('c.dpo.yaml', VALID);
    const { code, stderr } = await place.run(['reference', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  it('passes Ctrl-C on, and says that nothing is lost', async () => {
    const place = prepared([progress('reference', 3, 20)]);
    const child = place.start(['reference', 'a.dpo.yaml'], { env: { TRAINER_WAITS: '1' } });
    child.stderr.once('data', () => child.kill('SIGINT'));
    const { code, stderr } = await place.ended(child);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /\nStopped\. What is computed is kept: the same command continues from there\.\n$/,
    );
  });
});
