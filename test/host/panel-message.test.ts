import { describe, expect, it } from 'vitest';
import { RUN_ACTIONS } from '../../src/core/panels/run-page';
import { readPanelAddress } from '../../src/host/panels/panel-address';
import { readPanelMessage } from '../../src/host/panels/panel-message';

describe('what a panel says', () => {
  it.each([
    { kind: 'ready' },
    ...RUN_ACTIONS.map((kind) => ({ kind: 'do', action: { kind, run: '/w/.dpo/runs/a' } })),
    { kind: 'do', action: { kind: 'openSweep', sweep: 's' } },
    { kind: 'do', action: { kind: 'openConfig', file: '/w/a.dpo.yaml' } },
    { kind: 'do', action: { kind: 'useBeta', config: '/w/a.dpo.yaml', beta: 0.2 } },
    {
      kind: 'do',
      action: {
        kind: 'changeConfig',
        config: '/w/a.dpo.yaml',
        changes: [{ path: 'data.columns.chosen', value: 'rejected' }],
      },
    },
    { kind: 'do', action: { kind: 'reportSweep', sweep: 's' } },
    { kind: 'do', action: { kind: 'compare', runs: ['/a', '/b'] } },
    { kind: 'do', action: { kind: 'resumeAll', runs: ['/a', '/b'] } },
    { kind: 'do', action: { kind: 'sweepBeta', config: '/w/a.dpo.yaml', betas: [0.1, 0.05], seeds: 2 } },
    { kind: 'do', action: { kind: 'savePicture', name: 'loss', png: 'iVBORw0KGgo=' } },
    { kind: 'ask', question: 1, about: { kind: 'list', checkpoint: 0 } },
    { kind: 'ask', question: 2, about: { kind: 'pair', checkpoint: 500, pair: 'eval-3' } },
  ])('is understood: %j', (message) => {
    expect(readPanelMessage(message)).toEqual(message);
  });

  it.each([
    undefined,
    'ready',
    [],
    { kind: 'other' },
    { kind: 'do' },
    { kind: 'do', action: { kind: 'stop' } },
    { kind: 'do', action: { kind: 'stop', run: ['/a'] } },
    { kind: 'do', action: { kind: 'train', run: '/a' } },
    { kind: 'do', action: { kind: '__proto__', run: '/a' } },
    { kind: 'do', action: { kind: 'compare', runs: ['/a', 1] } },
    { kind: 'do', action: { kind: 'sweepBeta', config: '/a', betas: ['0.1'], seeds: 1 } },
    { kind: 'do', action: { kind: 'sweepBeta', config: '/a', betas: [-1], seeds: 1 } },
    { kind: 'do', action: { kind: 'sweepBeta', config: '/a', betas: [1], seeds: 0.5 } },
    {
      kind: 'do',
      action: { kind: 'changeConfig', config: '/a', changes: [{ path: 'no.option', value: 1 }] },
    },
    {
      kind: 'do',
      action: { kind: 'changeConfig', config: '/a', changes: [{ path: 'model.path', value: {} }] },
    },
    { kind: 'do', action: { kind: 'savePicture', name: 'loss', png: '<svg>' } },
    { kind: 'ask', question: 'x', about: { kind: 'list', checkpoint: 0 } },
    { kind: 'ask', question: 1, about: { kind: 'list', checkpoint: -1 } },
    { kind: 'ask', question: 1, about: { kind: 'pair', checkpoint: 1 } },
    { kind: 'ask', question: 1, about: { kind: 'all', checkpoint: 1 } },
  ])('is passed over: %j', (message) => {
    expect(readPanelMessage(message)).toBeUndefined();
  });

  it('holds no more than what is known', () => {
    const action = { kind: 'stop', run: '/a', command: 'rm' };
    expect(readPanelMessage({ kind: 'do', action, more: 1 })).toEqual({
      kind: 'do',
      action: { kind: 'stop', run: '/a' },
    });
  });
});

describe('what a panel keeps over a restart', () => {
  it.each([
    { kind: 'run', folder: '/a' },
    { kind: 'pairs', folder: '/a' },
    { kind: 'sweep', dataFolder: '/w/.dpo', sweep: 's' },
    { kind: 'compare', folders: ['/a', '/b'] },
  ])('is its address: %j', (address) => {
    expect(readPanelAddress({ address, navigation: { zoom: 1 } })).toEqual(address);
  });

  it.each([
    undefined,
    {},
    { address: { kind: 'run' } },
    { address: { kind: 'compare', folders: [1] } },
    { address: { kind: 'gone' } },
  ])('is passed over where no panel of ours kept it: %j', (state) => {
    expect(readPanelAddress(state)).toBeUndefined();
  });
});
