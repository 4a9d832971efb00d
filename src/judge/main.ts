import { join, resolve } from 'node:path';
import { completeConfig } from '../core/config/resolved';
import { isJudgement, type Judgement } from '../core/judge/judgement';
import { RUN_FILES } from '../core/runs/format';
import { runFileOf } from '../core/runs/run-file';
import { JsonLinesReader, JsonLinesWriter } from '../node/files/json-lines';
import { FileError, readJsonObject } from '../node/files/text-files';
import type { Judge } from './judge';
import { JudgeError } from './judge-error';
import { judgeTexts, KnownVerdicts } from './judge-texts';
import { openJudge } from './open-judge';
import { textsOfRun } from './texts-of-run';

/**
 * The judge's process: `judge.js RUN_FOLDER` judges what the run has generated and nobody has judged yet. Exit codes: 0 all
 * is judged, 1 the judge could not be asked or read, 2 the config's judge cannot be used, 70 a bug.
 */
const EXIT = { ok: 0, failed: 1, unusable: 2, bug: 70 } as const;

async function main([folder = '']: readonly string[]): Promise<number> {
  return judgeRun(resolve(folder));
}

async function judgeRun(folder: string): Promise<number> {
  const file = join(folder, RUN_FILES.run);
  const run = runFileOf(await readJsonObject(file));
  if (typeof run === 'string') throw new FileError(`${file} describes no run. ${run}`);
  const config = completeConfig(run.config);
  const path = join(folder, RUN_FILES.judgements);
  const texts = await textsOfRun(folder);
  const before = await judgementsIn(path);
  const lines = new JsonLinesWriter(path);
  const write = (line: object): void => {
    endWithJob();
    lines.append(line);
  };
  let judge: Judge | undefined;
  try {
    judge = await openJudge(config, { baseFolder: run.baseFolder, env: process.env });
    if (judge) await judgeTexts(texts, judge, new KnownVerdicts(judge.id, before), write);
    return EXIT.ok;
  } catch (error) {
    const message = isForPeople(error)
      ? error.message
      : 'The judge broke off by an error of its own. The end of output.log has the details.';
    write({ kind: 'failed', time: Date.now(), message });
    report(error);
    return judge ? EXIT.failed : EXIT.unusable;
  } finally {
    lines.close();
  }
}

async function judgementsIn(path: string): Promise<Judgement[]> {
  const judgements: Judgement[] = [];
  for await (const { values } of new JsonLinesReader(path).readAll())
    judgements.push(...values.filter(isJudgement));
  return judgements;
}

/** A judge whose job was killed makes way for the next job's, which writes the same file. */
function endWithJob(): void {
  const job = process.env.DPO_LAB_JUDGES_FOR;
  if (job !== undefined && Number(job) !== process.ppid) process.exit(EXIT.failed);
}

function report(error: unknown): void {
  if (!isForPeople(error)) throw error;
  process.stderr.write(`${error.message}\n`);
}

function isForPeople(error: unknown): error is Error {
  return error instanceof JudgeError || error instanceof FileError;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const isKnown = isForPeople(error);
    process.stderr.write(`${isKnown ? error.message : error instanceof Error ? error.stack : error}\n`);
    process.exit(isKnown ? EXIT.failed : EXIT.bug);
  },
);
