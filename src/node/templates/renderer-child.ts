import { ChatTemplate } from './jinja/chat-template';
import { LimitError, TemplateError } from './jinja/errors';
import type { RenderAnswer, Rendered, RenderQuestion, TemplateProblem } from './rendering';

/** Runs in a child process, which may be ended at any time: a template is a program of a stranger. */
const templates = new Map<string, { readonly text: string; compiled?: ChatTemplate; now?: number }>();

function answer({ id, template, text, now, values }: RenderQuestion): RenderAnswer {
  if (text !== undefined) templates.set(template, { text });
  const known = templates.get(template) ?? { text: '' };
  try {
    if (!known.compiled || known.now !== now) {
      known.compiled = new ChatTemplate(known.text, new Date(now));
      known.now = now;
    }
  } catch (error) {
    return { id, results: [], broken: problemOf(error), writesDate: false };
  }
  const { compiled } = known;
  const results: Rendered[] = [];
  for (const value of values) {
    const result = render(compiled, value);
    results.push(result);
    if ('isLimit' in result && result.isLimit) break;
  }
  return { id, results, writesDate: compiled.hasWrittenDate };
}

function render(template: ChatTemplate, values: Readonly<Record<string, unknown>>): Rendered {
  try {
    return { text: template.render(values) };
  } catch (error) {
    return problemOf(error);
  }
}

function problemOf(error: unknown): TemplateProblem {
  if (!(error instanceof TemplateError)) return { problem: String(error) };
  return {
    problem: error.message,
    ...(error.line !== undefined && { line: error.line }),
    ...(error instanceof LimitError && { isLimit: true }),
  };
}

process.on('message', (question: RenderQuestion) => process.send?.(answer(question)));
process.on('disconnect', () => process.exit(0));
