import type { Config } from '../../core/config/config';
import type { DataLayout } from '../../core/facts';
import type { DataExample, DataExampleSide, DataSetReport, LeftOut } from '../../core/reference/data-report';
import { streamRows } from '../../node/data/all-rows';
import { pairId, promptKey } from '../../node/data/pair-id';
import {
  isEmptyPrompt,
  isEmptyResponse,
  isIdentical,
  type Pair,
  type PairSettings,
  pairColumns,
  readPair,
  responseText,
} from '../../node/data/pairs';
import { shownPath } from '../../node/files/paths';
import { present } from '../../node/files/present';
import { tokenPieces } from '../inspect/token-pieces';
import type { LoadedPair } from './loaded-pair';
import { pairSettings } from './pair-settings';
import { seenBy } from './seen-pairs';
import type { TokenizedPair } from './tokenize-pairs';
import type { TrainingTokenizer } from './training-tokenizer';

/** Pairs whose lengths are counted, and those that are shown. */
const COUNTED = 2000;
const SHOWN = 3;

export interface Described {
  readonly report: DataSetReport;
  /** Keys of all prompts. */
  readonly prompts: readonly string[];
}

/**
 * Reads a whole data set and says what was understood. Rows that are no pairs are counted by reason, where training would
 * stop at the first.
 *
 * @param keep gets each pair that is trained on, for a clean file
 * @throws FileError where a file cannot be read at all
 */
export async function describeData(
  files: readonly string[],
  baseFolder: string,
  config: Config,
  tokenizer: TrainingTokenizer | undefined,
  keep: (pair: Pair) => Promise<void>,
): Promise<Described> {
  const settings = pairSettings(config);
  const leftOut = new Map<string, { rows: number; first: string }>();
  const [ids, promptKeys, prompts]: [Set<string>, Set<string>, string[]] = [new Set(), new Set(), []];
  const sample: LoadedPair[] = [];
  let layout: DataLayout | undefined;
  let columns: readonly string[] = [];
  let [rows, pairs] = [0, 0];
  for (const file of files) {
    for await (const { row, place } of streamRows(
      file,
      shownPath(file, baseFolder),
      pairColumns(settings.columns),
      () => {},
    )) {
      rows++;
      if (rows === 1) columns = Object.keys(row);
      const reading = readPair(row, settings);
      const reason = 'pair' in reading ? whyLeftOut(reading.pair, settings) : reading.problem;
      if ('pair' in reading) layout ??= reading.layout;
      if (reason !== undefined || !('pair' in reading)) {
        const counted = leftOut.get(reason ?? '') ?? { rows: 0, first: place() };
        leftOut.set(reason ?? '', { ...counted, rows: counted.rows + 1 });
        continue;
      }
      const { pair } = reading;
      pairs++;
      const key = promptKey(pair);
      prompts.push(key);
      promptKeys.add(key);
      const id = pairId(pair);
      if (!ids.has(id)) await keep(pair);
      ids.add(id);
      if (sample.length < COUNTED) sample.push({ id, row: rows, pair });
    }
  }
  const seen =
    tokenizer && sample.length > 0 ? (await seenBy({ tokenizer }, sample, config, 'conditional')).pairs : [];
  const report: DataSetReport = {
    files,
    columns,
    rows,
    pairs,
    leftOut: [...leftOut].map(([reason, counted]): LeftOut => ({ reason, ...counted })),
    repeatedPairs: pairs - ids.size,
    repeatedPrompts: pairs - promptKeys.size,
    examples: examples(sample, seen, tokenizer),
    ...present({ layout, lengths: seen.length > 0 ? lengthsOf(seen) : undefined }),
  };
  return { report, prompts };
}

function whyLeftOut(pair: Pair, { emptyPrompts = false }: PairSettings): string | undefined {
  if (isEmptyResponse(pair.chosen) || isEmptyResponse(pair.rejected)) return 'A response is empty.';
  if (isIdentical(pair)) return 'Chosen and rejected are the same.';
  return !emptyPrompts && isEmptyPrompt(pair) ? 'The prompt is empty.' : undefined;
}

function lengthsOf(pairs: readonly TokenizedPair[]): NonNullable<DataSetReport['lengths']> {
  const of = (count: (pair: TokenizedPair) => number) => {
    const sorted = pairs.map(count).sort((a, b) => a - b);
    return { median: sorted[sorted.length >> 1] ?? 0, longest: sorted.at(-1) ?? 0 };
  };
  return {
    pairs: pairs.length,
    prompt: of(({ chosen }) => chosen.promptLength),
    chosen: of(({ chosen }) => chosen.tokens.length - chosen.promptLength),
    rejected: of(({ rejected }) => rejected.tokens.length - rejected.promptLength),
    cut: pairs.filter(({ cut }) => cut).length,
  };
}

function examples(
  sample: readonly LoadedPair[],
  seen: readonly TokenizedPair[],
  tokenizer: TrainingTokenizer | undefined,
): DataExample[] {
  if (!tokenizer) {
    return sample.slice(0, SHOWN).map(({ row, pair }) => ({
      row,
      prompt: typeof pair.prompt === 'string' ? pair.prompt : JSON.stringify(pair.prompt),
      chosen: { text: responseText(pair.chosen) },
      rejected: { text: responseText(pair.rejected) },
    }));
  }
  const side = (sequence: TokenizedPair['chosen']): DataExampleSide => {
    const tokens = tokenPieces(sequence, tokenizer);
    const response = sequence.tokens.slice(sequence.promptLength);
    return { text: tokens.join(''), tokens, ended: response.some((token) => tokenizer.endTokens.has(token)) };
  };
  return seen.slice(0, SHOWN).map(({ row, chosen, rejected }) => ({
    row,
    prompt: tokenizer.decode(chosen.tokens.slice(0, chosen.promptLength)),
    chosen: side(chosen),
    rejected: side(rejected),
  }));
}
