import type { Command, HereDoc, Word } from 'unbash';
import type { Code, Decoded, Quote } from './code';

/** Whether a word is code for another shell: the string after `bash -c`, or of `--wrap`. */
export function isShellString(word: Word, before: readonly Word[]): boolean {
  const last = before.at(-1)?.text ?? '';
  if (word.text.startsWith('--wrap=') || last === '--wrap') return true;
  if (!/^-[a-z]*c$/.test(last)) return false;
  const options = before.slice(0, -1);
  const shell = options.findLast(({ text }) => !text.startsWith('-'));
  return /(^|\/)(ba|z|da|k)?sh$/.test(shell?.text ?? '');
}

/** The code in a quoted word. */
export function nestedWord(word: Word, code: Code): Decoded | undefined {
  const quoted = (word.parts ?? []).find(({ type }) => type === 'DoubleQuoted' || type === 'SingleQuoted');
  if (!quoted) return undefined;
  const quote: Quote = quoted.type === 'SingleQuoted' ? 'single' : 'double';
  return code.decode(quoted.pos + 1, quoted.end - 1, quote);
}

export function heredocOf(command: Command): HereDoc | undefined {
  return command.redirects.find((redirect) => redirect.type === 'HereDoc');
}

/** The code in a heredoc: fed to a shell or a job queue, or written to a file as a script. */
export function nestedHeredoc(
  command: Command,
  { body, delimiter }: HereDoc,
  code: Code,
): Decoded | undefined {
  const words = [command.name, ...command.args].map((word) => word?.text ?? '');
  const isShell = words.some((word) => /(^|\/)((ba|z|da|k)?sh|sbatch|qsub|bsub)$/.test(word));
  const isScript = /^\s*#!.*sh\b/.test(body.text);
  return isShell || isScript
    ? code.decode(body.pos, body.end, delimiter?.quoted ? 'single' : 'heredoc')
    : undefined;
}
