import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Checkpoints, newestCheckpoint, newestSound, removeUnfinished } from '../../src/trainer/checkpoint';
import { temporaryFolder } from '../support/temporary-folder';

const STATE = {
  parameters: Float32Array.of(1, -0, Number.MIN_VALUE, 3.5),
  firstMoments: Float32Array.of(0.1, 0.2, 0.3, 0.4),
  secondMoments: Float32Array.of(1e-20, 1, 2, 3),
};

afterEach(() => vi.unstubAllEnvs());

async function saved(steps: readonly number[]): Promise<string> {
  const folder = temporaryFolder();
  const checkpoints = new Checkpoints(folder, 'print', 9);
  for (const step of steps) await checkpoints.write({ step, state: STATE, evaluationDue: false });
  return folder;
}

/** Changes one bit of what lies in a file. */
function flip(file: string, fromEnd: number): void {
  const bytes = readFileSync(file);
  const at = bytes.length - fromEnd;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

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

  it('are not what they were with one bit flipped: the one before serves, and both stay', async () => {
    const folder = await saved([4, 8]);
    flip(path.join(folder, 'checkpoints/8/state.safetensors'), 5);
    await expect(new Checkpoints(folder, 'print', 2).read(8)).rejects.toThrow(/second_moments are not/);
    const warnings: string[] = [];
    expect(await newestSound(folder, (message) => warnings.push(message))).toBe(4);
    expect(warnings).toEqual([expect.stringMatching(/step 8 is damaged.*continues from step 4.*8\.damaged/)]);
    expect(readdirSync(path.join(folder, 'checkpoints')).toSorted()).toEqual(['4', '8.damaged']);
    expect(await newestSound(folder, () => {})).toBe(4);
  });

  it('that are all damaged stay as they are, which is reported', async () => {
    const folder = await saved([4, 8]);
    for (const step of [4, 8]) truncateSync(path.join(folder, `checkpoints/${step}/state.safetensors`), 40);
    await expect(newestSound(folder, () => {})).rejects.toThrow(/checkpoints.8 cannot be read/);
    expect(readdirSync(path.join(folder, 'checkpoints')).toSorted()).toEqual(['4', '8']);
  });

  it('of a step that was written before are there at every moment', async () => {
    const folder = await saved([4]);
    const checkpoints = path.join(folder, 'checkpoints');
    renameSync(path.join(checkpoints, '4'), path.join(checkpoints, '4.old'));
    await removeUnfinished(folder);
    expect(await newestSound(folder, () => {})).toBe(4);
  });
});

describe.skipIf(process.platform === 'win32')('a folder of checkpoints', () => {
  const STRANGE = ['.netrc', 'thesis.tex', '8.tmp.txt', 'a1.tmp', '12.backup'];

  function elsewhere(): string {
    const folder = temporaryFolder();
    for (const name of STRANGE) writeFileSync(path.join(folder, name), 'precious');
    mkdirSync(path.join(folder, '8.tmp'));
    return folder;
  }

  it('keeps every name that is not of ours', async () => {
    const folder = await saved([4]);
    const checkpoints = path.join(folder, 'checkpoints');
    for (const name of STRANGE) writeFileSync(path.join(checkpoints, name), 'precious');
    await removeUnfinished(folder);
    expect(readdirSync(checkpoints).toSorted()).toEqual([...STRANGE, '4'].toSorted());
  });

  it('that is a link is neither cleaned nor written to', async () => {
    const [folder, target] = [temporaryFolder(), elsewhere()];
    symlinkSync(target, path.join(folder, 'checkpoints'));
    const before = readdirSync(target);
    await expect(removeUnfinished(folder)).rejects.toThrow(/symbolic link that leads out of/);
    await expect(newestSound(folder, () => {})).rejects.toThrow(/symbolic link/);
    const checkpoint = { step: 1, state: STATE, evaluationDue: false };
    await expect(new Checkpoints(folder, 'print', 2).write(checkpoint)).rejects.toThrow(/symbolic link/);
    expect(readdirSync(target)).toEqual(before);
  });

  it('may be a link into a folder that the user has named; other names stay there too', async () => {
    const [folder, target] = [temporaryFolder(), elsewhere()];
    symlinkSync(target, path.join(folder, 'checkpoints'));
    vi.stubEnv('DPO_LAB_LINKED_FOLDERS', ['/somewhere', path.dirname(target)].join(path.delimiter));
    await removeUnfinished(folder);
    await new Checkpoints(folder, 'print', 1).write({ step: 1, state: STATE, evaluationDue: false });
    expect(await newestSound(folder, () => {})).toBe(1);
    expect(readdirSync(target).toSorted()).toEqual([...STRANGE, '1'].toSorted());
  });

  it('may hold a link with a name of ours: the link goes, what it leads to stays', async () => {
    const [folder, target] = [await saved([4]), elsewhere()];
    symlinkSync(target, path.join(folder, 'checkpoints/9.tmp'));
    symlinkSync(target, path.join(folder, 'checkpoints/3'));
    const before = readdirSync(target);
    await removeUnfinished(folder);
    await new Checkpoints(folder, 'print', 1).write({ step: 5, state: STATE, evaluationDue: false });
    expect(readdirSync(path.join(folder, 'checkpoints'))).toEqual(['5']);
    expect(readdirSync(target)).toEqual(before);
  });
});
