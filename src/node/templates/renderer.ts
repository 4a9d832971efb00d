import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import {
  limitOf,
  type RenderAnswer,
  type Rendered,
  type RenderQuestion,
  type TemplateProblem,
} from './rendering';

/** The bundle of `renderer-child.ts` lies beside the bundle that starts it. Tests have no bundles, and name another. */
const PROGRAM =
  process.env.DPO_LAB_TEST_RENDERER ?? fileURLToPath(new URL('template-renderer.js', import.meta.url));

/** Megabytes of the child's heap. */
const HEAP = 512;
/**
 * Milliseconds that one question may take. The child's own limit of steps ends a template earlier, within about a
 * second; this is for what it does not count, and generous, as the machine may be busy.
 */
const LONGEST = 8_000;
/** Conversations of one question: as many as are rendered within a fraction of a second. */
const AT_ONCE = 128;
/** Milliseconds without a question after which the child ends. */
const IDLE = 60_000;

/** What a template is and what its clock shows. */
export interface TemplateSource {
  /** Jinja. */
  readonly text: string;
  /** Its UTC fields are what the clock shows. */
  readonly now: Date;
}

export interface Renderings {
  /** One a conversation, in their order; after a broken limit, the same problem for all that follow. */
  readonly results: readonly Rendered[];
  /** A rendering has asked for the date. */
  readonly writesDate: boolean;
}

interface Waiting {
  resolve(answer: RenderAnswer): void;
}

/**
 * Renders chat templates in a child process, as they are programs of strangers: one that takes all memory or never ends
 * takes the child with it, not its caller. The child starts with the first question, serves many, and ends
 * when it is idle.
 */
class Renderer {
  private child: ChildProcess | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private known = new Set<string>();
  private questions = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Questions are answered one after the other, so that a limit of time is one question's. */
  private last: Promise<unknown> = Promise.resolve();
  /** Templates that broke a limit. */
  private readonly refused = new Map<string, TemplateProblem>();

  /** Why a template cannot be read; undefined where it can. Never rejects. */
  async check(source: TemplateSource): Promise<TemplateProblem | undefined> {
    return (await this.ask(source, [])).broken;
  }

  /** Never rejects. */
  async render(
    source: TemplateSource,
    values: readonly Readonly<Record<string, unknown>>[],
  ): Promise<Renderings> {
    const results: Rendered[] = [];
    let writesDate = false;
    for (let start = 0; start < values.length; start += AT_ONCE) {
      const part = values.slice(start, start + AT_ONCE);
      const answer = await this.ask(source, part);
      writesDate ||= answer.writesDate;
      const problem = answer.broken ?? this.refused.get(identity(source));
      results.push(...answer.results);
      while (results.length < start + part.length) results.push(problem ?? ENDED);
    }
    return { results, writesDate };
  }

  private ask(
    source: TemplateSource,
    values: readonly Readonly<Record<string, unknown>>[],
  ): Promise<RenderAnswer> {
    const answered = this.last.then(() => this.askNow(source, values));
    this.last = answered;
    return answered;
  }

  private async askNow(
    source: TemplateSource,
    values: readonly Readonly<Record<string, unknown>>[],
  ): Promise<RenderAnswer> {
    const id = this.questions++;
    const template = identity(source);
    const refused = this.refused.get(template);
    if (refused) return { id, results: values.map(() => refused), writesDate: false };
    const child = this.child ?? this.start();
    const text = this.known.has(template) ? {} : { text: source.text };
    this.known.add(template);
    child.ref();
    child.channel?.ref();
    const answered = new Promise<RenderAnswer>((resolve) => this.waiting.set(id, { resolve }));
    this.setTimer(LONGEST, () => this.end(TOO_LONG));
    child.send(
      { id, template, now: source.now.getTime(), values, ...text } satisfies RenderQuestion,
      () => {},
    );
    const answer = await answered;
    const limit = answer.broken?.isLimit ? answer.broken : limitOf(answer.results);
    if (limit) this.refused.set(template, limit);
    return answer;
  }

  private start(): ChildProcess {
    const child = spawn(process.execPath, [`--max-old-space-size=${HEAP}`, PROGRAM], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      windowsHide: true,
      // A template has no way to read it, but nothing there concerns it either.
      env: childEnvironment(),
    });
    child.on('message', (answer: RenderAnswer) => {
      this.waiting.get(answer.id)?.resolve(answer);
      this.waiting.delete(answer.id);
      this.rest(child);
    });
    child.on('error', (error) =>
      this.fail(child, { problem: `its process could not be started: ${error.message}` }),
    );
    child.on('exit', () => this.fail(child, ENDED));
    this.known = new Set();
    this.child = child;
    return child;
  }

  /** An idle child keeps no process alive. */
  private rest(child: ChildProcess): void {
    child.unref();
    child.channel?.unref();
    this.setTimer(IDLE, () => this.end(ENDED));
    this.timer?.unref();
  }

  private setTimer(milliseconds: number, run: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(run, milliseconds);
  }

  private end(problem: TemplateProblem): void {
    const { child } = this;
    if (!child) return;
    this.fail(child, problem);
    child.kill('SIGKILL');
  }

  /** The child is gone, or is given up: open questions are answered with the reason. */
  private fail(child: ChildProcess, broken: TemplateProblem): void {
    if (this.child !== child) return;
    clearTimeout(this.timer);
    this.child = undefined;
    for (const [id, { resolve }] of this.waiting) resolve({ id, results: [], broken, writesDate: false });
    this.waiting.clear();
  }
}

/** What a child that ended without an answer ran into: V8 ends a process whose heap is full. */
const ENDED: TemplateProblem = { problem: `it takes more than ${HEAP} MB of memory`, isLimit: true };
const TOO_LONG: TemplateProblem = { problem: `it takes more than ${LONGEST / 1000} seconds`, isLimit: true };

const IDENTITIES = new WeakMap<TemplateSource, string>();

function identity(source: TemplateSource): string {
  const known = IDENTITIES.get(source);
  if (known) return known;
  const made = createHash('sha256').update(source.text).digest('hex');
  IDENTITIES.set(source, made);
  return made;
}

/** In the extension host, Node is a part of VS Code. Windows starts nothing without its own folder's name. */
function childEnvironment(): NodeJS.ProcessEnv {
  const { SystemRoot } = process.env;
  return {
    ...(process.versions.electron && { ELECTRON_RUN_AS_NODE: '1' }),
    ...(SystemRoot !== undefined && { SystemRoot }),
  };
}

/** One for the whole process, as starting a child takes a tenth of a second. */
export const renderer: Pick<Renderer, 'check' | 'render'> = new Renderer();
