/** What the child process that renders templates is sent: one template and what it is rendered with. */
export interface RenderQuestion {
  readonly id: number;
  /** Jinja; absent where the child has had this template before. */
  readonly text?: string;
  /** Tells templates apart. */
  readonly template: string;
  /** What the template's clock shows, in milliseconds, its UTC fields as a clock on the wall. */
  readonly now: number;
  /** Of each conversation; empty to learn only whether the template can be read. */
  readonly values: readonly Readonly<Record<string, unknown>>[];
}

export interface RenderAnswer {
  readonly id: number;
  /** As many as there were values, unless a limit was broken: then that one is the last. */
  readonly results: readonly Rendered[];
  /** Why the template cannot be read. */
  readonly broken?: TemplateProblem;
  /** A rendering has asked for the date. */
  readonly writesDate: boolean;
}

/** A text, or why there is none. */
export type Rendered = { readonly text: string } | TemplateProblem;

export interface TemplateProblem {
  /** Without a full stop: a template's own words, or what is wrong with it. */
  readonly problem: string;
  /** Line of the template. */
  readonly line?: number;
  /** The template breaks a limit, so that nothing more is rendered with it. */
  readonly isLimit?: boolean;
}

/** A problem with its line, within a sentence. */
export function problemText({ problem, line }: TemplateProblem): string {
  const text = problem.replace(/\.$/, '');
  return line === undefined ? text : `${text} (line ${line} of the template)`;
}

/** A template that does too much is no template for its user either. */
export function limitOf(results: readonly Rendered[]): TemplateProblem | undefined {
  return results.find((result): result is TemplateProblem => 'isLimit' in result && result.isLimit === true);
}
