import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { parseRules } from '../../src/core/judge/parse-text-rules';
import type { Place } from '../../src/trainer/models/place';
import type { Device } from '../../src/trainer/runtime/device';
import { fineTune } from './fine-tune';
import { judgeFile } from './judge-file';
import { type PreferencePair, samplePairs } from './pairs';
import { writeUntrainedPolicy } from './policy-files';
import { REQUESTS, VOCABULARY } from './task';

const TRAIN_PAIRS = 4000;
const EVAL_PAIRS = 200;

const DEVICE: Device = { provider: 'cpu', profile: 'fast', threads: 2, words: 'processor' };

/**
 * Makes policy, pairs and judge of the example. The probes of its config are asked neither in the fine-tuning nor in
 * the pairs.
 *
 * @param folder of the example
 * @param scratch a folder for what is not kept
 */
export async function makeGoldilocks(folder: string, scratch: string): Promise<void> {
  const place: Place = { baseFolder: folder, dataFolder: scratch, env: {} };
  const [untrained, policy] = [path.join(scratch, 'untrained'), path.join(folder, 'policy')];
  await rm(scratch, { recursive: true, force: true });
  await rm(policy, { recursive: true, force: true });
  const judge = judgeFile();
  const { rules, problems } = parseRules(judge);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  await writeFile(path.join(folder, 'judge.yaml'), judge);

  const config = parse(await readFile(path.join(folder, 'goldilocks.dpo.yaml'), 'utf8'));
  const probes = new Set<string>(config.evaluation.probes);
  const requests = REQUESTS.filter(({ prompt }) => !probes.has(prompt));
  if (requests.length !== REQUESTS.length - probes.size) throw new Error('a probe is no request of the task');
  await writeUntrainedPolicy(untrained, VOCABULARY, 0);
  await fineTune(untrained, policy, requests, place, DEVICE);
  const pairs = await samplePairs(policy, requests, TRAIN_PAIRS + EVAL_PAIRS, rules, place, DEVICE);
  await writeFile(path.join(folder, 'train.jsonl'), lines(pairs.slice(0, TRAIN_PAIRS)));
  await writeFile(path.join(folder, 'held-out.jsonl'), lines(pairs.slice(TRAIN_PAIRS)));
  const longer = pairs.filter(({ chosen, rejected }) => chosen.length > rejected.length).length;
  console.log(
    `${pairs.length} pairs; the chosen answer is the longer one in ${Math.round((100 * longer) / pairs.length)} %`,
  );
}

function lines(pairs: readonly PreferencePair[]): string {
  return pairs.map((pair) => `${JSON.stringify(pair)}\n`).join('');
}
