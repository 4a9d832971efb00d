/** What is wrong with a template, or with what it was given, in words. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  /** Line of the template, counted from 1. */
  line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

/** A template does more than a chat template may. */
export class LimitError extends TemplateError {}
