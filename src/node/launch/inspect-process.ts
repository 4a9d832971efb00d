import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type {
  InspectLine,
  InspectProgress,
  InspectQuestion,
  PairDetail,
  PairList,
  PairsQuestion,
} from '../../core/panels/pairs-page';
import { nodeEnvironment } from '../processes/node-environment';
import type { Programs } from './launch-plan';

interface Waiting {
  resolve(answer: PairList | PairDetail): void;
  reject(reason: Error): void;
  progress(progress: InspectProgress): void;
}

/** Why a question got no answer, for people. */
export class InspectError extends Error {
  override readonly name = 'InspectError';
}

/** The trainer's program in its `inspect` mode: loads a run's models once and answers questions until it is closed. */
export class InspectProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting = new Map<number, Waiting>();
  #questions = 0;
  #stderr = '';
  #hasEnded = false;
  /** Settles when the process is gone. */
  readonly ended: Promise<void>;

  constructor({ node, onnxTrainer }: Pick<Programs, 'node' | 'onnxTrainer'>, runFolder: string) {
    this.#child = spawn(node, [onnxTrainer, 'inspect', runFolder], {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      env: nodeEnvironment(),
    });
    // It may have ended by the time that it is asked.
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-20_000);
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#receive(line));
    this.ended = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.#hasEnded = true;
        for (const { reject } of this.#waiting.values()) reject(new InspectError(reason));
        this.#waiting.clear();
        resolve();
      };
      this.#child.on('error', (error) =>
        end(`The trainer's program could not be started: ${error.message}.`),
      );
      this.#child.on('close', (code) => end(endInWords(code, this.#stderr.trim())));
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** @throws InspectError with what went wrong and what to do next */
  ask(about: PairsQuestion, progress: (progress: InspectProgress) => void): Promise<PairList | PairDetail> {
    if (this.#hasEnded) return Promise.reject(new InspectError("The trainer's program has ended."));
    const asked: InspectQuestion = { question: ++this.#questions, about };
    return new Promise((resolve, reject) => {
      this.#waiting.set(asked.question, { resolve, reject, progress });
      this.#child.stdin.write(`${JSON.stringify(asked)}\n`);
    });
  }

  /** Ends it, whatever it does: nothing that it writes can be left half done. */
  close(): void {
    this.#child.stdin.destroy();
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGTERM');
  }

  #receive(text: string): void {
    const line = parse(text);
    const waiting = line && this.#waiting.get(line.question);
    if (!waiting) return;
    if (line.kind === 'progress') {
      waiting.progress(line);
      return;
    }
    this.#waiting.delete(line.question);
    if ('err' in line) waiting.reject(new InspectError(line.err));
    else waiting.resolve(line.ok);
  }
}

function endInWords(code: number | null, stderr: string): string {
  if (code === 1 && stderr !== '') return stderr;
  if (code === null || code === 137)
    return "The trainer's program was ended, perhaps because memory ran out. Try again when less runs beside it.";
  if (code === 0) return "The trainer's program was closed before it answered. Ask again.";
  return `The trainer's program failed with code ${code}. ${stderr.split('\n').slice(0, 3).join(' ')}`;
}

/** Undefined for what is no JSON: half a line of a killed process, or what a library prints. */
function parse(line: string): InspectLine | undefined {
  try {
    return JSON.parse(line) as InspectLine;
  } catch {
    return undefined;
  }
}
