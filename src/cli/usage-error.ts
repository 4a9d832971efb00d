/** The command cannot do what was asked: a sentence with what happened and what to do next. Ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const EXIT = { ok: 0, problems: 1, usage: 2, stopped: 3, bug: 70, interrupted: 130 } as const;
