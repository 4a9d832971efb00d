import type { Config } from '../../core/config/config';
import { refusedPath, resolvePath } from '../../node/files/paths';
import type { Place } from '../models/place';
import { TrainingError } from '../training-error';
import { ChatEndpoint } from './chat-endpoint';
import { EndpointJudge } from './endpoint-judge';
import type { Judge } from './judge';
import { openRewardModel } from './reward-model-judge';
import { openRulesJudge } from './rules-judge';

/**
 * The judge of a config; undefined for `none`.
 *
 * @throws TrainingError where something that the judge needs is not written, or cannot be used
 * @throws FileError where a file of the judge cannot be read
 */
export async function openJudge(config: Config, place: Place): Promise<Judge | undefined> {
  const kind = config['evaluation.judge.kind'];
  switch (kind) {
    case 'none':
      return undefined;
    case 'rules':
      return openRulesJudge(judgePath(config, place));
    case 'reward_model':
      return openRewardModel(judgePath(config, place));
    case 'endpoint':
      return new EndpointJudge(
        new ChatEndpoint({
          url: needed(config, 'evaluation.judge.url'),
          model: needed(config, 'evaluation.judge.model'),
          key: keyOf(config, place),
        }),
      );
  }
}

function judgePath(config: Config, place: Place): string {
  const path = needed(config, 'evaluation.judge.path');
  const refusal = refusedPath(path);
  if (refusal) throw new TrainingError(refusal);
  return resolvePath(path, place.baseFolder);
}

function needed(config: Config, path: `evaluation.judge.${'path' | 'url' | 'model'}`): string {
  const value = config[path];
  if (value !== undefined) return value;
  throw new TrainingError(`A judge of kind ${config['evaluation.judge.kind']} needs ${path}. Write it.`);
}

function keyOf(config: Config, { env }: Place): string | undefined {
  const name = config['evaluation.judge.api_key_env'];
  if (name === undefined) return undefined;
  const key = env[name];
  if (key) return key;
  throw new TrainingError(
    `The environment variable ${name}, which evaluation.judge.api_key_env names, is not set. Set it to the key of the endpoint and start again.`,
  );
}
