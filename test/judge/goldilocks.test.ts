import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { REQUESTS, VOCABULARY } from '../../scripts/goldilocks/task';
import { check } from '../../src/core/check/check';
import { factQuery } from '../../src/core/check/fact-query';
import { parseRules } from '../../src/core/judge/parse-text-rules';
import { scoreText } from '../../src/core/judge/text-rules';
import { gatherFacts } from '../../src/node/facts/gather-facts';
import { openTokenizer, type TrainingTokenizer } from '../../src/trainer/data/training-tokenizer';
import { openModel } from '../../src/trainer/models/open-model';
import { temporaryFolder } from '../support/temporary-folder';

const EXAMPLE = path.resolve(import.meta.dirname, '../../examples/goldilocks');
const text = (name: string): string => readFileSync(path.join(EXAMPLE, name), 'utf8');
const pairs = (name: string): { prompt: string; chosen: string; rejected: string }[] =>
  text(name)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const checked = check(text('goldilocks.dpo.yaml'), 'goldilocks.dpo.yaml');
const probes = checked.experiment.get('evaluation.probes').value;

describe('the Goldilocks example', () => {
  let tokenizer: TrainingTokenizer;

  beforeAll(async () => {
    const place = { baseFolder: EXAMPLE, dataFolder: temporaryFolder(), env: {} };
    const model = await openModel({ path: './policy' }, place, () => {});
    tokenizer = await openTokenizer(model, 'auto', place);
  });

  it('has a config without problems, once its models and data are known', async () => {
    const configFile = path.join(EXAMPLE, 'goldilocks.dpo.yaml');
    const query = factQuery(checked.experiment, {
      configFile,
      workspaceFolder: EXAMPLE,
      dataFolder: temporaryFolder(),
    });
    const facts = await gatherFacts(query);
    expect(check(text('goldilocks.dpo.yaml'), configFile, facts).problems).toEqual([]);
  });

  it('has a tokenizer that knows every word and gives texts back', () => {
    for (const word of VOCABULARY) expect(tokenizer.encode(word), word).toHaveLength(1);
    expect(tokenizer.encode('unheard')).toEqual([0]);
    const answer = 'Name three fruits. apple, fig, plum';
    expect(tokenizer.decode(tokenizer.encodePlain(answer), { skipSpecial: true })).toBe(answer);
  });

  it('holds out its probes, which are requests of the task', () => {
    const requests = new Set(REQUESTS.map(({ prompt }) => prompt));
    expect(probes.filter((probe) => !requests.has(probe))).toEqual([]);
    expect(new Set(probes).size).toBe(probes.length);
    const asked = new Set([...pairs('train.jsonl'), ...pairs('held-out.jsonl')].map(({ prompt }) => prompt));
    expect(probes.filter((probe) => asked.has(probe))).toEqual([]);
  });

  it('has pairs that fit, and differ', () => {
    for (const { prompt, chosen, rejected } of [...pairs('train.jsonl'), ...pairs('held-out.jsonl')]) {
      expect(chosen).not.toBe(rejected);
      for (const answer of [chosen, rejected]) {
        const tokens = tokenizer.encodePlain(prompt + answer);
        expect(tokens.length).toBeLessThan(32);
        expect(tokens).not.toContain(0);
      }
    }
  });

  it('is small', () => {
    expect(statSync(path.join(EXAMPLE, 'policy/model.safetensors')).size).toBeLessThan(4e6);
    expect(statSync(path.join(EXAMPLE, 'train.jsonl')).size).toBeLessThan(1e6);
  });

  it.each([
    ['apple, fig, plum', true, 0],
    ['apple, fig', true, -0.3],
    ['apple, fig, plum, lime, kiwi', true, -0.6],
    ['apple, fig, hammer', true, -1],
    ['apple, fig, fig', true, -1],
    ['apple,, fig, plum', true, -1],
    [', apple, fig, plum', true, -1],
    ['apple, fig plum', true, -1],
    ['apple, fig, plum,', false, -3],
    ['', true, -0.9],
  ])('judges %j', (answer, ended, score) => {
    const { rules, problems } = parseRules(text('judge.yaml'));
    expect(problems).toEqual([]);
    expect(scoreText(rules, 'Name three fruits.', answer, ended)).toBeCloseTo(score);
  });
});
