import type {
  DataFacts,
  DataQuery,
  FactQuery,
  Facts,
  MachineFacts,
  ModelFacts,
  ModelShape,
  SharedPrompts,
} from '../../core/facts';
import { type Sample, sampleData } from '../data/sample';
import { sharedPrompts } from '../data/shared-prompts';
import { createMemo, type Memo } from '../files/memo';
import { present } from '../files/present';
import { fileError } from '../files/text-files';
import type { Environment } from '../hub/hub-cache';
import { findAdapter, findModel } from '../models/models';
import { TemplateRefused } from '../models/tokenizer';
import { readMachine } from '../processes/machine';
import { readOutput } from './output-facts';
import { readSharing } from './sharing-facts';
import { countTokens, type TokenCaches } from './token-facts';
import { findUnfinishedRuns, type RunOrigin } from './unfinished-runs';

/** What was read before. Keys hold the files' times and sizes, so that nothing outdated is given. */
interface FactsCaches extends TokenCaches {
  readonly shapes: Memo<ModelShape>;
  readonly samples: Memo<Sample>;
  readonly shared: Memo<SharedPrompts>;
  readonly origins: Memo<RunOrigin>;
  readonly machine: Memo<MachineFacts>;
}

export function createFactsCaches(): FactsCaches {
  return {
    shapes: createMemo(16),
    samples: createMemo(8),
    shared: createMemo(4),
    tokenizers: createMemo(2),
    tokens: createMemo(16),
    origins: createMemo(400),
    machine: createMemo(1),
  };
}

interface GatherOptions {
  /** Given again, it makes the next call on unchanged files cheap. */
  readonly caches?: FactsCaches;
  /** Where the hub cache's variables are read from. */
  readonly env?: Environment;
}

/**
 * Looks up what rules want to know beyond a config's text. Reads local files only, never the network, and never
 * throws: each part fails on its own, into its `reason` or by being absent.
 */
export async function gatherFacts(query: FactQuery, options: GatherOptions = {}): Promise<Facts> {
  const { caches = createFactsCaches(), env = process.env } = options;
  const { baseFolder } = query;
  const [policy, reference, adapter, machine, unfinishedRuns, sharing, output] = await Promise.all([
    query.policy && findModel(query.policy, baseFolder, env, caches.shapes),
    query.reference && findModel(query.reference, baseFolder, env, caches.shapes),
    query.adapter === undefined ? undefined : findAdapter(query.adapter, baseFolder, env),
    caches.machine('', readMachine),
    findUnfinishedRuns(query, caches.origins),
    query.accelerateConfig === undefined ? undefined : readSharing(query.accelerateConfig, baseFolder),
    query.output === undefined ? undefined : readOutput(query.output, baseFolder),
  ]);
  const data = (wanted: DataQuery): Promise<DataFacts> => readData(wanted, query, policy, caches, env);
  const [train, held] = await Promise.all([query.train && data(query.train), query.eval && data(query.eval)]);
  const shared = await findSharedPrompts(query, train, caches, env);
  return present({
    policy,
    reference,
    adapter,
    train,
    eval: held,
    sharedPrompts: shared,
    machine,
    unfinishedRuns,
    sharing,
    output,
  });
}

/** Undefined where one side cannot be read. */
async function findSharedPrompts(
  { train: wanted, eval: held, baseFolder }: FactQuery,
  train: DataFacts | undefined,
  caches: FactsCaches,
  env: Environment,
): Promise<SharedPrompts | undefined> {
  if (!wanted || !held || train?.state !== 'read') return undefined;
  try {
    // Both were read a moment ago.
    const { pairs, key } = await sampleData(held, baseFolder, env, caches.samples);
    if (pairs.length === 0) return undefined;
    const { key: trainKey } = await sampleData(wanted, baseFolder, env, caches.samples);
    return await caches.shared(`${trainKey}\n${key}`, () =>
      sharedPrompts(pairs, train.files, wanted, baseFolder),
    );
  } catch {
    return undefined;
  }
}

async function readData(
  wanted: DataQuery,
  query: FactQuery,
  policy: ModelFacts | undefined,
  caches: FactsCaches,
  env: Environment,
): Promise<DataFacts> {
  const sample = await sampleData(wanted, query.baseFolder, env, caches.samples);
  if (sample.facts.state !== 'read' || !policy || policy.found === 'no') return sample.facts;
  try {
    return { ...sample.facts, ...(await countTokens(sample, policy.folder, query, caches)) };
  } catch (error) {
    const reason = fileError(error, policy.folder).message;
    return {
      ...sample.facts,
      ...(error instanceof TemplateRefused ? { templateReason: reason } : { tokensReason: reason }),
    };
  }
}
