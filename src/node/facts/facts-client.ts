import { Worker } from 'node:worker_threads';
import type { FactQuery, Facts } from '../../core/facts';

export interface FactsRequest {
  readonly id: number;
  readonly query: FactQuery;
}

export interface FactsAnswer {
  readonly id: number;
  readonly facts: Facts;
}

/** Milliseconds without a question after which the worker ends and its memory is freed. */
const IDLE_LIMIT = 5 * 60 * 1000;
/** Milliseconds after which a question counts as lost, such as on a network drive that hangs. */
const ANSWER_LIMIT = 60 * 1000;
/** A tokenizer of 256,000 words takes 220. A worker that needs more dies alone, not with its editor. */
const HEAP_MEGABYTES = 1024;

/**
 * Gathers facts in a worker thread, which starts with the first question. A worker that crashes or hangs costs the
 * facts of the open questions, and the next question starts another. An open question keeps the process alive; an
 * idle worker does not.
 */
export class FactsClient {
  private worker: Worker | undefined;
  private nextId = 0;
  private readonly open = new Map<number, (facts: Facts) => void>();
  private timer: NodeJS.Timeout | undefined;
  private disposed = false;

  /** @param workerFile absolute path of the bundled `facts-worker` */
  constructor(private readonly workerFile: string) {}

  /** What `gatherFacts` gives, or no facts at all where the worker could not answer. Never rejects. */
  async gather(query: FactQuery): Promise<Facts> {
    if (this.disposed) return {};
    const worker = this.worker ?? this.start();
    const id = this.nextId++;
    const answer = new Promise<Facts>((resolve) => this.open.set(id, resolve));
    worker.ref();
    if (this.open.size === 1) this.wait();
    worker.postMessage({ id, query } satisfies FactsRequest);
    return answer;
  }

  /** Ends the worker; open questions get no facts. */
  dispose(): void {
    this.disposed = true;
    this.stop();
  }

  private start(): Worker {
    const worker = new Worker(this.workerFile, {
      // Flags of this process, such as a debugger's port, are not meant for its threads.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
    });
    worker.on('message', ({ id, facts }: FactsAnswer) => {
      this.open.get(id)?.(facts);
      this.open.delete(id);
      this.wait();
      if (this.open.size === 0) worker.unref();
    });
    // Without a listener, an error in the worker would be thrown here; `exit` follows it.
    worker.on('error', () => {});
    worker.on('exit', () => {
      if (this.worker === worker) this.stop();
    });
    this.worker = worker;
    return worker;
  }

  /** Starts the time limit anew: for the next answer, or for the next question. */
  private wait(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop(), this.open.size > 0 ? ANSWER_LIMIT : IDLE_LIMIT);
    this.timer.unref();
  }

  private stop(): void {
    clearTimeout(this.timer);
    const { worker } = this;
    this.worker = undefined;
    void worker?.terminate();
    for (const answer of this.open.values()) answer({});
    this.open.clear();
  }
}
