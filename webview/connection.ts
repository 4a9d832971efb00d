import type { PairsQuestion } from '../src/core/panels/pairs-page';
import type { FromPanel, PanelAction, ToPanel } from '../src/core/panels/protocol';

/** The other side of a panel. */
export interface Connection {
  /** False in a report: nothing can be done or asked, but other pages of it be opened. */
  readonly isLive: boolean;
  /** What the reader looked at when the panel was last closed or hidden. */
  readonly kept: unknown;
  keep(navigation: unknown): void;
  do(action: PanelAction): void;
  /** Whether there is a panel of this run to be opened. */
  canOpen(run: string): boolean;
  /** @param progress gets what is being done, in words */
  ask(about: PairsQuestion, progress?: (words: string) => void): Promise<unknown>;
  /** Called with each message; asks to be filled. */
  listen(receive: (message: ToPanel) => void): void;
}

export interface EditorApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** Milliseconds without a word after which a question counts as lost. */
const PATIENCE = 600_000;

interface Kept {
  readonly address?: unknown;
  readonly navigation?: unknown;
}

export class EditorConnection implements Connection {
  readonly isLive = true;
  readonly #waiting = new Map<
    number,
    {
      resolve(value: unknown): void;
      reject(reason: Error): void;
      progress(words: string): void;
      timer: number;
    }
  >();
  #questions = 0;

  constructor(private readonly api: EditorApi) {}

  get kept(): unknown {
    return (this.api.getState() as Kept | undefined)?.navigation;
  }

  keep(navigation: unknown): void {
    const { address } = document.body.dataset;
    this.api.setState({ address: address === undefined ? undefined : JSON.parse(address), navigation });
  }

  canOpen(): boolean {
    return true;
  }

  do(action: PanelAction): void {
    this.api.postMessage({ kind: 'do', action });
  }

  ask(about: PairsQuestion, progress: (words: string) => void = () => {}): Promise<unknown> {
    const question = ++this.#questions;
    return new Promise((resolve, reject) => {
      this.#waiting.set(question, { resolve, reject, progress, timer: this.#patience(question) });
      this.api.postMessage({ kind: 'ask', question, about });
    });
  }

  #patience(question: number): number {
    return window.setTimeout(() => {
      this.#waiting.get(question)?.reject(new Error('Nothing was heard for ten minutes. Try again.'));
      this.#waiting.delete(question);
    }, PATIENCE);
  }

  listen(receive: (message: ToPanel) => void): void {
    window.addEventListener('message', ({ data }: MessageEvent<ToPanel>) => {
      if (data.kind === 'answer') this.#settle(data);
      else if (data.kind === 'progress') this.#progress(data);
      else receive(data);
    });
    // Kept from the beginning, so that a panel that nobody touched is found again as well.
    this.keep(this.kept);
    this.api.postMessage({ kind: 'ready' });
  }

  #progress({ question, words }: Extract<ToPanel, { kind: 'progress' }>): void {
    const waiting = this.#waiting.get(question);
    if (!waiting) return;
    window.clearTimeout(waiting.timer);
    waiting.timer = this.#patience(question);
    waiting.progress(words);
  }

  #settle(answer: Extract<ToPanel, { kind: 'answer' }>): void {
    const waiting = this.#waiting.get(answer.question);
    if (!waiting) return;
    this.#waiting.delete(answer.question);
    window.clearTimeout(waiting.timer);
    if ('err' in answer) waiting.reject(new Error(answer.err));
    else waiting.resolve(answer.ok);
  }
}
