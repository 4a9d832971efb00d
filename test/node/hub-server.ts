import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';

export interface FakeRepository {
  readonly commit: string;
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** Branches and tags that point to the commit. */
  readonly revisions?: readonly string[];
  /** Lists, but gives no file without this token. */
  readonly gated?: string;
  /** Answers as if it did not exist without this token. */
  readonly private?: string;
}

/** A server on this computer that answers as the Hugging Face hub does, as far as downloads ask. */
export class FakeHub {
  readonly repositories = new Map<string, FakeRepository>();
  /** Method and path of every request since the last `forget`. */
  readonly requests: string[] = [];
  /** Authorization headers that the storage server got, which must be none. */
  readonly leaked: string[] = [];
  /** Breaks the connection after so many bytes of a file; each entry once. */
  readonly breaks: { path: string; bytes: number }[] = [];
  /** The storage server sends whole files whatever range is asked for. */
  ignoresRanges = false;
  /** Sends other bytes than it lists. */
  corrupts = false;
  /** Answers every request so. */
  failsWith: { status: number; body?: string } | undefined;
  readonly #hub: Server = createServer((request, response) => this.#answer(request, response));
  readonly #storage: Server = createServer((request, response) => this.#store(request, response));

  async start(): Promise<void> {
    for (const server of [this.#hub, this.#storage]) {
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
    }
  }

  async stop(): Promise<void> {
    for (const server of [this.#hub, this.#storage]) {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    }
  }

  get url(): string {
    return address(this.#hub);
  }

  forget(): void {
    this.requests.length = 0;
    this.leaked.length = 0;
    this.breaks.length = 0;
    this.ignoresRanges = false;
    this.corrupts = false;
    this.failsWith = undefined;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    this.requests.push(`${request.method} ${url.pathname}`);
    if (this.failsWith) {
      response.writeHead(this.failsWith.status).end(this.failsWith.body ?? '');
      return;
    }
    this.#route(url, request.headers.authorization?.replace('Bearer ', ''), response);
  }

  #route(url: URL, token: string | undefined, response: ServerResponse): ServerResponse {
    const api = /^\/api\/(models|datasets)\/(.+?)\/(revision|tree)\/([^/]+)$/.exec(url.pathname);
    const file = /^\/(datasets\/)?(.+?)\/resolve\/([^/]+)\/(.+)$/.exec(url.pathname);
    const [kind, id, revision] = api
      ? [api[1], api[2], api[4]]
      : [file?.[1] ? 'datasets' : 'models', file?.[2], file?.[3]];
    if (token === 'expired') return refuse(response, 401, '', 'Invalid credentials in Authorization header');
    const repository = this.repositories.get(`${kind}/${id}`);
    if (!repository || (repository.private && repository.private !== token)) {
      // Who is not logged in is not even told that there is nothing.
      return refuse(response, token === undefined ? 401 : 404, 'RepoNotFound');
    }
    const known = [repository.commit, 'main', ...(repository.revisions ?? [])];
    if (!known.includes(decodeURIComponent(revision ?? ''))) return refuse(response, 404, 'RevisionNotFound');
    if (api?.[3] === 'revision') return json(response, { _id: '1', id, sha: repository.commit });
    if (api) return this.#list(repository, url, response);
    if (repository.gated && repository.gated !== token) return refuse(response, 403, 'GatedRepo');
    const path = decodeURIComponent(file?.[4] ?? '');
    const content = repository.files[path];
    if (content === undefined) return refuse(response, 404, 'EntryNotFound');
    const bytes = Buffer.from(content);
    return response
      .writeHead(302, {
        'X-Repo-Commit': repository.commit,
        'X-Linked-Size': bytes.length,
        'X-Linked-ETag': `"${hashOf(path, bytes)}"`,
        Location: `${address(this.#storage)}/${kind}/${id}/${path}`,
      })
      .end();
  }

  /** In pages of three, so that paging is needed. */
  #list(repository: FakeRepository, url: URL, response: ServerResponse): ServerResponse {
    const entries = Object.entries(repository.files).map(([path, content]) => {
      const bytes = Buffer.from(content);
      const hash = hashOf(path, bytes);
      const lfs = hash.length === 64 && { lfs: { oid: hash, size: bytes.length, pointerSize: 130 } };
      return { type: 'file', path, size: bytes.length, oid: gitHash(bytes), ...lfs };
    });
    const start = Number(url.searchParams.get('cursor') ?? 0);
    url.searchParams.set('cursor', String(start + 3));
    const link = start + 3 < entries.length ? { Link: `<${url.href}>; rel="next"` } : {};
    return json(response, entries.slice(start, start + 3), link);
  }

  #store(request: IncomingMessage, response: ServerResponse): void {
    const [, kind, ...rest] = decodeURIComponent(request.url ?? '').split('/');
    if (request.headers.authorization) this.leaked.push(request.headers.authorization);
    const found = [...this.repositories].flatMap(([name, { files }]) =>
      Object.entries(files)
        .filter(([path]) => `${kind}/${rest.join('/')}` === `${name}/${path}`)
        .map(([path, content]) => ({ path, bytes: Buffer.from(content) })),
    )[0];
    if (!found) {
      refuse(response, 404, '');
      return;
    }
    const from = this.ignoresRanges ? 0 : Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    this.requests.push(`STORAGE ${found.path} from ${from}`);
    const bytes = this.corrupts ? Buffer.alloc(found.bytes.length, 'x') : found.bytes;
    response.writeHead(from > 0 ? 206 : 200, { 'Content-Length': bytes.length - from });
    const index = this.breaks.findIndex(({ path }) => path === found.path);
    const [broken] = index < 0 ? [] : this.breaks.splice(index, 1);
    if (!broken) response.end(bytes.subarray(from));
    else response.write(bytes.subarray(from, from + broken.bytes), () => response.destroy());
  }
}

/** A hub for the tests of a file. */
export function fakeHub(): FakeHub {
  const hub = new FakeHub();
  beforeAll(() => hub.start());
  afterAll(() => hub.stop());
  return hub;
}

/** An address at which nobody listens. */
export async function closedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = address(server);
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return url;
}

function address(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Large files are known by their SHA-256, small ones by git's hash. */
function hashOf(path: string, bytes: Uint8Array): string {
  const isLarge = /\.(safetensors|parquet|bin)$/.test(path);
  return isLarge ? createHash('sha256').update(bytes).digest('hex') : gitHash(bytes);
}

function gitHash(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function json(
  response: ServerResponse,
  value: unknown,
  headers: Record<string, string> = {},
): ServerResponse {
  return response
    .writeHead(200, { 'Content-Type': 'application/json', ...headers })
    .end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, code: string, message = code): ServerResponse {
  return response.writeHead(status, { 'X-Error-Code': code, 'X-Error-Message': message }).end('');
}
