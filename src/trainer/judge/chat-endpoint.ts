import { setTimeout as wait } from 'node:timers/promises';
import { isObject } from '../../node/files/json';
import { messageOf } from '../../node/files/text-files';
import { TrainingError } from '../training-error';

interface EndpointSettings {
  /** Base address, such as `http://localhost:8000/v1`. */
  readonly url: string;
  readonly model: string;
  /** Sent as a bearer token. */
  readonly key: string | undefined;
}

/** Milliseconds. */
interface Patience {
  /** Longest wait for an answer. */
  readonly timeout: number;
  /** Pauses before a request that failed for a passing reason is sent again. */
  readonly pauses: readonly number[];
}

const PATIENCE: Patience = { timeout: 120_000, pauses: [1000, 4000, 16_000] };

/** A failure that may pass: what happened, in words, as the end of a sentence. */
class PassingFailure extends Error {}

/** A model behind an OpenAI-compatible endpoint (`POST <url>/chat/completions`). */
export class ChatEndpoint {
  readonly #address: string;

  /** @throws TrainingError where the address is none of the web */
  constructor(
    private readonly settings: EndpointSettings,
    private readonly patience: Patience = PATIENCE,
  ) {
    const { url } = settings;
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new TrainingError(
        `evaluation.judge.url ${url} is no web address. Write one such as http://localhost:8000/v1.`,
      );
    }
    this.#address = `${url.replace(/\/+$/, '')}/chat/completions`;
  }

  /**
   * The model's answer to one message, taking the likeliest tokens.
   *
   * @throws TrainingError when the endpoint refuses, or does not answer after a few attempts
   */
  async ask(message: string): Promise<string> {
    for (const pause of [...this.patience.pauses, undefined]) {
      try {
        return await this.#request(message);
      } catch (error) {
        if (!(error instanceof PassingFailure)) throw error;
        if (pause === undefined) {
          const attempts = this.patience.pauses.length + 1;
          throw new TrainingError(
            `The judge at ${this.#address} ${error.message}, ${attempts} times in a row. Check that it is running and reachable, and resume the run.`,
          );
        }
        await wait(pause);
      }
    }
    throw new Error('the last attempt either returns or throws');
  }

  async #request(content: string): Promise<string> {
    const { key, model } = this.settings;
    const response = await fetch(this.#address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ model, temperature: 0, messages: [{ role: 'user', content }] }),
      signal: AbortSignal.timeout(this.patience.timeout),
    }).catch(notReached);
    const body = await response.text().catch(notReached);
    if (response.status === 429 || response.status >= 500) {
      throw new PassingFailure(`answered with status ${response.status}${excerpt(body)}`);
    }
    if (!response.ok) throw this.#refusal(response.status, body);
    const answer = answerIn(body);
    if (answer !== undefined) return answer;
    throw new TrainingError(
      `The judge at ${this.#address} did not answer as a chat endpoint does${excerpt(body)}. Check evaluation.judge.url: it is the part before /chat/completions.`,
    );
  }

  #refusal(status: number, body: string): TrainingError {
    const advice =
      status === 401 || status === 403
        ? 'Check the key in the environment variable that evaluation.judge.api_key_env names.'
        : 'Check evaluation.judge.url and evaluation.judge.model.';
    return new TrainingError(
      `The judge at ${this.#address} refused a request with status ${status}${excerpt(body)}. ${advice}`,
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

function answerIn(body: string): string | undefined {
  try {
    const json: unknown = JSON.parse(body);
    const choice: unknown = isObject(json) && Array.isArray(json.choices) ? json.choices[0] : undefined;
    const message = isObject(choice) ? choice.message : undefined;
    const content = isObject(message) ? message.content : undefined;
    return typeof content === 'string' ? content : undefined;
  } catch {
    return undefined;
  }
}

function excerpt(body: string): string {
  const line = body.replaceAll(/\s+/g, ' ').trim();
  if (line === '') return '';
  return `: ${line.length > 200 ? `${line.slice(0, 200)}...` : line}`;
}
