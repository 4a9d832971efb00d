import type { Config } from '../config/config';

/** A key that a config wants sent to a host. */
export interface KeyRequest {
  /** Name of the environment variable that holds it. */
  readonly variable: string;
  /** Scheme, name and port, such as `https://api.openai.com`. */
  readonly host: string;
}

/** Addresses at which these servers listen where nothing else is set. */
const ADDRESSES: Readonly<Record<Config['evaluation.judge.server'], string | undefined>> = {
  other: undefined,
  vllm: 'http://localhost:8000/v1',
  'llama.cpp': 'http://localhost:8080/v1',
  ollama: 'http://localhost:11434/v1',
};

type JudgeOptions = Pick<
  Config,
  | 'evaluation.judge.kind'
  | 'evaluation.judge.url'
  | 'evaluation.judge.server'
  | 'evaluation.judge.api_key_env'
>;

/** Base address of a judge's endpoint: as written, else where its server listens; undefined where neither is known. */
export function judgeAddress(config: JudgeOptions): string | undefined {
  return config['evaluation.judge.url'] ?? ADDRESSES[config['evaluation.judge.server']];
}

/** Undefined where no key is sent. */
export function keyRequestOf(config: JudgeOptions): KeyRequest | undefined {
  const variable = config['evaluation.judge.api_key_env'];
  const url = judgeAddress(config);
  if (config['evaluation.judge.kind'] !== 'endpoint' || variable === undefined || url === undefined)
    return undefined;
  return URL.canParse(url) ? { variable, host: new URL(url).origin } : undefined;
}

export function keyQuestion({ variable, host }: KeyRequest): string {
  const clear = /^http:\/\/(?!localhost|127\.0\.0\.1|\[::1\])/.test(host)
    ? ' The connection is not encrypted: others on the network can read the key.'
    : '';
  return `The config wants to send the value of the environment variable ${variable} to ${host}, with each question to its judge.${clear}`;
}
