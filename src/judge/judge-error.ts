/** A failure of a judge, for people: what happened, where, and what to do next. Anything else that is thrown is a bug. */
export class JudgeError extends Error {
  override readonly name = 'JudgeError';
}
