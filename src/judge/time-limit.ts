import { createContext, Script } from 'node:vm';

const CALL = new Script('call()');

/** Whatever was called took longer than it may. */
export class TookTooLong extends Error {}

/**
 * Calls a function that must end within a time, and ends it where it does not: also a regular expression that backtracks,
 * which nothing else can end within its process.
 *
 * @param milliseconds that it may take
 * @throws TookTooLong
 */
export function withinTime<Result>(milliseconds: number, call: () => Result): Result {
  try {
    return CALL.runInContext(createContext({ call }), { timeout: milliseconds }) as Result;
  } catch (error) {
    // Made in another context, it is no Error of this one.
    if ((error as { readonly code?: unknown } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new TookTooLong();
    throw error;
  }
}
