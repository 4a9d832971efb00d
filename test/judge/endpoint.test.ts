import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readBody } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { isOrderFlip, outcomeOf } from '../../src/core/judge/judgement';
import { type Answer, ChatEndpoint } from '../../src/judge/chat-endpoint';
import { EndpointJudge } from '../../src/judge/endpoint-judge';
import type { JudgedItem } from '../../src/judge/judge';

/** What the endpoint is asked, and what it answers next: a status and a body. */
const asked: { request: IncomingMessage; body: Record<string, unknown> }[] = [];
let answers: ((question: string) => [number, unknown])[] = [];
const servers: Server[] = [];

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(() => void asked.splice(0));

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const says = (content: string, top?: Record<string, number>): [number, unknown] => [
  200,
  {
    choices: [
      {
        message: { content },
        ...(top && {
          logprobs: {
            content: [
              {
                token: content,
                top_logprobs: Object.entries(top).map(([token, p]) => ({ token, logprob: Math.log(p) })),
              },
            ],
          },
        }),
      },
    ],
  },
];
const questionIn = (body: Record<string, unknown>): string =>
  (body.messages as { content: string }[])[0]?.content ?? '';

const url = await serve(async (request, response) => {
  const body = JSON.parse(await readBody(request)) as Record<string, unknown>;
  asked.push({ request, body });
  const answer = answers.length > 1 ? answers.shift() : answers[0];
  const [status, content] = answer?.(questionIn(body)) ?? [500, ''];
  response.writeHead(status).end(typeof content === 'string' ? content : JSON.stringify(content));
});

const impatient = { timeout: 5000, pauses: [0, 0] };
const at = (address: string, timeout = 5000): ChatEndpoint =>
  new ChatEndpoint({ url: address, model: 'judge-1', key: 'secret' }, { timeout, pauses: [] });
const endpoint = (key?: string): ChatEndpoint =>
  new ChatEndpoint({ url: `${url}/`, model: 'judge-1', key }, impatient);

function item(policy: string, reference: string): JudgedItem {
  return {
    prompt: 'two fruits',
    policy: { text: policy, ended: true },
    reference: { text: reference, ended: true },
  };
}

async function replying(...replies: (string | Answer)[]): Promise<number | undefined> {
  const rest = replies.map((reply) => (typeof reply === 'string' ? { text: reply } : reply));
  const judge = new EndpointJudge({
    ask: async () => rest.shift() ?? { text: '' },
    address: '',
    model: '',
  });
  return outcomeOf(await judge.judge(item('a', 'b'), false));
}

describe('a judge behind an endpoint', () => {
  it('is asked about both orders, with model and key', async () => {
    answers = [(question) => says(/<answer_A>\nfig/.test(question) ? 'A' : ' b.')];
    const judge = new EndpointJudge(endpoint('secret'));
    expect(await judge.judge(item('fig', 'saw'), false)).toEqual({ verdicts: [1, 1] });
    expect(await judge.judge(item('saw', 'fig'), true)).toEqual({ verdicts: [0, 0], again: 0 });
    expect(asked).toHaveLength(5);
    const [first] = asked;
    expect(first?.request.url).toBe('/v1/chat/completions');
    expect(first?.request.headers.authorization).toBe('Bearer secret');
    expect(first?.body).toMatchObject({ model: 'judge-1', temperature: 0 });
    expect(questionIn(first?.body ?? {})).toContain('two fruits');
  });

  it('wins what it names both times; the place deciding is a tie; what cannot be read is no verdict', async () => {
    expect(await replying('A', 'B')).toBe(1);
    expect(await replying('B', 'A')).toBe(0);
    expect(await replying('A', 'A')).toBe(0.5);
    expect(await replying('A', 'tie')).toBe(0.5);
    expect(await replying('Tie', 'tie.')).toBe(0.5);
    expect(await replying('A', 'B, because it is longer')).toBeUndefined();
    expect(await replying('I like both', 'B')).toBeUndefined();
  });

  it('counts how likely each letter is, where the server says so', async () => {
    answers = [
      (question) =>
        /<answer_A>\nfig/.test(question)
          ? says('A', { A: 0.6, ' B': 0.2, The: 0.1 })
          : says('B', { B: 0.9, A: 0.1 }),
    ];
    const verdict = await new EndpointJudge(endpoint()).judge(item('fig', 'saw'), false);
    expect(asked[0]?.body).toMatchObject({ logprobs: true, top_logprobs: 5 });
    expect(verdict.verdicts[0]).toBeCloseTo(0.75);
    expect(verdict.verdicts[1]).toBeCloseTo(0.9);
    expect(outcomeOf(verdict)).toBeCloseTo(0.825);
    expect(isOrderFlip(verdict)).toBe(false);
    // A letter that is not among the likeliest counts 0; neither: the text is read.
    expect(await replying({ text: 'A', firstTokens: new Map([['A', -0.1]]) }, 'B')).toBe(1);
    expect(await replying({ text: 'A', firstTokens: new Map([['The', -0.1]]) }, 'B')).toBe(1);
  });

  it('is asked without log-probabilities where it refuses them', async () => {
    answers = [() => [400, 'unknown field logprobs'], () => says('A')];
    const refusing = endpoint();
    expect(await refusing.ask('?')).toEqual({ text: 'A' });
    await refusing.ask('?');
    expect(asked.map(({ body }) => 'logprobs' in body)).toEqual([true, false, false]);
  });

  it('is not asked about the same text twice', async () => {
    expect(await new EndpointJudge(endpoint()).judge(item('fig', 'fig'), true)).toEqual({
      verdicts: [0.5, 0.5],
    });
    expect(asked).toHaveLength(0);
  });

  it('is told which texts do not end', async () => {
    answers = [() => says('tie')];
    const cut = { ...item('', 'fig'), policy: { text: 'fig fig', ended: false } };
    await new EndpointJudge(endpoint()).judge(cut, false);
    const told = asked.map(({ body }) => questionIn(body).match(/does not end by itself/g)?.length);
    expect(told).toEqual([1, 1]);
  });

  it('is asked again after a failure that may pass', async () => {
    answers = [() => [429, 'slow down'], () => [503, ''], () => says('A')];
    expect(await endpoint().ask('?')).toEqual({ text: 'A' });
    answers = [() => [500, 'no memory']];
    await expect(endpoint().ask('?')).rejects.toThrow(/status 500: no memory, 3 times in a row\. Check/);
    expect(asked).toHaveLength(6);
  });

  it('that refuses is not asked again', async () => {
    answers = [() => [401, { error: 'bad key' }]];
    await expect(endpoint('x').ask('?')).rejects.toThrow(/status 401: .*bad key.*api_key_env/);
    answers = [() => [404, '']];
    await expect(endpoint().ask('?')).rejects.toThrow(/status 404\. Check evaluation\.judge\.url and/);
    expect(asked).toHaveLength(2);
    expect(() => at('localhost')).toThrow(/localhost is no web address/);
  });
});

describe('a server that is not to be trusted', () => {
  it('gets neither key nor texts by a redirect, and its answer is no verdict', async () => {
    const stolen: string[] = [];
    const other = await serve((request, response) => {
      stolen.push(request.headers.authorization ?? '');
      response.end(JSON.stringify(says('A')[1]));
    });
    for (const status of [301, 302, 303, 307, 308]) {
      const first = await serve((_, response) => response.writeHead(status, { location: other }).end('A'));
      await expect(at(first).ask('?')).rejects.toThrow(`redirects (status ${status}) to ${other}`);
    }
    expect(stolen).toEqual([]);
  });

  it('has one time limit for the whole answer, however slowly it sends', async () => {
    const dripping = await serve((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    await expect(at(dripping, 300).ask('?')).rejects.toThrow(/did not answer in time, 1 times/);
    const silent = await serve(() => {});
    await expect(at(silent, 50).ask('?')).rejects.toThrow(/did not answer in time/);
    await expect(at('http://127.0.0.1:1/v1').ask('?')).rejects.toThrow(
      /could not be reached \(.*\), 1 times/,
    );
  });

  it('cannot fill the memory, also not with a packed answer', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
    let cut = false;
    const packed = await serve((_, response) => {
      response.on('close', () => {
        cut = true;
      });
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    expect(await at(packed).ask('?')).toEqual({ problem: 'answered with more than 1024 kB' });
    const endless = await serve((_, response) => {
      response.writeHead(200);
      const more = (): void => void (response.destroyed || response.write(Buffer.alloc(65536, 'x'), more));
      more();
    });
    expect(await at(endless).ask('?')).toEqual({ problem: 'answered with more than 1024 kB' });
    expect(cut).toBe(true);
  });

  it.each(['<html>', '', '{}', '[]', '{"choices":[]}', '{"choices":[{"message":{"content":5}}]}', 'null'])(
    'gives no verdict with %j',
    async (body) => {
      answers = [() => [200, body]];
      const verdict = await new EndpointJudge(endpoint()).judge(item('a', 'b'), false);
      expect(verdict.verdicts).toEqual([null, null]);
      expect(verdict.problem).toMatch(/did not answer as a chat endpoint does/);
    },
  );
});
