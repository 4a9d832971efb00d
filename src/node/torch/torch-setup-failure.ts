import { FileError } from '../files/text-files';
import type { BasePython } from './torch-base';

const UNREACHABLE =
  /connection|timed? ?out|name resolution|getaddrinfo|unreachable|proxy|dns error|error sending request|failed to fetch|certificate|SSLError/i;

const CAUSES: readonly (readonly [sign: RegExp, message: (environment: string) => string])[] = [
  [
    /no space left|ENOSPC|disk quota|not enough space|os error 28/i,
    (environment) => `The disk is full. Free space where ${environment} is, then do it again.`,
  ],
  [
    /ensurepip|no module named '?(venv|pip)/i,
    () =>
      'This Python cannot make environments. Install what it lacks (python3-venv on Debian and Ubuntu) or uv, then do it again.',
  ],
  [
    UNREACHABLE,
    () =>
      'The package index cannot be reached. Check the network, and what pip or uv is told about proxies and indexes; then do it again, which continues where this was.',
  ],
  [
    /no matching distribution|could not find a version|no solution found|requires-python|no wheels/i,
    () =>
      'Not every package exists for this Python and this machine. Put Python 3.10 to 3.13 first on the search path, then do it again.',
  ],
  [
    /permission denied|EACCES|access is denied/i,
    (environment) => `${environment} may not be written. Name another folder with --folder.`,
  ],
];

/** Whether an index did not answer. */
export function isUnreachable(output: readonly string[]): boolean {
  return UNREACHABLE.test(output.join('\n'));
}

/** What went wrong, from what pip, venv or uv printed. */
export function setupFailure(
  output: readonly string[],
  { program }: BasePython,
  environment: string,
): FileError {
  const text = output.join('\n');
  const cause = CAUSES.find(([sign]) => sign.test(text))?.[1](environment);
  const words = output.map((line) => line.trim()).filter(Boolean);
  const last = words.findLast((line) => /error/i.test(line)) ?? words.at(-1) ?? 'nothing';
  const next = cause ?? `The environment was not finished; do it again when the cause is gone.`;
  return new FileError(`${next} ${program} said: ${last.slice(0, 300)}`);
}
