import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text as readBody } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import type { Config } from '../../src/core/config/config';
import { resolveConfig } from '../../src/core/config/resolved';
import { Graph } from '../../src/engine/graph';
import { cast } from '../../src/engine/ops/cast';
import { multiply } from '../../src/engine/ops/elementwise';
import { gather } from '../../src/engine/ops/gather';
import { sumAll } from '../../src/engine/ops/reduce';
import { reshape } from '../../src/engine/ops/reshape';
import { ChatEndpoint } from '../../src/trainer/judge/chat-endpoint';
import { EndpointJudge } from '../../src/trainer/judge/endpoint-judge';
import type { JudgedItem } from '../../src/trainer/judge/judge';
import { openJudge } from '../../src/trainer/judge/open-judge';
import { write } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const DEFAULTS = resolveConfig(check('{}', 'judge.dpo.json').experiment);

function open(judge: Partial<Config>, env: Record<string, string> = {}): ReturnType<typeof openJudge> {
  return openJudge({ ...DEFAULTS, ...judge }, { baseFolder: folder, dataFolder: folder, env });
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
    expect(await judge?.compare([item('fig pear', 'fig'), item('a', 'b'), runsOn])).toEqual({
      policyScores: [2, 1, -1],
      referenceScores: [1, 1, 1],
      winRate: 0.5,
    });
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

describe('a judge behind an endpoint', () => {
  /** What the endpoint is asked, and what it answers next: a status and a body. */
  const asked: { request: IncomingMessage; body: Record<string, unknown> }[] = [];
  let answers: ((question: string) => [number, unknown])[] = [];
  let server: Server;
  let url = '';

  const says = (content: string): [number, unknown] => [200, { choices: [{ message: { content } }] }];
  const questionIn = (body: Record<string, unknown>): string =>
    (body.messages as { content: string }[])[0]?.content ?? '';

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const body = JSON.parse(await readBody(request)) as Record<string, unknown>;
      asked.push({ request, body });
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      const [status, content] = answer?.(questionIn(body)) ?? [500, ''];
      response.writeHead(status).end(typeof content === 'string' ? content : JSON.stringify(content));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });
  afterAll(() => void server.close());
  beforeEach(() => void asked.splice(0));

  const impatient = { timeout: 5000, pauses: [0, 0] };
  const endpoint = (key?: string): ChatEndpoint =>
    new ChatEndpoint({ url: `${url}/`, model: 'judge-1', key }, impatient);

  it('is asked about both orders, with model and key', async () => {
    answers = [(question) => says(/<answer_A>\nfig/.test(question) ? 'A' : ' b.')];
    const judge = new EndpointJudge(endpoint('secret'));
    expect(await judge.compare([item('fig', 'saw'), item('saw', 'fig')])).toEqual({ winRate: 0.5 });
    expect(asked).toHaveLength(4);
    const [first] = asked;
    expect(first?.request.url).toBe('/v1/chat/completions');
    expect(first?.request.headers.authorization).toBe('Bearer secret');
    expect(first?.body).toMatchObject({ model: 'judge-1', temperature: 0 });
    expect(questionIn(first?.body ?? {})).toContain('two fruits');
  });

  it('wins what it names both times; anything else is a tie', async () => {
    const rate = async (...replies: string[]): Promise<number> => {
      const rest = [...replies];
      const judge = new EndpointJudge({ ask: async () => rest.shift() ?? '' });
      return (await judge.compare([item('a', 'b')])).winRate;
    };
    expect(await rate('A', 'B')).toBe(1);
    expect(await rate('B', 'A')).toBe(0);
    expect(await rate('A', 'A')).toBe(0.5);
    expect(await rate('Tie', 'tie.')).toBe(0.5);
    expect(await rate('A', 'B, because it is longer')).toBe(0.5);
    await expect(rate('I like both', 'Both')).rejects.toThrow(
      /asked for A, B or tie, and said "I like both"/,
    );
  });

  it('is told which texts do not end', async () => {
    answers = [() => says('tie')];
    const cut = { ...item('', 'fig'), policy: { text: 'fig fig', ended: false } };
    await new EndpointJudge(endpoint()).compare([cut]);
    expect(asked.map(({ body }) => questionIn(body).match(/does not end by itself/g)?.length)).toEqual([
      1, 1,
    ]);
  });

  it('is asked again after a failure that may pass', async () => {
    answers = [() => [429, 'slow down'], () => [503, ''], () => says('A')];
    expect(await endpoint().ask('?')).toBe('A');
    answers = [() => [500, 'no memory']];
    await expect(endpoint().ask('?')).rejects.toThrow(/status 500: no memory, 3 times in a row\. Check/);
    expect(asked).toHaveLength(6);
  });

  it('that refuses is not asked again', async () => {
    answers = [() => [401, { error: 'bad key' }]];
    await expect(endpoint('x').ask('?')).rejects.toThrow(/status 401: .*bad key.*api_key_env/);
    answers = [() => [404, '']];
    await expect(endpoint().ask('?')).rejects.toThrow(/status 404\. Check evaluation\.judge\.url and/);
    answers = [() => [200, '<html>']];
    await expect(endpoint().ask('?')).rejects.toThrow(/did not answer as a chat endpoint does: <html>/);
    expect(asked).toHaveLength(3);
  });

  it('that is not there, or too slow, is named', async () => {
    const nobody = new ChatEndpoint({ url: 'http://127.0.0.1:1/v1', model: 'm', key: undefined }, impatient);
    await expect(nobody.ask('?')).rejects.toThrow(/could not be reached \(.*\), 3 times in a row/);
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const slow = new ChatEndpoint(
      { url: `http://127.0.0.1:${port}`, model: 'm', key: undefined },
      { timeout: 20, pauses: [] },
    );
    await expect(slow.ask('?')).rejects.toThrow(/did not answer in time, 1 times/);
    silent.closeAllConnections();
    silent.close();
  });

  it('is opened with what the config says', async () => {
    const judge = {
      'evaluation.judge.kind': 'endpoint',
      'evaluation.judge.url': url,
      'evaluation.judge.model': 'm',
      'evaluation.judge.api_key_env': 'JUDGE_KEY',
    } as const;
    answers = [() => says('A')];
    const opened = await open(judge, { JUDGE_KEY: 'k' });
    expect(await opened?.compare([item('a', 'b')])).toEqual({ winRate: 0.5 });
    expect(asked[0]?.request.headers.authorization).toBe('Bearer k');
    await expect(open(judge)).rejects.toThrow(/variable JUDGE_KEY,.* is not set/);
    await expect(open({ ...judge, 'evaluation.judge.url': 'localhost' }, { JUDGE_KEY: 'k' })).rejects.toThrow(
      /localhost is no web address/,
    );
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
    const opened = await judge('reward');
    expect(await opened?.compare([item('fig pear', 'fig saw'), item('saw saw', 'pear pear')])).toEqual({
      policyScores: [3, -6],
      referenceScores: [-1, 2],
      winRate: 0.5,
    });
  });

  it('reads a conversation through its chat template, and cuts what is too long', async () => {
    write(folder, {
      'chat/model.onnx': rewardGraph(),
      'chat/tokenizer.json': tokenizer,
      'chat/tokenizer_config.json': { model_max_length: LENGTH },
      'chat/chat_template.jinja': "{% for m in messages %}{{ m.content }}{{ ' . ' }}{% endfor %}",
    });
    const opened = await judge('chat');
    expect((await opened?.compare([item('fig saw', 'pear', 'two fruits')]))?.policyScores).toEqual([2]);
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
    const opened = await judge('classes');
    await expect(opened?.compare([item('fig saw', 'pear fig')])).rejects.toThrow(/gives 4 numbers a text/);
    await expect(judge('broken')).rejects.toThrow(/cannot be loaded as a reward model/);
    await expect(judge('other')).rejects.toThrow(/its inputs are x, and should be input_ids/);
    await expect(judge('nothing')).rejects.toThrow(
      `${path.join(folder, 'nothing', 'model.onnx')} does not exist`,
    );
  });
});
