import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { renderer, type TemplateSource } from '../../node/templates/renderer';
import { problemText } from '../../node/templates/rendering';

interface Question {
  /** Jinja. */
  readonly template: string;
  /** What its clock shows, in milliseconds, as UTC. */
  readonly now: number;
  /** What it reads, of each conversation. */
  readonly values: readonly Readonly<Record<string, unknown>>[];
}

interface Answer {
  /** Up to the first conversation that the template refuses. */
  readonly texts?: readonly string[];
  readonly refused?: { readonly problem: string; readonly isLimit: boolean };
  /** Why the template cannot be read. */
  readonly broken?: string;
}

/**
 * `onnx-trainer.js render`: renders chat templates for another trainer, within the same limits as everywhere. Each line
 * of standard input is a question in JSON, and is answered by one line. It ends when its input ends, not by a signal: one
 * to the whole process group asks the trainer to stop, which may need it until then.
 */
export async function runRenderCommand(): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => {});
  for await (const line of createInterface({ input: process.stdin })) {
    const answered = await answer(JSON.parse(line));
    if (!process.stdout.write(`${JSON.stringify(answered)}\n`)) await once(process.stdout, 'drain');
  }
}

async function answer({ template, now, values }: Question): Promise<Answer> {
  const source: TemplateSource = { text: template, now: new Date(now) };
  const broken = await renderer.check(source);
  if (broken) return { broken: problemText(broken) };
  const texts: string[] = [];
  for (const result of (await renderer.render(source, values)).results) {
    if (!('text' in result)) {
      return { texts, refused: { problem: problemText(result), isLimit: result.isLimit === true } };
    }
    texts.push(result.text);
  }
  return { texts };
}
