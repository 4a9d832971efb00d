import { expect, it } from 'vitest';
import { readOutput } from '../../src/node/facts/output-facts';
import { temporaryFolder } from '../support/temporary-folder';
import { eventFile, TRAINER_STATE, write } from './import/recordings';

const beta = (value: number): Buffer =>
  eventFile([{ wall: 1, step: 0, tag: 'args/text_summary', value: JSON.stringify({ pref_beta: value }) }]);

it('checkpoints of an output folder, and the beta that its newest log records', async () => {
  const folder = temporaryFolder();
  write(folder, 'out/checkpoint-50/trainer_state.json', TRAINER_STATE);
  write(folder, 'out/checkpoint-100/trainer_state.json', TRAINER_STATE);
  expect(await readOutput('out', folder)).toEqual({ folder: 'out', checkpoints: 2 });
  write(folder, 'out/runs/Dec01_vm/events.out.tfevents.1.vm.1.0', beta(0.3));
  write(folder, 'out/checkpoint-50/events.out.tfevents.1.vm.1.0', beta(0.9));
  expect(await readOutput('out', folder)).toEqual({ folder: 'out', checkpoints: 2, beta: 0.3 });
});

it('nothing where no checkpoint, no folder or no readable log is', async () => {
  const folder = temporaryFolder();
  write(folder, 'new/config.json', '{}');
  write(folder, 'damaged/checkpoint-1/x', '');
  write(folder, 'damaged/events.out.tfevents.1.vm.1.0', 'no events');
  expect(await readOutput('new', folder)).toBeUndefined();
  expect(await readOutput('none', folder)).toBeUndefined();
  expect(await readOutput('damaged', folder)).toEqual({ folder: 'damaged', checkpoints: 1 });
});
