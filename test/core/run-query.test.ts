import { describe, expect, it } from 'vitest';
import { runQuery } from '../../src/core/runs/run-query';
import { runRow } from '../../src/core/runs/run-row';
import { knownArm } from '../webview/sweep-arms';

const rows = [
  runRow({
    ...knownArm({ beta: 0.1, winRate: 0.6 }),
    marks: { tags: ['keep'], note: 'two words here', star: true, archived: false },
  }),
  runRow(knownArm({ beta: 0.15, state: 'failed' })),
  runRow(knownArm({ beta: 0.02, seed: 2 })),
];
const found = (search: string) => rows.filter(runQuery(search)).map(({ beta }) => beta);

describe('a search in the table of runs', () => {
  it.each([
    ['', [0.1, 0.15, 0.02]],
    ['goldilocks', [0.1, 0.15, 0.02]],
    ['beta:0.1', [0.1]],
    ['beta:1e-1', [0.1]],
    ['state:failed', [0.15]],
    ['-state:failed seed:0', [0.1]],
    ['tag:KEEP', [0.1]],
    ['"two words"', [0.1]],
    ['two -"two words"', []],
    ['nosuch:field', []],
    ['constructor:x', []],
  ])('%s', (search, betas) => {
    expect(found(search)).toEqual(betas);
  });
});

describe('a row of the table', () => {
  it('says what is known and leaves open what is not', () => {
    expect(rows[0]).toMatchObject({
      name: 'goldilocks',
      winRate: 0.6,
      star: true,
      reference: 'starting policy',
      tags: ['keep'],
    });
    const { run: _, ...broken } = knownArm({ beta: 0.1, state: 'unreadable', isMeasured: false });
    expect(runRow({ ...broken, train: {} })).toMatchObject({
      name: broken.id,
      beta: Number.NaN,
      winRate: Number.NaN,
      data: '',
    });
  });
});
