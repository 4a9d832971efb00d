import type { Rule } from '../../rule';

export const DATA006: Rule = {
  code: 'DATA006',
  title: 'The data cannot be read',
  severity: 'error',
  when: 'The file or glob of `data.train` or `data.eval` matches nothing, or what it matches cannot be read as JSONL, JSON or parquet. Hub datasets that are not downloaded yet are fine.',
  why: 'The run would stop when the data is loaded. Paths in a config start from the folder of the config file.',
  todo: 'Correct the path, or fix the file at the place that the message names.',
  evidence: [],
  *check(experiment, facts) {
    const sources = [
      ['data.train.path', facts.train],
      ['data.eval.path', facts.eval],
    ] as const;
    for (const [at, data] of sources) {
      if (data?.state !== 'missing' && data?.state !== 'unreadable') continue;
      yield { at, message: `${experiment.get(at).key} cannot be read. ${data.reason}` };
    }
  },
};
