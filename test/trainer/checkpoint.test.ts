import { existsSync, mkdirSync, readdirSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Checkpoints, newestCheckpoint, removeUnfinished } from '../../src/trainer/checkpoint';
import { temporaryFolder } from '../support/temporary-folder';

const STATE = {
  parameters: Float32Array.of(1, -0, Number.MIN_VALUE, 3.5),
  firstMoments: Float32Array.of(0.1, 0.2, 0.3, 0.4),
  secondMoments: Float32Array.of(1e-20, 1, 2, 3),
};

describe('checkpoints', () => {
  it('give the state back bit for bit, and keep the newest', async () => {
    const folder = temporaryFolder();
    const checkpoints = new Checkpoints(folder, 'print', 2);
    for (const step of [2, 10, 9, 11])
      await checkpoints.write({ step, state: STATE, evaluationDue: step === 11 });
    expect(await newestCheckpoint(folder)).toBe(11);
    expect(readdirSync(path.join(folder, 'checkpoints')).toSorted()).toEqual(['10', '11']);
    const { step, state, evaluationDue } = await checkpoints.read(11);
    expect({ step, evaluationDue }).toEqual({ step: 11, evaluationDue: true });
    for (const name of ['parameters', 'firstMoments', 'secondMoments'] as const) {
      expect(Buffer.from(state[name].buffer)).toEqual(Buffer.from(STATE[name].buffer));
    }
  });

  it('are complete or absent: what a killed trainer left is no checkpoint and is removed', async () => {
    const folder = temporaryFolder();
    await new Checkpoints(folder, 'print', 2).write({ step: 4, state: STATE, evaluationDue: false });
    mkdirSync(path.join(folder, 'checkpoints/8.tmp'));
    expect(await newestCheckpoint(folder)).toBe(4);
    await removeUnfinished(folder);
    expect(existsSync(path.join(folder, 'checkpoints/8.tmp'))).toBe(false);
    expect(await newestCheckpoint(temporaryFolder())).toBeUndefined();
  });

  it('refuse to be read for another model or other data, and say when a file is damaged', async () => {
    const folder = temporaryFolder();
    await new Checkpoints(folder, 'print', 2).write({ step: 4, state: STATE, evaluationDue: false });
    await expect(new Checkpoints(folder, 'other', 2).read(4)).rejects.toThrow(
      /another model.*Start a new run/,
    );
    await expect(new Checkpoints(folder, undefined, 2).read(4)).resolves.toMatchObject({ step: 4 });
    truncateSync(path.join(folder, 'checkpoints/4/state.safetensors'), 40);
    await expect(new Checkpoints(folder, 'print', 2).read(4)).rejects.toThrow(
      /cannot be read.*Delete that folder/,
    );
  });
});
