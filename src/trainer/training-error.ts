/** A failure told to people: what happened, where, and what to do next. Anything else that is thrown is a bug. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';
}
