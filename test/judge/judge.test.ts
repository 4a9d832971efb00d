import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import type { Config } from '../../src/core/config/config';
import { resolveConfig } from '../../src/core/config/resolved';
import { Graph } from '../../src/engine/graph';
import { cast } from '../../src/engine/ops/cast';
import { multiply } from '../../src/engine/ops/elementwise';
import { gather } from '../../src/engine/ops/gather';
import { sumAll } from '../../src/engine/ops/reduce';
import { reshape } from '../../src/engine/ops/reshape';
import type { JudgedItem, Verdict } from '../../src/judge/judge';
import { openJudge } from '../../src/judge/open-judge';
import { openRulesJudge } from '../../src/judge/rules-judge';
import { write } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const DEFAULTS = resolveConfig(check('{}', 'judge.dpo.json').experiment);

function open(judge: Partial<Config>, env: Record<string, string> = {}): ReturnType<typeof openJudge> {
  return openJudge({ ...DEFAULTS, ...judge }, { baseFolder: folder, env });
}

/** The scores that the judge opened gives to texts, by the item. */
async function scores(opening: ReturnType<typeof open>, ...items: JudgedItem[]): Promise<unknown[]> {
  const judge = await opening;
  const verdicts: (Verdict | undefined)[] = [];
  for (const one of items) verdicts.push(await judge?.judge(one, false));
  return verdicts.map((verdict) => verdict?.scores);
}

function item(policy: string, reference: string, prompt = 'two fruits'): JudgedItem {
  return { prompt, policy: { text: policy, ended: true }, reference: { text: reference, ended: true } };
}

it('no judge is none', async () => {
  expect(await open({ 'evaluation.judge.kind': 'none' })).toBeUndefined();
});

describe('a judge by rules', () => {
  const rules = { 'evaluation.judge.kind': 'rules', 'evaluation.judge.path': 'judge.yaml' } as const;

  it('scores both texts', async () => {
    write(folder, {
      'judge.yaml':
        "rules:\n  - { prompt: fruits, count: '[a-z]+', counting: distinct, points: 1 }\n  - { ended: false, points: -2 }\n",
    });
    const judge = await open(rules);
    const runsOn = { ...item('', 'fig'), policy: { text: 'fig fig', ended: false } };
    expect(await judge?.judge(item('fig pear', 'fig'), false)).toEqual({ verdicts: [1, 1], scores: [2, 1] });
    expect(await judge?.judge(item('a', 'b'), false)).toEqual({ verdicts: [0.5, 0.5], scores: [1, 1] });
    expect(await judge?.judge(runsOn, false)).toEqual({ verdicts: [0, 0], scores: [-1, 1] });
  });

  it.each([
    ['a*a*b', 20_000],
    ['\\w*\\w*\\w*!', 5000],
    [
      '(?:a?b?)(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?(a|b)?c',
      60,
    ],
  ])('ends a pattern that would take minutes, such as %s', async (pattern, length) => {
    write(folder, { 'slow.yaml': `rules:\n  - { count: '${pattern}', points: 1 }\n` });
    const judge = await openRulesJudge(path.join(folder, 'slow.yaml'), 200);
    const long = item('a'.repeat(length), 'a');
    await expect(judge.judge(long, false)).rejects.toThrow(
      /took longer than 0\.2 seconds .* write one repetition/,
    );
    // Texts of the usual length are judged.
    expect((await judge.judge(item('aab', 'x'), false)).scores).toHaveLength(2);
  });

  it('says where a file is wrong, or that it is missing', async () => {
    write(folder, {
      'bad.yaml': "rules:\n  - { ended: true, points: 1 }\n  - { count: '(a+)+', points: 1 }\n",
    });
    const bad = open({ ...rules, 'evaluation.judge.path': 'bad.yaml' });
    await expect(bad).rejects.toThrow(/bad\.yaml, line 3: The pattern repeats a group .* docs\/JUDGE\.md/);
    await expect(open({ ...rules, 'evaluation.judge.path': 'no.yaml' })).rejects.toThrow(/does not exist/);
    await expect(open({ 'evaluation.judge.kind': 'rules' })).rejects.toThrow(/needs evaluation\.judge\.path/);
  });
});

describe('a reward model', () => {
  const WORDS = ['two', 'fruits', 'fig', 'pear', 'saw', '.'];
  const POINTS = [0, 0, 2, 1, -3, 0];
  const LENGTH = 4;

  const tokenizer = {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(WORDS.map((word, id) => [word, id])),
      unk_token: '.',
    },
  };

  /** Adds up the points of words that the mask shows. */
  function rewardGraph(outputs = 1): Uint8Array {
    const graph = new Graph('float32');
    const ids = graph.input('input_ids', [1, LENGTH], 'int64');
    const mask = graph.input('attention_mask', [1, LENGTH], 'int64');
    const points = gather(graph.constant(POINTS, [POINTS.length]), reshape(ids, [LENGTH]));
    const shown = multiply(points, cast(reshape(mask, [LENGTH]), 'float32'));
    graph.output('logits', outputs === 1 ? reshape(sumAll(shown), [1, 1]) : reshape(shown, [1, LENGTH]));
    return graph.encode();
  }

  const judge = (name: string): ReturnType<typeof open> =>
    open({ 'evaluation.judge.kind': 'reward_model', 'evaluation.judge.path': name });

  it('gives both texts a score', async () => {
    write(folder, { 'reward/model.onnx': rewardGraph(), 'reward/tokenizer.json': tokenizer });
    const items = [item('fig pear', 'fig saw'), item('saw saw', 'pear pear')];
    expect(await scores(judge('reward'), ...items)).toEqual([
      [3, -1],
      [-6, 2],
    ]);
  });

  it('reads a conversation through its chat template, and cuts what is too long', async () => {
    write(folder, {
      'chat/model.onnx': rewardGraph(),
      'chat/tokenizer.json': tokenizer,
      'chat/tokenizer_config.json': { model_max_length: LENGTH },
      'chat/chat_template.jinja': "{% for m in messages %}{{ m.content }}{{ ' . ' }}{% endfor %}",
    });
    expect(await scores(judge('chat'), item('fig saw', 'pear', 'two fruits'))).toEqual([
      [2, expect.any(Number)],
    ]);
  });

  it('that is none is refused', async () => {
    write(folder, {
      'classes/model.onnx': rewardGraph(LENGTH),
      'classes/tokenizer.json': tokenizer,
      'broken/model.onnx': 'no model',
      'broken/tokenizer.json': tokenizer,
      'nothing/tokenizer.json': tokenizer,
    });
    const graph = new Graph('float32');
    graph.output('y', sumAll(graph.input('x', [2])));
    write(folder, { 'other/model.onnx': graph.encode(), 'other/tokenizer.json': tokenizer });
    await expect(scores(judge('classes'), item('fig saw', 'pear fig'))).rejects.toThrow(
      /gives 4 numbers a text/,
    );
    await expect(judge('broken')).rejects.toThrow(/cannot be loaded as a reward model/);
    await expect(judge('other')).rejects.toThrow(/its inputs are x, and should be input_ids/);
    await expect(judge('nothing')).rejects.toThrow(
      `${path.join(folder, 'nothing', 'model.onnx')} does not exist`,
    );
  });
});
