import { describe, expect, it } from 'vitest';
import type { Alarm } from '../../src/core/runs/alarm';
import type { RunStatus } from '../../src/core/runs/format';
import type { RunOverview } from '../../src/core/runs/run-snapshot';
import { alarmBadge, statusWords } from '../../src/core/runs/run-summary';
import { runTooltip } from '../../src/core/runs/run-tooltip';
import { type RunItem, runTree } from '../../src/core/runs/run-tree';
import { stateSentence, whatNow } from '../../src/core/runs/run-words';

const MINUTE = 60_000;
const at = (milliseconds: number) => `minute ${milliseconds / MINUTE}`;

interface Told extends Partial<Omit<RunOverview, 'run' | 'status'>> {
  readonly beta?: number;
  readonly seed?: number;
  readonly sweep?: string;
  readonly config?: string;
  readonly created?: number;
  readonly status?: Partial<RunStatus>;
}

/** A run in a few words; its id tells beta and seed. */
function seen({
  beta = 0.1,
  seed = 0,
  sweep,
  config = 'good',
  created = 0,
  status,
  ...rest
}: Told): RunOverview {
  const id = `20261123-141530-beta${beta}-${seed}${config}`;
  const state = rest.state ?? 'completed';
  return {
    id,
    folder: `/w/.dpo/runs/${id}`,
    state,
    run: {
      format: 2,
      id,
      created,
      ...(sweep !== undefined && { sweep }),
      producer: { kind: 'onnx', trainer: 'dpo-lab' },
      config: { objective: { beta }, training: { seed } },
      configFile: `/w/${config}.dpo.yaml`,
      configText: '',
      configHash: '',
      baseFolder: '/w',
      dataFolder: '/w/.dpo',
      versions: {},
    },
    status: {
      format: 2,
      state: state === 'interrupted' || state === 'unreadable' ? 'running' : state,
      step: 0,
      host: 'h',
      heartbeat: 0,
      ...status,
    },
    train: {},
    eval: {},
    alarms: [],
    ...rest,
  };
}

function printed(items: readonly RunItem[], indent = ''): string {
  return items
    .map(({ label, description, look, abilities, children }) =>
      [
        `${indent}${label} | ${description} | ${look} | ${abilities.join(' ')}\n`,
        printed(children, `${indent}  `),
      ].join(''),
    )
    .join('');
}

const degenerate: Alarm = { code: 'RUN006', severity: 'error', step: 180, message: 'Texts no longer end.' };
const normal: Alarm = { code: 'RUN005', severity: 'info', step: 9, message: 'Chosen falls by 2 nats.' };
const figures = { log_ratio_margin: 12.34, accuracy: 0.853, loss: 0.41 };

const SWEEP = [
  seen({
    beta: 0.05,
    sweep: 's',
    state: 'running',
    status: { step: 212, totalSteps: 400, started: -8 * MINUTE, remaining: 4 * MINUTE },
    train: figures,
  }),
  seen({
    beta: 0.1,
    sweep: 's',
    status: { step: 400, totalSteps: 400 },
    train: figures,
    eval: { eos_drift: -0.42 },
  }),
  seen({
    beta: 0.005,
    sweep: 's',
    state: 'running',
    status: { step: 1188, totalSteps: 4000, started: -3 * MINUTE, remaining: 9 * MINUTE },
    alarms: [normal, degenerate],
  }),
  seen({ beta: 0.001, sweep: 's', state: 'queued' }),
];

describe('the list of runs', () => {
  it('groups the arms of a sweep by beta, and shows progress, numbers and what goes wrong', () => {
    expect(printed(runTree(SWEEP, at))).toBe(
      `good, 4 arms | 1 of 4 done · texts stop ending | grave alarm | stop sweep
  beta 0.1 | accuracy 85 % | completed | open delete arm
  beta 0.05 | 212/400 · accuracy 85 % | running | open stop arm
  beta 0.005 | texts stop ending · 1,188/4,000 | grave alarm | open stop arm
  beta 0.001 | queued | queued | open stop arm
`,
    );
  });

  it('shows every state of single runs, the newest first', () => {
    const runs = [
      seen({ config: 'a', state: 'preparing', status: { activity: 'loading the model 40 %' }, created: 9 }),
      seen({ config: 'b', state: 'stopping', status: { step: 3, totalSteps: 9 }, created: 8 }),
      seen({ config: 'c', state: 'stopped', status: { step: 3, totalSteps: 9 }, created: 7 }),
      seen({ config: 'd', state: 'failed', status: { step: 3, error: 'The disk is full.' }, created: 6 }),
      seen({ config: 'e', state: 'interrupted', status: { step: 3, totalSteps: 9 }, created: 5 }),
      seen({ config: 'f', state: 'completed', alarms: [degenerate], created: 4 }),
      seen({
        config: 'g',
        state: 'running',
        status: { step: 4, totalSteps: 9, activity: 'evaluating 3 of 9' },
        created: 3,
      }),
      seen({ config: 'h', state: 'stopped', problem: 'h was made by a newer DPO Lab.', created: 2 }),
    ];
    expect(printed(runTree(runs.toReversed(), at))).toBe(
      `a, beta 0.1 | loading the model 40 % | preparing | open stop
b, beta 0.1 | stopping · 3/9 | stopping | open stop
c, beta 0.1 | stopped · 3/9 | stopped | open resume delete
d, beta 0.1 | failed · step 3 | failed | open resume delete
e, beta 0.1 | interrupted · 3/9 | interrupted | open resume delete
f, beta 0.1 | texts stop ending | grave alarm | open delete
g, beta 0.1 | 4/9 | running | open stop
h, beta 0.1 | stopped | stopped | open delete
`,
    );
  });

  it('tells how a sweep has ended, and offers to resume what is left', () => {
    const ended = (['completed', 'failed', 'completed', 'stopped'] as const).map((state, seed) =>
      seen({ sweep: 's', seed, state }),
    );
    expect(printed(runTree(ended, at))).toBe(
      `good, 4 arms | 1 failed, 1 stopped, 2 completed | failed | resume delete sweep
  seed 0 |  | completed | open delete arm
  seed 1 | failed | failed | open resume delete arm
  seed 2 |  | completed | open delete arm
  seed 3 | stopped | stopped | open resume delete arm
`,
    );
  });

  it('names what went wrong in a sweep that has ended, and counts only completed arms as done', () => {
    const trained = seen({ sweep: 's', seed: 0 });
    const degenerated = seen({ sweep: 's', seed: 1, alarms: [degenerate] });
    const stopped = seen({ sweep: 's', seed: 2, state: 'stopped' });
    const live = seen({ sweep: 's', seed: 3, state: 'running' });
    const described = (...arms: RunOverview[]) => runTree(arms, at)[0]?.description;
    expect(described(trained, degenerated)).toBe('completed · texts stop ending');
    expect(described(trained, stopped, live)).toBe('1 of 3 done, 1 stopped');
  });

  it('tells runs of the same name apart by their start', () => {
    const runs = [
      seen({ seed: 1, created: MINUTE }),
      seen({ seed: 2, created: 2 * MINUTE, train: figures }),
      seen({ config: 'b', created: 3 * MINUTE }),
    ];
    expect(runTree(runs, at).map(({ label, description }) => `${label} | ${description}`)).toEqual([
      'b, beta 0.1 | ',
      'good, beta 0.1 | minute 2 · accuracy 85 %',
      'good, beta 0.1 | minute 1',
    ]);
  });

  it('shows a folder that holds no readable run', () => {
    const { run: _, status: __, ...broken } = seen({ state: 'unreadable', problem: 'run.json is not JSON.' });
    expect(printed(runTree([broken], at))).toBe(
      '20261123-141530-beta0.1-0good | unreadable | unreadable | open delete\n',
    );
  });

  it('keeps older runs together, which are many', () => {
    const many = Array.from({ length: 1000 }, (_, index) => seen({ seed: index, created: index }));
    const tree = runTree(many, at);
    expect(tree).toHaveLength(51);
    expect(tree[0]?.key).toContain('-999good');
    expect(tree.at(-1)).toMatchObject({ label: 'Older', description: '950 runs', abilities: [] });
    expect(tree.at(-1)?.children[0]?.key).toContain('-949good');
  });

  it('has words for a screen reader', () => {
    expect(runTree(SWEEP, at)[0]?.children[2]?.spoken).toBe(
      'beta 0.005, running, texts stop ending, 1,188/4,000',
    );
  });
});

describe('the status bar and the badge', () => {
  it('tell how many runs go on, when the last ends, and whether something is wrong', () => {
    expect(statusWords(SWEEP)).toEqual({
      text: '3 runs, 15 min left',
      alarm: 'error',
      lines: [
        'good, beta 0.05: Running, step 212 of 400 (53 %), about 4 min left.',
        'good, beta 0.005: Running, step 1,188 of 4,000 (30 %), about 9 min left.',
        'good, beta 0.001: Queued.',
      ],
    });
    expect(alarmBadge(SWEEP)).toEqual({ value: 1, tooltip: 'good, beta 0.005: texts stop ending' });
  });

  it('are silent when nothing goes on', () => {
    const over = [seen({ alarms: [degenerate] }), seen({ state: 'interrupted' })];
    expect(statusWords(over)).toBeUndefined();
    expect(alarmBadge(over)).toBeUndefined();
  });
});

describe('texts about a run', () => {
  const failed = seen({
    state: 'failed',
    config: 'a*b|c',
    status: { step: 37, totalSteps: 400, started: 0, ended: 5 * MINUTE, error: 'No space in <folder>.' },
    train: { ...figures, loss: 'NaN' },
    alarms: [degenerate],
  });

  it('show names and messages as they are, whatever Markdown would make of them', () => {
    const [item] = runTree([failed], at);
    const tooltip = item ? runTooltip(item, at) : '';
    expect(tooltip).toContain('a&#42;b&#124;c');
    expect(tooltip).toContain('No space in &#60;folder&#62;.');
    expect(tooltip).toContain('$(error) step 180, RUN006: Texts no longer end.');
    expect(tooltip).toContain('| loss&nbsp;&nbsp; | NaN&nbsp;&nbsp; |');
    expect(tooltip).toContain('Started minute 0');
    // No evaluation yet, so no column for one.
    expect(tooltip).not.toContain('held-out');
  });

  it('lead to the next step', () => {
    expect(stateSentence(failed)).toBe('Failed, step 37 of 400 (9 %), after 5 min.');
    expect(whatNow(failed)).toBe('No space in <folder>.');
    expect(whatNow(seen({ state: 'interrupted' }))).toContain('last checkpoint');
    expect(whatNow(seen({ state: 'running' }))).toBe('');
  });
});
