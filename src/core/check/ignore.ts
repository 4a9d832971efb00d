import type { Problem } from '../problem';
import { LineIndex, type TextEdit } from '../words/text';

const COMMENT = /#\s*dpo-lab:\s*ignore\s+([A-Z]+\d{3}(?:\s*,\s*[A-Z]+\d{3})*)/g;

/**
 * `# dpo-lab: ignore BETA001` at the end of a line, or on a line of its own above it, silences a warning there.
 * Errors cannot be ignored: the config would not run.
 */
export function isIgnored(text: string, problem: Problem): boolean {
  if (problem.severity === 'error' || !text.includes('dpo-lab:')) return false;
  const lines = new LineIndex(text);
  const problemLine = lines.position(problem.range.start).line;
  return [...text.matchAll(COMMENT)].some((match) => {
    if (!match[1]?.split(/\s*,\s*/).includes(problem.code)) return false;
    const { line, column } = lines.position(match.index);
    const alone = lines.line(line).slice(0, column).trim() === '';
    return problemLine === line + (alone ? 1 : 0);
  });
}

/** The edit that silences a problem where it stands; undefined where no comment is possible. */
export function ignoreEdit(text: string, fileName: string, problem: Problem): TextEdit | undefined {
  if (problem.severity === 'error' || /\.json$/i.test(fileName)) return undefined;
  const lines = new LineIndex(text);
  const line = lines.position(problem.range.start).line;
  if (lines.line(line).includes('#')) return undefined;
  const { end } = lines.lineRange(line);
  return { range: { start: end, end }, newText: `  # dpo-lab: ignore ${problem.code}` };
}
