import { appendFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { ToPanel } from '../../src/core/panels/protocol';
import { CompareFeed } from '../../src/node/panels/compare-feed';
import { jsonLines, write } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';

const alarm = (step: number, severity: string) => ({
  time: step,
  kind: 'alarm',
  code: 'RUN006',
  severity,
  step,
  message: 'Texts do not end.',
});

/** Pages in few words. */
function told(message: ToPanel): string[] {
  if (message.kind !== 'page') return [];
  const { page } = message;
  if (page.kind !== 'compare') return [page.kind === 'gone' ? page.words : page.kind];
  const runs = page.runs.map(({ id, alarms }) =>
    [id, ...alarms.map(({ severity, step, short }) => `${severity} ${step} ${short}`)].join(', '),
  );
  return [[...runs, ...page.missing.map((id) => `missing ${id}`)].join('; ')];
}

it('a feed of compared runs tells alarms as they come, and runs that go', async () => {
  const folders = ['a', 'b'].map((name) => path.join(temporaryFolder(), 'runs', name));
  const [first = '', second = ''] = folders;
  const status = { format: 1, state: 'completed', step: 2, totalSteps: 2, host: 'here', heartbeat: 1 };
  for (const folder of folders) write(folder, { 'status.json': status, 'metrics.jsonl': '' });
  const sent: string[] = [];
  const feed = new CompareFeed(folders, (message) => sent.push(...told(message)));
  const look = async () => {
    await feed.refresh();
    return sent.splice(0);
  };
  expect(await look()).toEqual(['a; b']);
  appendFileSync(path.join(first, 'events.jsonl'), jsonLines([alarm(50, 'warning')]));
  expect(await look()).toEqual(['a, warning 50 texts stop ending; b']);
  appendFileSync(path.join(first, 'events.jsonl'), jsonLines([alarm(100, 'error')]));
  expect(await look()).toEqual(['a, error 100 texts stop ending; b']);
  expect(await look()).toEqual([]);
  rmSync(second, { recursive: true });
  expect(await look()).toEqual(['a, error 100 texts stop ending; missing b']);
  rmSync(first, { recursive: true });
  expect(await look()).toEqual(['a and b were deleted or moved. The list of runs shows what is there.']);
});
