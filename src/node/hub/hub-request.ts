import { codeOf, FileError, messageOf } from '../files/text-files';
import type { HubSettings } from './hub-settings';

/** A repository on the hub at a revision. */
export interface HubRepository {
  readonly kind: 'models' | 'datasets';
  readonly id: string;
  /** Branch, tag or full commit. */
  readonly revision: string;
}

/** A connection that failed or broke off; the download can be tried again from where it stopped. */
export class ConnectionError extends FileError {}

/**
 * `fetch` for one repository: sends the token to the hub alone, and tells failures to people.
 *
 * @throws ConnectionError where no answer came
 * @throws FileError where the answer is a refusal
 */
export function hubFetch(repository: HubRepository, settings: HubSettings): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    if (settings.token && url.origin === new URL(settings.url).origin) {
      headers.set('Authorization', `Bearer ${settings.token}`);
    }
    const response = await fetch(url, { ...init, headers }).catch((error: unknown) => {
      throw connectionError(error, repository, settings);
    });
    if (!response.ok) throw refusal(response, repository, settings);
    return response;
  };
}

/** Says why a connection failed: the reason that the system gives lies one level below. */
export function connectionError(
  error: unknown,
  repository: HubRepository,
  settings: HubSettings,
): ConnectionError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = codeOf(cause) ?? messageOf(cause);
  const proxy = settings.ignoredProxy
    ? ' A proxy is set, which is used only by Node 24 or newer with NODE_USE_ENV_PROXY=1.'
    : '';
  return new ConnectionError(
    `${repository.id} could not be downloaded, because ${new URL(settings.url).host} was not reached (${reason}).${proxy} Try again, ${withoutHub(repository)}, or set HF_ENDPOINT to a mirror.`,
  );
}

export function offlineError(repository: HubRepository): FileError {
  return new FileError(
    `${repository.id} is not (completely) in the Hugging Face cache, and HF_HUB_OFFLINE forbids a download. Unset it, or ${withoutHub(repository)}.`,
  );
}

function withoutHub({ kind }: HubRepository): string {
  return kind === 'models'
    ? 'name a folder with the model instead'
    : 'name a file with the preference pairs instead';
}

/** The hub names the reason in a header; a repository that does not exist and a private one look the same. */
function refusal(response: Response, repository: HubRepository, settings: HubSettings): FileError {
  const { kind, id, revision } = repository;
  const page = `${settings.url}/${kind === 'datasets' ? 'datasets/' : ''}${id}`;
  const code = response.headers.get('X-Error-Code');
  const words = response.headers.get('X-Error-Message');
  const noun = kind === 'models' ? 'model' : 'dataset';
  if (code === 'GatedRepo') {
    return new FileError(
      `The ${noun} ${id} is gated. Accept its terms at ${page}, and set HF_TOKEN to a token of your account that may read it.`,
    );
  }
  if (code === 'RevisionNotFound') {
    return new FileError(
      `${id} has no revision ${revision}. Its branches and tags are at ${page}/tree/main.`,
    );
  }
  if (code === 'EntryNotFound') return new FileError(`${new URL(response.url).pathname} is not in ${page}.`);
  if (response.status === 401 && /credentials|token/i.test(words ?? '')) {
    return new FileError(
      `${settings.url} does not accept the token in HF_TOKEN (or the saved one). Set a valid one, or none.`,
    );
  }
  if (response.status === 401 || response.status === 404) {
    const token = settings.token ? 'this token may not read it' : 'set HF_TOKEN if it is private';
    return new FileError(
      `There is no ${noun} ${id} at ${settings.url}, or it is private: check the spelling; ${token}. If it is a folder here, write ./${id}.`,
    );
  }
  if (response.status === 403) {
    return new FileError(
      `${settings.url} refuses access to ${id}${words ? ` (${words})` : ''}. Check that the token in HF_TOKEN may read it, and that no proxy blocks it.`,
    );
  }
  if (response.status === 429) {
    return new FileError(
      `${settings.url} answered that there were too many requests. Wait some minutes, or set HF_TOKEN.`,
    );
  }
  return new FileError(
    `${settings.url} answered with status ${response.status} for ${id}${words ? ` (${words})` : ''}. Try again later.`,
  );
}
