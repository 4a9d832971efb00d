import { setTimeout as wait } from 'node:timers/promises';
import { isObject } from '../node/files/json';
import { messageOf } from '../node/files/text-files';
import { JudgeError } from './judge-error';
import { bodyWithin, TooLarge } from './limited-body';

interface EndpointSettings {
  /** Base address, such as `http://localhost:8000/v1`. */
  readonly url: string;
  readonly model: string;
  /** Sent as a bearer token. */
  readonly key: string | undefined;
}

/** Milliseconds. */
interface Patience {
  /** For a whole answer, from the request to the last byte. */
  readonly timeout: number;
  /** Pauses before a request that failed for a passing reason is sent again. */
  readonly pauses: readonly number[];
}

const PATIENCE: Patience = { timeout: 120_000, pauses: [1000, 4000, 16_000] };
/** Bytes of an answer, unpacked: a thousand times what a verdict takes. */
const LARGEST_BODY = 1024 * 1024;
/** Candidates for the first token whose log-probabilities are asked for. */
const TOP_TOKENS = 5;

/** A failure that may pass: what happened, in words, as the end of a sentence. */
class PassingFailure extends Error {}

/** What a model answered. */
export interface Answer {
  readonly text: string;
  /** Log-probabilities of the likeliest first tokens, where the server gives them, by the token's text. */
  readonly firstTokens?: ReadonlyMap<string, number>;
}

/** An answer that is none, in words as the end of a sentence about the judge. */
export interface NoAnswer {
  readonly problem: string;
}

/** A model behind an OpenAI-compatible endpoint (`POST <url>/chat/completions`). */
export class ChatEndpoint {
  readonly address: string;
  /** Some servers refuse a request that asks for log-probabilities. */
  #givesLogProbabilities = true;

  /** @throws JudgeError where the address is none of the web */
  constructor(
    private readonly settings: EndpointSettings,
    private readonly patience: Patience = PATIENCE,
  ) {
    const { url } = settings;
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new JudgeError(
        `evaluation.judge.url ${url} is no web address. Write one such as http://localhost:8000/v1.`,
      );
    }
    this.address = `${url.replace(/\/+$/, '')}/chat/completions`;
  }

  get model(): string {
    return this.settings.model;
  }

  /**
   * The model's answer to one message, taking the likeliest tokens.
   *
   * @throws JudgeError when the endpoint refuses, or does not answer after a few attempts
   */
  async ask(message: string): Promise<Answer | NoAnswer> {
    for (const pause of [...this.patience.pauses, undefined]) {
      try {
        return await this.#request(message);
      } catch (error) {
        if (!(error instanceof PassingFailure)) throw error;
        if (pause === undefined) {
          const attempts = this.patience.pauses.length + 1;
          throw new JudgeError(
            `The judge at ${this.address} ${error.message}, ${attempts} times in a row. Check that it is running and reachable.`,
          );
        }
        await wait(pause);
      }
    }
    throw new Error('the last attempt either returns or throws');
  }

  async #request(content: string): Promise<Answer | NoAnswer> {
    const { key, model } = this.settings;
    const withLogProbabilities = this.#givesLogProbabilities;
    const signal = AbortSignal.timeout(this.patience.timeout);
    const response = await fetch(this.address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({
        model,
        temperature: 0,
        ...(withLogProbabilities && { logprobs: true, top_logprobs: TOP_TOKENS }),
        messages: [{ role: 'user', content }],
      }),
      // Key and texts are for this host alone, and another host's answer is no verdict.
      redirect: 'manual',
      signal,
    }).catch(notReached);
    const { status } = response;
    const body = await bodyWithin(response, LARGEST_BODY).catch((error: unknown) =>
      error instanceof TooLarge ? error : notReached(error),
    );
    if (status >= 300 && status < 400) throw this.#redirect(status, response.headers.get('location'));
    const text = body instanceof TooLarge ? '' : body;
    if (status === 429 || status >= 500) {
      throw new PassingFailure(`answered with status ${status}${excerpt(text)}`);
    }
    if ((status === 400 || status === 422) && withLogProbabilities) {
      this.#givesLogProbabilities = false;
      return this.#request(content);
    }
    if (!response.ok) throw this.#refusal(status, text);
    if (body instanceof TooLarge) return { problem: `answered with more than ${LARGEST_BODY / 1024} kB` };
    return answerIn(text) ?? { problem: `did not answer as a chat endpoint does${excerpt(text)}` };
  }

  #redirect(status: number, to: string | null): JudgeError {
    return new JudgeError(
      `The judge at ${this.address} redirects (status ${status}) to ${to ?? 'another address'}. Redirects are not followed. Write the final address as evaluation.judge.url.`,
    );
  }

  #refusal(status: number, body: string): JudgeError {
    const advice =
      status === 401 || status === 403
        ? 'Check the key in the environment variable that evaluation.judge.api_key_env names.'
        : 'Check evaluation.judge.url and evaluation.judge.model.';
    return new JudgeError(
      `The judge at ${this.address} refused a request with status ${status}${excerpt(body)}. ${advice}`,
    );
  }
}

function notReached(error: unknown): never {
  if (error instanceof Error && error.name === 'TimeoutError') {
    throw new PassingFailure('did not answer in time');
  }
  const cause = error instanceof Error && error.cause ? error.cause : error;
  throw new PassingFailure(`could not be reached (${messageOf(cause)})`);
}

function answerIn(body: string): Answer | undefined {
  const choice = firstOf(parsed(body), 'choices');
  const message = isObject(choice) ? choice.message : undefined;
  const text = isObject(message) ? message.content : undefined;
  if (typeof text !== 'string') return undefined;
  const first = isObject(choice) ? firstOf(choice.logprobs, 'content') : undefined;
  const top = isObject(first) && Array.isArray(first.top_logprobs) ? first.top_logprobs : [];
  const firstTokens = new Map<string, number>();
  for (const one of top) {
    if (isObject(one) && typeof one.token === 'string' && typeof one.logprob === 'number')
      firstTokens.set(one.token, one.logprob);
  }
  return { text, ...(firstTokens.size > 0 && { firstTokens }) };
}

function firstOf(value: unknown, name: string): unknown {
  const list = isObject(value) ? value[name] : undefined;
  return Array.isArray(list) ? list[0] : undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function excerpt(body: string): string {
  const line = body.replaceAll(/\s+/g, ' ').trim();
  if (line === '') return '';
  return `: ${line.length > 200 ? `${line.slice(0, 200)}...` : line}`;
}
