import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Config } from '../../core/config/config';
import { type KeyRequest, keyQuestion, keyRequestOf } from '../../core/judge/key-request';
import { replaceJson } from '../files/atomic-file';
import { isObject } from '../files/json';
import { FileError, readJsonObject } from '../files/text-files';
import { writeError } from '../files/write-error';

/**
 * Which keys may be sent where, as the user has said. It is remembered for the user, not in the workspace: what comes with
 * a repository must not answer for its reader.
 */

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the answers are kept. */
export function consentFile(env: Environment = process.env): string {
  const folder = env.XDG_CONFIG_HOME || (process.platform === 'win32' && env.APPDATA);
  return join(folder || join(homedir(), '.config'), 'dpo-lab', 'allowed-judges.json');
}

export async function isAllowed(request: KeyRequest, env: Environment = process.env): Promise<boolean> {
  const allowed = await allowedIn(consentFile(env));
  return allowed.some(({ variable, host }) => variable === request.variable && host === request.host);
}

/** @throws FileError where it cannot be remembered */
export async function allow(request: KeyRequest, env: Environment = process.env): Promise<void> {
  const path = consentFile(env);
  const allowed = await allowedIn(path);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    replaceJson(path, { allowed: [...allowed, request] }, { durable: false });
  } catch (error) {
    throw writeError(error, path);
  }
}

/** @throws FileError where the user has not allowed it, and does not now */
export async function needConsent(
  config: Config,
  ask: (request: KeyRequest) => Promise<boolean>,
): Promise<void> {
  const request = keyRequestOf(config);
  if (!request || (await isAllowed(request))) return;
  if (!(await ask(request))) throw new FileError(notAllowed(request));
  await allow(request);
}

export function notAllowed(request: KeyRequest): string {
  return `${keyQuestion(request)} You have not allowed that. Allow it with: --allow-judge ${request.host}`;
}

/** Nothing is allowed where the file is missing or damaged. */
async function allowedIn(path: string): Promise<readonly KeyRequest[]> {
  const file = await readJsonObject(path).catch(() => undefined);
  const list: readonly unknown[] = Array.isArray(file?.allowed) ? file.allowed : [];
  return list.flatMap((one) =>
    isObject(one) && typeof one.variable === 'string' && typeof one.host === 'string'
      ? [{ variable: one.variable, host: one.host }]
      : [],
  );
}
