import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import type { Config } from '../../src/core/config/config';
import { resolveConfig } from '../../src/core/config/resolved';
import { loadPairs } from '../../src/trainer/data/load-pairs';
import { seenBy } from '../../src/trainer/data/seen-pairs';
import type { TokenizedPair } from '../../src/trainer/data/tokenize-pairs';
import {
  objectiveOf,
  openForeignReference,
  openPolicy,
  type TextModel,
} from '../../src/trainer/model-and-tokenizer';
import { startParameters } from '../../src/trainer/models/start-parameters';
import { obtainReference, type ReferenceRequest } from '../../src/trainer/reference/obtain-reference';
import { referencePairs } from '../../src/trainer/reference/reference-pairs';
import { reportReference } from '../../src/trainer/reference/report';
import { scoresOn } from '../../src/trainer/reference/scorer';
import { ScoringRuntime } from '../../src/trainer/runtime/scoring-runtime';
import { TrainingRuntime } from '../../src/trainer/runtime/training-runtime';
import { Random } from '../engine/support/random';
import { temporaryFolder } from '../support/temporary-folder';
import { CPU } from './support/runtime-model';
import { writeTinyModel } from './support/tiny-run';

const TRL = path.resolve(import.meta.dirname, 'fixtures/trl');
const NOTHING = (): void => {};

/** Words that both tokenizers of a laboratory know. */
const WORDS = 'red blue green one two three four a b c d e f g h i j k l'.split(' ');

/** A folder with a model whose tokens are pieces of words, one whose tokens are words, an adapter, and pairs. */
class Laboratory {
  readonly folder = temporaryFolder();

  constructor() {
    cpSync(TRL, this.folder, { recursive: true });
    const random = new Random(3);
    const text = (length: number): string =>
      random
        .integers(length, 0, WORDS.length - 1)
        .map((index) => WORDS[index] ?? '')
        .join(' ');
    const rows = Array.from({ length: 20 }, (_, index) =>
      JSON.stringify({
        prompt: `${text(3)} `,
        chosen: text(2 + (index % 5)),
        rejected: text(2 + (index % 3)),
      }),
    );
    writeFileSync(path.join(this.folder, 'words.jsonl'), `${rows.join('\n')}\n`);
  }

  config(text: string, settings: Partial<Config> = {}): Config {
    const yaml = `model: ./model\ndata:\n  train: words.jsonl\n  eval_fraction: 0.25\n${text}`;
    return { ...resolveConfig(check(yaml, 'a.dpo.yaml').experiment), ...settings };
  }

  async request(config: Config): Promise<ReferenceRequest> {
    const { train, eval: held, ...subject } = await this.subject(config);
    const pairs = [...train, ...held];
    return {
      ...subject,
      pairs,
      tokenized: (await seenBy(subject.policy, pairs, config, 'conditional')).pairs,
    };
  }

  async subject(config: Config) {
    const place = { baseFolder: this.folder, dataFolder: path.join(this.folder, '.dpo'), env: {} };
    const policy = await openPolicy(config, place, NOTHING);
    const foreign = await openForeignReference(config, place, NOTHING);
    const { train, eval: held } = await loadPairs(config, place, NOTHING);
    return {
      config,
      baseFolder: place.baseFolder,
      dataFolder: place.dataFolder,
      policy,
      foreign,
      train,
      eval: held,
      openScorer: scoresOn(CPU),
    };
  }
}

/** By hand: the log-probabilities of a response's tokens after what comes before it, added up. */
async function byHand(
  { model, tokenizer }: TextModel,
  before: readonly number[],
  response: readonly number[],
): Promise<number> {
  const runtime = new ScoringRuntime(model, { kind: 'frozen' }, CPU, tokenizer.endToken, 1);
  try {
    const sequence = { tokens: [...before, ...response], promptLength: before.length };
    const [score] = await runtime.score([sequence]);
    expect(score?.tokenLogps).toHaveLength(response.length);
    return [...(score?.tokenLogps ?? [])].reduce((sum, logp) => sum + logp, 0);
  } finally {
    await runtime.close();
  }
}

function first(pairs: readonly TokenizedPair[]): TokenizedPair {
  const [pair] = pairs;
  if (!pair) throw new Error('no pair');
  return pair;
}

describe('the starting policy as reference', () => {
  it('makes every reward 0 at the first step, and the loss ln 2', async () => {
    const lab = new Laboratory();
    const config = lab.config('objective:\n  beta: 0.1\n');
    const request = await lab.request(config);
    const { policy } = request;
    const { table } = await obtainReference(request, NOTHING);
    const { endToken } = policy.tokenizer;
    const training = new TrainingRuntime(
      policy.model,
      { kind: 'full' },
      objectiveOf(config),
      CPU,
      endToken,
      4,
    );
    const start = await startParameters(policy.model, { kind: 'full' }, 0);
    training.state = {
      parameters: start,
      firstMoments: start.map(() => 0),
      secondMoments: start.map(() => 0),
    };
    const pairs = request.tokenized.slice(0, 4).map(({ id, chosen, rejected }) => {
      const row = table.get(id);
      return {
        chosen,
        rejected,
        reference: { chosen: row?.chosen ?? Number.NaN, rejected: row?.rejected ?? Number.NaN },
        referenceTokens: { chosen: row?.chosenTokens ?? 0, rejected: row?.rejectedTokens ?? 0 },
      };
    });
    try {
      const settings = { step: 1, learningRate: 0, weightDecay: 0, maxGradNorm: 1 };
      const { loss, pairs: results } = await training.step(pairs, settings);
      expect(loss).toBeCloseTo(Math.LN2, 5);
      for (const [index, { margin, logpChosen }] of results.entries()) {
        expect(margin).toBeCloseTo(0, 5);
        expect(logpChosen - (pairs[index]?.reference.chosen ?? 0)).toBeCloseTo(0, 3);
      }
    } finally {
      await training.close();
    }
  });

  it('scores after the prompt, or without it, and the same tokens in both', async () => {
    const lab = new Laboratory();
    const conditional = await lab.request(lab.config(''));
    const prior = await lab.request(lab.config('reference:\n  score: prior\n'));
    const after = await obtainReference(conditional, NOTHING);
    const without = await obtainReference(prior, NOTHING);
    expect(without.key).not.toBe(after.key);
    const { id, chosen, rejected } = first(conditional.tokenized);
    const response = chosen.tokens.slice(chosen.promptLength);
    const [asRead] = (await referencePairs(prior)).pairs;
    expect(asRead?.chosen).toEqual({ tokens: [0, ...response], promptLength: 1 });
    const expected = {
      after: await byHand(conditional.policy, chosen.tokens.slice(0, chosen.promptLength), response),
      without: await byHand(conditional.policy, [0], response),
      rejected: await byHand(conditional.policy, [0], rejected.tokens.slice(rejected.promptLength)),
    };
    expect(after.table.get(id)?.chosen).toBeCloseTo(expected.after, 4);
    expect(without.table.get(id)?.chosen).toBeCloseTo(expected.without, 4);
    expect(without.table.get(id)?.rejected).toBeCloseTo(expected.rejected, 4);
    expect(Math.abs(expected.after - expected.without)).toBeGreaterThan(0.01);
    expect(without.table.get(id)?.chosenTokens).toBe(response.length);
  });

  it('has another key with an adapter, although this one changes nothing yet', async () => {
    const lab = new Laboratory();
    const plain = await obtainReference(await lab.request(lab.config('')), NOTHING);
    const request = await lab.request(lab.config('', { 'model.adapter': './adapter' }));
    const adapted = await obtainReference(request, NOTHING);
    expect(adapted.key).not.toBe(plain.key);
    const { id } = first(request.tokenized);
    expect(adapted.table.get(id)?.chosen).toBeCloseTo(plain.table.get(id)?.chosen ?? Number.NaN, 4);
  });
});

describe('another model as reference', () => {
  it('scores the text in its own tokens', async () => {
    const lab = new Laboratory();
    await writeTinyModel(path.join(lab.folder, 'words'));
    const request = await lab.request(lab.config('reference:\n  policy: ./words\n'));
    const { table } = await obtainReference(request, NOTHING);
    const { id, chosen } = first(request.tokenized);
    const own = first((await referencePairs(request)).pairs);
    expect(own.id).toBe(id);
    expect(own.chosen.tokens.length).toBeLessThan(chosen.tokens.length);
    const { foreign } = request;
    if (!foreign) throw new Error('no reference model');
    const { tokens, promptLength } = own.chosen;
    expect(table.get(id)?.chosen).toBeCloseTo(
      await byHand(foreign, tokens.slice(0, promptLength), tokens.slice(promptLength)),
      4,
    );
    expect(table.get(id)?.chosenTokens).toBe(tokens.length - promptLength);
  });

  it('is compared with the policy, whose scores are then kept for a run with itself as reference', async () => {
    const lab = new Laboratory();
    await writeTinyModel(path.join(lab.folder, 'words'));
    const activities = new Set<string>();
    const subject = await lab.subject(lab.config('reference:\n  policy: ./words\n'));
    const report = await reportReference(subject, (activity) => () => activities.add(activity));
    expect([...activities]).toEqual(['reference', 'policy']);
    expect(report).toMatchObject({
      policy: './words',
      source: 'computed',
      reused: false,
      trainPairs: 15,
      evalPairs: 5,
      summary: { pairs: 20, chosen: { withoutEnd: 0 } },
      compatibility: {
        pairs: 20,
        policy: { name: './model', family: 'llama' },
        reference: { name: './words', family: 'llama' },
        sameFamily: false,
        verdict: 'incompatible',
      },
    });
    const own = await obtainReference(await lab.request(lab.config('')), NOTHING);
    expect(own.reused).toBe(true);
  });

  it('is not compared where it is the policy itself, written out', async () => {
    const lab = new Laboratory();
    const subject = await lab.subject(lab.config('reference:\n  policy: ./model\n'));
    expect(await reportReference(subject, () => NOTHING)).not.toHaveProperty('compatibility');
  });

  it('gives the numbers of columns where the data has them', async () => {
    const lab = new Laboratory();
    const subject = await lab.subject(
      lab.config('reference:\n  logprobs: columns\n', {
        'data.train.path': 'strings.jsonl',
        'data.limit': 20,
      }),
    );
    const report = await reportReference(subject, () => NOTHING);
    expect(report).toMatchObject({ source: 'columns', reused: false, summary: { pairs: 20 } });
    expect(report).not.toHaveProperty('key');
    expect(report.summary.chosen).not.toHaveProperty('endLogp');
    expect(report.summary.chosen).not.toHaveProperty('withoutEnd');
  });
});

describe('warnings', () => {
  it('repeat nothing that the policy has the same tokens for', async () => {
    const lab = new Laboratory();
    const settings = { 'data.max_length': 8 };
    const prior = await lab.request(lab.config('reference:\n  score: prior\n', settings));
    expect((await obtainReference(prior, NOTHING)).warnings).toEqual([]);
    await writeTinyModel(path.join(lab.folder, 'words'));
    const foreign = await lab.request(lab.config('reference:\n  policy: ./words\n', settings));
    const { warnings } = await obtainReference(foreign, NOTHING);
    expect(warnings[0]).toMatch(/^In the reference's own tokens: \d+ of 20 pairs were longer/);
  });
});
