import { appendFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { ToPanel } from '../../src/core/panels/protocol';
import { RunFeed } from '../../src/node/panels/run-feed';
import { jsonLines, write } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';

const metrics = (step: number, loss: unknown) => ({ step, time: step, split: 'train', values: { loss } });

/** Messages in few words. */
function told(message: ToPanel): string {
  if (message.kind === 'page')
    return message.page.kind === 'run' ? `page: ${message.page.sentence}` : message.page.kind;
  if (message.kind === 'curves')
    return `curves${message.restart ? ' from the start' : ''}: ${message.parts.map(({ name, steps, values }) => `${name} ${[...steps].join(' ')} = ${[...values].join(' ')}`)}`;
  if (message.kind === 'texts') return `texts: ${message.evaluations.map(({ step }) => step).join(' ')}`;
  return message.kind === 'log' ? `log: ${message.text}` : message.kind;
}

it('a feed sends a run once and then what is new; a resumed run anew; a deleted one as gone', async () => {
  const folder = path.join(temporaryFolder(), 'runs', 'a');
  const status = { format: 1, state: 'completed', step: 2, totalSteps: 2, host: 'here', heartbeat: 1 };
  const file = (name: string) => path.join(folder, name);
  write(folder, {
    'run.json': {
      ...{ format: 2, id: 'a', created: 1, producer: { kind: 'onnx', trainer: 'dpo-lab' } },
      ...{ config: {}, baseFolder: folder, dataFolder: path.dirname(path.dirname(folder)) },
    },
    'status.json': status,
    'metrics.jsonl': jsonLines([metrics(1, 0.5), metrics(2, 'NaN')]),
    'trainer.jsonl': jsonLines([{ time: 1, kind: 'samples', step: 0, samples: [] }]),
    'output.log': 'hello',
  });
  const sent: string[] = [];
  const feed = new RunFeed(folder, (message) => sent.push(told(message)));
  const look = async () => {
    await feed.refresh();
    return sent.splice(0);
  };
  expect(await look()).toMatchInlineSnapshot(`
    [
      "page: Completed, step 2 of 2 (100 %).",
      "texts: 0",
      "log: hello",
      "curves from the start: loss 1 2 = 0.5 NaN",
    ]
  `);
  expect(await look()).toEqual([]);
  appendFileSync(file('metrics.jsonl'), jsonLines([metrics(3, 0.25)]));
  appendFileSync(file('trainer.jsonl'), jsonLines([{ time: 1, kind: 'samples', step: 3, samples: [] }]));
  expect(await look()).toMatchInlineSnapshot(`
    [
      "texts: 0 3",
      "curves: loss 3 = 0.25",
    ]
  `);
  // Resumed from step 1: the lines after it were moved away.
  write(folder, { 'metrics.jsonl': jsonLines([metrics(1, 0.5), metrics(2, 0.125)]) });
  appendFileSync(file('trainer.jsonl'), jsonLines([{ time: 1, kind: 'resumed', step: 1 }]));
  expect(await look()).toMatchInlineSnapshot(`
    [
      "texts: 0",
      "curves from the start: loss 1 2 = 0.5 0.125",
    ]
  `);
  rmSync(folder, { recursive: true });
  expect(await look()).toEqual(['gone']);
});
