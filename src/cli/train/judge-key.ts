import { createInterface } from 'node:readline/promises';
import { type KeyRequest, keyQuestion } from '../../core/judge/key-request';
import { visible } from '../terminal/text-layout';

/**
 * Whether a key may be sent to a host: by `--allow-judge`, else by what the user answers on a terminal. Without a terminal
 * nobody can be asked, so it may not.
 */
export async function mayUseKey(request: KeyRequest, allowed: string | undefined): Promise<boolean> {
  if (allowed !== undefined) return originOf(allowed) === request.host;
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(
      `${visible(keyQuestion(request))}\nAllow it, now and later? [y/N] `,
    );
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

/** A bare name means https. */
function originOf(host: string): string | undefined {
  const url = host.includes('://') ? host : `https://${host}`;
  return URL.canParse(url) ? new URL(url).origin : undefined;
}
