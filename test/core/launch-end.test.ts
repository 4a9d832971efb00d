import { describe, expect, it } from 'vitest';
import { LaunchEnds } from '../../src/core/panels/launch-end';
import type { Alarm } from '../../src/core/runs/alarm';
import type { RunStatus } from '../../src/core/runs/format';
import type { ShownState } from '../../src/core/runs/liveness';
import type { RunOverview } from '../../src/core/runs/run-snapshot';
import { timeLeft } from '../../src/core/runs/time-left';

const MINUTE = 60_000;
const ALARM: Alarm = { code: 'RUN006', severity: 'error', step: 9, message: 'Texts no longer end.' };

function seen(
  beta: number,
  state: ShownState,
  more: Partial<RunStatus> = {},
  alarms: Alarm[] = [],
): RunOverview {
  const id = `20261123-141530-beta${beta}`;
  const folder = `/w/.dpo/runs/${id}`;
  const run = {
    format: 2,
    id,
    created: 0,
    sweep: 's',
    producer: { kind: 'onnx' as const, trainer: 'dpo-lab' },
    config: { objective: { beta } },
    configFile: '/w/good.dpo.yaml',
    configText: '',
    configHash: '',
    baseFolder: '',
    dataFolder: '',
    versions: {},
  };
  const written = state === 'interrupted' || state === 'unreadable' ? 'running' : state;
  const status = { format: 2, state: written, step: 0, host: 'h', heartbeat: 0, started: 0, ...more };
  return { id, folder, state, run, status, train: {}, eval: {}, alarms };
}

function told(...looks: RunOverview[][]): string[] {
  const ends = new LaunchEnds();
  return looks.flatMap((runs) => ends.look(runs).map(({ severity, words }) => `${severity}: ${words}`));
}

describe('the end of a launch', () => {
  const running = seen(0.1, 'running');

  it('is told once, when the last of its runs has ended', () => {
    const done = seen(0.1, 'completed', { step: 4, totalSteps: 4, ended: MINUTE });
    expect(told([running, seen(0.05, 'queued')], [done, seen(0.05, 'running')])).toEqual([]);
    const arms = [done, seen(0.05, 'completed')];
    expect(told([running, seen(0.05, 'running')], arms, arms)).toEqual(['info: good, 2 arms: completed.']);
    expect(told([running], [done])).toEqual([
      'info: good, beta 0.1: Completed, step 4 of 4 (100 %), after 1 min.',
    ]);
  });

  it('is no news where it had ended before, was deleted, stopped by somebody, or never started', () => {
    expect(told([seen(0.1, 'completed')])).toEqual([]);
    expect(told([running], [])).toEqual([]);
    expect(told([running], [seen(0.1, 'stopped')])).toEqual([]);
    const { started: _, ...status } = seen(0.1, 'failed').status ?? {};
    expect(told([running], [{ ...seen(0.1, 'failed'), status: status as RunStatus }])).toEqual([]);
  });

  it('names what went wrong', () => {
    const failed = seen(0.05, 'failed', { error: 'The disk is full.' });
    expect(told([running, seen(0.05, 'running')], [seen(0.1, 'completed'), failed])).toEqual([
      'error: good, 2 arms: 1 failed, 1 completed. The disk is full.',
    ]);
    expect(told([running], [seen(0.1, 'interrupted')])[0]).toMatch(/^error: .*Resume continues/);
    expect(told([running], [seen(0.1, 'stopped', {}, [ALARM])])).toEqual([
      'error: good, beta 0.1: Stopped. Alarm: texts stop ending.',
    ]);
  });
});

describe('the time that a launch needs', () => {
  it('counts those that wait, at the pace of those that have ended or train', () => {
    const training = seen(0.1, 'running', { heartbeat: 3 * MINUTE, remaining: MINUTE });
    const waiting = seen(0.05, 'queued');
    expect(timeLeft([training])).toBe(MINUTE);
    expect(timeLeft([training, waiting])).toBe(5 * MINUTE);
    expect(timeLeft([training, training, waiting])).toBe(3 * MINUTE);
    expect(timeLeft([seen(0.2, 'completed', { ended: 10 * MINUTE }), training, waiting])).toBe(11 * MINUTE);
    expect(timeLeft([seen(0.1, 'running'), waiting])).toBeUndefined();
  });
});
