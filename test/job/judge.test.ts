import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { check } from '../../src/core/check/check';
import { nestConfig, resolveConfig } from '../../src/core/config/resolved';
import { SWEEP_FILES } from '../../src/core/sweeps/format';
import { MetricsReader } from '../../src/node/runs/metrics-reader';
import { RunLines } from '../../src/node/runs/run-lines';
import { newestMetrics } from '../../src/node/runs/run-store';
import { write } from '../node/support';
import { buildPrograms } from '../support/build-programs';
import { temporaryFolder } from '../support/temporary-folder';
import { problemsOf } from './schemas';
import { type Stage, stage, until } from './support';

// Each starts several processes, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const built = temporaryFolder();
beforeAll(() => buildPrograms(built, 'judge'));

/** Answers nothing until it is released. */
const waiting: (() => void)[] = [];
let isOpen = false;
let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    const answer = (): void =>
      void response.end(JSON.stringify({ choices: [{ message: { content: 'tie' } }] }));
    if (isOpen) answer();
    else waiting.push(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Runs whose texts a judge judges; its options are written as in a config. */
function judged(scenarios: readonly string[], options: Record<string, unknown>, parallel = 1): Stage {
  const play = stage(scenarios, { parallel, judge: [process.execPath, path.join(built, 'judge.js')] });
  const { config } = { config: nestConfig(resolveConfig(check('{}', 'a.dpo.json').experiment)) };
  for (const index of play.runs.keys()) {
    const run = JSON.parse(play.text('run.json', index));
    const evaluation = { ...(config.evaluation as object), judge: options };
    write(play.folderOf(index), { 'run.json': { ...run, config: { ...run.config, evaluation } } });
  }
  return play;
}

describe('the judge of a run', () => {
  it('judges beside the trainer, and is done before the run has ended', async () => {
    const play = judged(['answers'], { kind: 'rules', path: 'judge.yaml' });
    write(path.dirname(play.dataFolder), { 'judge.yaml': "rules: [{ count: 'fig', points: 1 }]\n" });
    await play.runJob();
    expect((await play.read()).state).toBe('completed');
    const lines = play.lines('judgements.jsonl');
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(problemsOf('judgements', line)).toEqual([]);
    expect(lines.at(-1)).toMatchObject({
      step: 20,
      of: 2,
      verdicts: [1, 1],
      scores: [2, 1],
      lengths: [7, 3],
    });
    expect((await newestMetrics(play.folderOf())).eval).toMatchObject({ ended: 1, win_rate: 1 });
    const reader = new MetricsReader(play.folderOf());
    await reader.next();
    const curve = reader.series.eval.curve('win_rate');
    expect([...(curve?.steps ?? [])]).toEqual([0, 10, 20]);
    expect([...(curve?.values ?? [])]).toEqual([0.5, 0.75, 1]);
    const summary = JSON.parse(readFileSync(path.join(play.sweepFolder, SWEEP_FILES.summary), 'utf8'));
    expect(summary.runs[0].eval.win_rate).toBe(1);
  });

  it('that cannot be used ends the run at its start, with the reason', async () => {
    const play = judged(['goes on and on'], { kind: 'rules', path: 'missing.yaml' });
    await play.runJob();
    const { state, status } = await play.read();
    expect(state).toBe('failed');
    expect(status?.error).toMatch(/missing\.yaml does not exist/);
  });

  it('holds nothing up: other arms are trained while it waits for answers, and a stop ends it', async () => {
    isOpen = false;
    const { port } = server.address() as AddressInfo;
    const options = { kind: 'endpoint', url: `http://127.0.0.1:${port}/v1`, model: 'm', server: 'other' };
    const play = judged(['answers', 'answers'], options);
    const job = await play.openJob();
    const running = job.run();
    await until(async () => {
      const both = await Promise.all([play.read(0), play.read(1)]);
      return both.every(({ status }) => status?.activity === 'judging the last texts');
    });
    expect(play.states(0)).not.toContain('completed');
    // One is stopped, the other gets its answers.
    job.stop('enough');
    await running;
    expect([play.states(0).at(-1), play.states(1).at(-1)]).toEqual(['completed', 'completed']);
  });

  it('that refuses says why, and training is completed', async () => {
    const refusing = createServer((_, response) => void response.writeHead(401).end('bad key'));
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
    const { port } = refusing.address() as AddressInfo;
    const play = judged(['answers'], { kind: 'endpoint', url: `http://127.0.0.1:${port}`, model: 'm' });
    await play.runJob();
    refusing.close();
    expect((await play.read()).state).toBe('completed');
    const lines = new RunLines(play.folderOf());
    await lines.next();
    expect(lines.warnings).toEqual([expect.stringMatching(/refused a request with status 401: bad key/)]);
    expect((await newestMetrics(play.folderOf())).eval.win_rate).toBeUndefined();
  });
});
