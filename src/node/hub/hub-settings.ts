import { homedir } from 'node:os';
import { join } from 'node:path';
import { expandHome } from '../files/paths';
import { readTextFile } from '../files/text-files';
import type { Environment } from './hub-cache';

/** How the hub is reached, by the environment variables of the Hugging Face libraries. */
export interface HubSettings {
  /** HF_ENDPOINT, a mirror for instance; without a slash at the end. */
  readonly url: string;
  /** HF_TOKEN, else what `hf auth login` wrote. */
  readonly token: string | undefined;
  /** HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE: nothing is to be downloaded. */
  readonly offline: boolean;
  /** A proxy is set that fetch does not use. */
  readonly ignoredProxy: boolean;
}

export async function hubSettings(env: Environment): Promise<HubSettings> {
  const proxy = env.HTTPS_PROXY || env.https_proxy || env.HTTP_PROXY || env.http_proxy;
  return {
    url: (env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, ''),
    token: cleaned(env.HF_TOKEN) ?? cleaned(env.HUGGING_FACE_HUB_TOKEN) ?? (await savedToken(env)),
    offline: isTrue(env.HF_HUB_OFFLINE || env.TRANSFORMERS_OFFLINE),
    ignoredProxy: Boolean(proxy) && env.NODE_USE_ENV_PROXY !== '1',
  };
}

async function savedToken(env: Environment): Promise<string | undefined> {
  const cache = env.XDG_CACHE_HOME ? expandHome(env.XDG_CACHE_HOME) : join(homedir(), '.cache');
  const home = env.HF_HOME ? expandHome(env.HF_HOME) : join(cache, 'huggingface');
  const path = env.HF_TOKEN_PATH ? expandHome(env.HF_TOKEN_PATH) : join(home, 'token');
  return cleaned(await readTextFile(path).catch(() => ''));
}

/** A line break from copying would make a header that is refused with the token in the message. */
function cleaned(token: string | undefined): string | undefined {
  return token?.replace(/\s/g, '') || undefined;
}

/** As huggingface_hub reads its switches. */
function isTrue(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? '');
}
