import { hostname } from 'node:os';
import { flattenConfig } from '../core/config/resolved';
import { activityOf } from '../core/runs/activity';
import { type AlarmChange, isDegenerate } from '../core/runs/alarm';
import { END_STATES, type RunFile, type RunState, type TrainerLine } from '../core/runs/format';
import { STALE } from '../core/runs/liveness';
import type { RunRecord } from '../core/runs/run-snapshot';
import { leaveStopRequest, requestOf } from '../node/runs/control-file';
import type { Lease } from '../node/runs/lease';
import { toldAlarms } from './alarms-so-far';
import type { ArmSettings } from './arm-settings';
import { hasNoRoom } from './disk';
import { MetricsWatch } from './metrics-watch';
import { type EndLine, isEndLine, type Outcome, outcomeOf, outOfMemory, ranOutOfMemory } from './outcome';
import { RunFiles } from './run-files';
import { RunJudge } from './run-judge';
import type { TrainedArm, Trainer } from './shared-trainer';
import { Silence } from './silence';
import { TrainerWords } from './trainer-events';
import type { Exit } from './trainer-process';

/** Milliseconds that a trainer has to end after its last word. */
const TO_END = 30_000;

/** What a trainer writes about an arm. */
interface Watch {
  readonly words: TrainerWords;
  readonly metrics: MetricsWatch;
}

/** What is there while an arm has a trainer, be it that the trainer is busy with another arm before this one. */
interface Attempt extends Watch {
  readonly trainer: Trainer;
  end: EndLine | undefined;
}

/**
 * One run and its trainer. All that happens to it happens in `tick`, which is called again and again, so that nothing
 * is done twice or at the same time.
 */
export class Arm implements TrainedArm {
  readonly #files: RunFiles;
  #watch: Watch | undefined;
  #attempt: Attempt | undefined;
  #stopReason: string | undefined;
  /** By the monotonic clock: when a trainer that does not end is killed. */
  #deadline = Number.POSITIVE_INFINITY;
  #killed = false;
  /** Steps that are done for certain: metrics need not be logged at every step. */
  #leastStep = 0;
  #totalSteps: number | undefined;
  #evalPairs: number | undefined;
  #device: string | undefined;
  #activity: string | undefined;
  readonly #silence: Silence;
  readonly judge: RunJudge | undefined;
  /** How training ended, while the last texts are judged. */
  #outcome: Outcome | undefined;

  constructor(
    readonly id: string,
    readonly folder: string,
    private readonly run: RunFile,
    private readonly lease: Lease,
    private readonly settings: ArmSettings,
    before: RunRecord['status'],
  ) {
    this.#silence = new Silence(settings.silence);
    this.judge = settings.judge && new RunJudge(settings.judge, folder);
    this.#totalSteps = before?.totalSteps;
    this.#files = new RunFiles(folder, lease, {
      state: 'queued',
      step: before?.step ?? 0,
      ...(before?.totalSteps !== undefined && { totalSteps: before.totalSteps }),
      ...(before?.epoch !== undefined && { epoch: before.epoch }),
      handle: { kind: 'process', pid: process.pid, host: hostname() },
      attempt: lease.attempt,
      stale: STALE,
    });
    this.#files.say({ kind: 'state', state: 'queued' });
    this.#files.write();
  }

  get attempt(): number {
    return this.lease.attempt;
  }

  get state(): RunState {
    return this.#files.status.state;
  }

  get isEnded(): boolean {
    return END_STATES.has(this.state);
  }

  /** Ended, and everything about it is written. */
  get isSettled(): boolean {
    return this.isEnded && this.#files.isSettled;
  }

  get isToBeTrained(): boolean {
    return !this.isEnded && this.#outcome === undefined;
  }

  /** It has a trainer, or had one. */
  get isStarted(): boolean {
    return this.#attempt !== undefined;
  }

  /** The reference log-probabilities lie in the cache, for other arms to find. */
  get isPastReference(): boolean {
    return this.state === 'running' || this.state === 'completed';
  }

  async prepare(): Promise<void> {
    const [words, raised] = await Promise.all([TrainerWords.open(this.folder), toldAlarms(this.folder)]);
    const context = {
      config: flattenConfig(this.run.config),
      totalSteps: () => this.#totalSteps,
      device: () => this.#device,
      evalPairs: () => this.#evalPairs,
    };
    const metrics = new MetricsWatch(this.folder, context, raised, Date.now());
    await metrics.next();
    this.#watch = { words, metrics };
  }

  join(trainer: Trainer): void {
    if (this.#watch) this.#attempt = { ...this.#watch, trainer, end: undefined };
  }

  begin(): void {
    this.#silence.end();
    const trainer = this.#attempt?.trainer;
    this.#files.set({ started: Date.now(), trainer: trainer?.process.pid });
    this.#become('preparing');
    this.#files.write();
    trainer?.pointToOutput(this);
    this.judge?.wake(); // At once: a judge that cannot be used is known before hours of training.
  }

  fail(error: string): void {
    this.#end({ state: 'failed', error });
  }

  /** Asks the trainer to save and end. An arm that waits for its turn is stopped at once. */
  stop(reason: string): void {
    if (this.isEnded || this.#stopReason !== undefined) return;
    this.#stopReason = reason;
    if (this.#outcome) {
      this.#end(this.#outcome);
      return;
    }
    if (!this.#attempt || this.state === 'queued') {
      this.#end({ state: 'stopped', reason });
      return;
    }
    this.#become('stopping', reason);
    this.#files.set({ activity: 'waiting until the trainer has saved', remaining: undefined });
    const slowStep = 3 * this.#attempt.metrics.pace.slowest;
    this.#deadline = performance.now() + Math.max(this.settings.grace, slowStep);
    const { trainer } = this.#attempt;
    const isAsked = !trainer.isStoppedBySignal(this) && leaveStopRequest(this.folder, this.id);
    if (!isAsked) trainer.process.terminate();
  }

  /** Ends the trainer without waiting for it. */
  kill(reason: string): void {
    this.stop(reason);
    this.#deadline = Number.NEGATIVE_INFINITY;
  }

  async tick(): Promise<void> {
    if (!this.isEnded && this.lease.isTaken) this.#giveUp();
    // A run that has ended may have been resumed meanwhile: then its files are another job's.
    if (this.isSettled) return this.#files.close();
    if (!this.isEnded) {
      this.#obeyControl();
      if (this.#outcome && !this.judge?.isBusy) await this.#endJudged(this.#outcome);
      else if (this.#attempt && !this.#outcome) await this.#follow(this.#attempt);
    }
    this.#files.write();
    if (this.#files.isGone) this.kill('its folder was deleted');
    if (this.isSettled) this.#files.close();
  }

  async #follow(attempt: Attempt): Promise<void> {
    const { trainer, words, metrics } = attempt;
    // Asked first, so that what a trainer wrote before it ended is read after it.
    const { exit } = trainer.process;
    for (const line of await words.next()) this.#hear(line, attempt);
    this.judge?.see(words.evaluations);
    if (this.judge?.problem !== undefined) this.stop(this.judge.problem);
    const { lines } = metrics;
    for (const change of await metrics.next()) this.#report(change);
    if (metrics.lines > lines) this.#silence.end();
    this.#measure(metrics);
    if (trainer.output.look()) this.#silence.end();
    if (this.state === 'preparing' || this.state === 'running')
      this.#files.set({ activity: this.#silence.inWords(metrics.pace.slowest) ?? this.#activity });
    if (exit) {
      trainer.process.kill(); // What it started and left behind.
      if (this.state === 'queued')
        this.#attempt = undefined; // It never came to this arm: another one will.
      else await this.#conclude(exit, attempt);
    } else if (attempt.end && trainer.hasOthers(this)) {
      await this.#conclude({ code: 0, signal: null }, attempt);
    } else if (performance.now() > this.#deadline) {
      this.#killed = true;
      trainer.process.kill();
    }
  }

  async #conclude(exit: Exit, { end, trainer }: Attempt): Promise<void> {
    const output = await trainer.output.lastWords();
    const [stopReason, killed, isDiskFull] = [this.#stopReason, this.#killed, hasNoRoom(this.folder)];
    const outcome = outcomeOf({ exit, end, stopReason, killed, isDiskFull, output });
    if (outcome.state === 'failed' && ranOutOfMemory({ end, output }))
      this.#report(outOfMemory(flattenConfig(this.run.config), this.#files.status.step));
    const problem = this.judge?.problem;
    if (problem !== undefined && outcome.state === 'stopped') this.#end({ state: 'failed', error: problem });
    else if (outcome.state !== 'completed' || !this.judge?.isBusy) this.#end(outcome);
    else {
      this.#outcome = outcome; // Others are trained meanwhile.
      this.#files.set({ activity: 'judging the last texts', remaining: undefined, trainer: undefined });
    }
  }

  #hear(line: TrainerLine, attempt: Attempt): void {
    this.#silence.end();
    if (this.state === 'queued') this.begin();
    if (isEndLine(line)) {
      attempt.end = line;
      if (attempt.trainer.hasOnlyEndedArms(this)) attempt.trainer.process.terminate();
      this.#deadline = Math.min(this.#deadline, performance.now() + TO_END);
    }
    if ('step' in line) {
      this.#leastStep = line.step;
      this.#files.set({ step: line.step });
    }
    if (line.kind === 'plan') {
      this.#totalSteps = line.totalSteps;
      this.#device = line.device;
      this.#evalPairs = line.evalPairs;
      this.#files.set({ totalSteps: line.totalSteps });
    }
    if (line.kind !== 'phase' || this.state === 'stopping') return;
    if (line.phase === 'training' || line.phase === 'evaluating') this.#become('running');
    this.#activity = activityOf(line);
  }

  /** The judge's last verdicts may raise alarms, too. */
  async #endJudged(outcome: Outcome): Promise<void> {
    for (const change of (await this.#watch?.metrics.next()) ?? []) this.#report(change);
    this.#end(outcome);
  }

  #report(change: AlarmChange): void {
    this.#files.say(change);
    if (this.settings.stopDegenerate && change.kind === 'alarm' && isDegenerate(change))
      this.stop(`its texts no longer end (${change.code}), and sweep.stop_degenerate is set`);
  }

  #measure({ step, epoch, pace }: MetricsWatch): void {
    if (step === undefined) return;
    const total = this.#totalSteps;
    const remaining = total === undefined || this.state !== 'running' ? undefined : pace.remaining(total);
    this.#files.set({ step: Math.max(step, this.#leastStep), epoch, remaining });
  }

  #become(state: RunState, reason?: string): void {
    if (this.state === state) return;
    this.#files.set({ state });
    this.#files.say({ kind: 'state', state, ...(reason !== undefined && { reason }) });
  }

  #end({ state, reason, error }: Outcome): void {
    this.judge?.kill();
    this.#become(state, reason ?? error);
    const job = { handle: undefined, stale: undefined, trainer: undefined };
    this.#files.set({ error, ended: Date.now(), activity: undefined, remaining: undefined, ...job });
    this.#files.write();
  }

  /** Another job has claimed the run, on another machine for instance: its files are not this job's any more. */
  #giveUp(): void {
    process.stderr.write(`${this.id} belongs to another job now, so its trainer is ended.\n`);
    const { trainer } = this.#attempt ?? {};
    if (trainer && !trainer.hasOthers(this)) trainer.process.kill();
    this.#end({ state: 'stopped' });
  }

  #obeyControl(): void {
    const request = requestOf(this.folder, this.id);
    if (request === 'stop') this.stop('it was asked to stop');
    if (request === 'kill') this.kill('it was asked to stop at once');
  }
}
