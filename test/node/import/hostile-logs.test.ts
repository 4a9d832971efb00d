import { describe, expect, it } from 'vitest';
import { parsePythonJson, readTrainerState } from '../../../src/node/import/json-logs';
import { readPrintedLog } from '../../../src/node/import/printed-logs';

/** Texts that a pattern would search again from each of their characters: a megabyte takes minutes then. */
const LENGTH = 2 * 1024 * 1024;

describe('logs that are made to be slow', () => {
  it.each([
    ['digits', '1'.repeat(LENGTH)],
    ['bars without an end', '1/2 [1<'.repeat(LENGTH / 7)],
    ['a word without an end', 'a'.repeat(LENGTH)],
    ['many entries in a line', `${"{'loss': 1.0} ".repeat(LENGTH / 14)}1/2 [1<2]`],
    ['quotes in an entry', `{'a': ${"'".repeat(LENGTH)}}`],
  ])('%s', (_, text) => {
    expect(readPrintedLog(text).isComplete).toBeUndefined();
  });

  it('strings without an end, and long ones', () => {
    expect(parsePythonJson(`{"a": NaN, "b": "${'\\"'.repeat(LENGTH)}`)).toBeUndefined();
    const long = 'x\\n'.repeat(4 * LENGTH);
    const text = `{"log_history": [{"step": 1, "note": "${long}", "loss": NaN}], "global_step": 1}`;
    expect(readTrainerState(text).step).toBe(1);
  });

  it('a bar after an entry of the same line counts for the next entry only', () => {
    const { lines } = readPrintedLog("1/4 [00:01<00:03] {'loss': 0.5} 2/4 [00:02<00:02] {'loss': 0.4}");
    expect(lines.map(({ step }) => step)).toEqual([1, 2]);
  });
});
