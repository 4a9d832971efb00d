import type { Config } from '../core/config/config';
import { judgeAddress, keyRequestOf } from '../core/judge/key-request';
import { refusedPath, resolvePath } from '../node/files/paths';
import { isAllowed, notAllowed } from '../node/launch/judge-consent';
import { ChatEndpoint } from './chat-endpoint';
import { EndpointJudge } from './endpoint-judge';
import type { Judge } from './judge';
import { JudgeError } from './judge-error';
import { openRulesJudge } from './rules-judge';

export interface JudgePlace {
  /** Folder of the config file: relative paths start here. */
  readonly baseFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The judge of a config; undefined for `none`.
 *
 * @throws JudgeError where something that the judge needs is not written, or cannot be used
 * @throws FileError where a file of the judge cannot be read
 */
export async function openJudge(config: Config, place: JudgePlace): Promise<Judge | undefined> {
  switch (config['evaluation.judge.kind']) {
    case 'none':
      return undefined;
    case 'rules':
      return openRulesJudge(judgePath(config, place));
    case 'reward_model': {
      // Loaded for those who need it: it is a native library.
      const { openRewardModel } = await import('./reward-model-judge');
      return openRewardModel(judgePath(config, place));
    }
    case 'endpoint':
      return openEndpoint(config, place);
  }
}

async function openEndpoint(config: Config, { env }: JudgePlace): Promise<Judge> {
  const url = judgeAddress(config);
  const model = config['evaluation.judge.model'];
  if (url === undefined || model === undefined) {
    const missing =
      url === undefined ? 'evaluation.judge.url or evaluation.judge.server' : 'evaluation.judge.model';
    throw new JudgeError(`A judge of kind endpoint needs ${missing}. Write it.`);
  }
  const request = keyRequestOf(config);
  if (!request) return new EndpointJudge(new ChatEndpoint({ url, model, key: undefined }));
  if (!(await isAllowed(request, env))) throw new JudgeError(notAllowed(request));
  const key = env[request.variable];
  if (key) return new EndpointJudge(new ChatEndpoint({ url, model, key }));
  throw new JudgeError(
    `The environment variable ${request.variable}, which evaluation.judge.api_key_env names, is not set. Set it to the key of the endpoint and start again.`,
  );
}

function judgePath(config: Config, { baseFolder }: JudgePlace): string {
  const path = config['evaluation.judge.path'];
  if (path === undefined)
    throw new JudgeError(
      `A judge of kind ${config['evaluation.judge.kind']} needs evaluation.judge.path. Write it.`,
    );
  const refusal = refusedPath(path);
  if (refusal) throw new JudgeError(refusal);
  return resolvePath(path, baseFolder);
}
