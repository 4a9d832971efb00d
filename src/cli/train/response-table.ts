import { join } from 'node:path';
import { meanDuration } from '../../core/runs/time-left';
import { type BetaResponse, betaResponse, type DecisionSettings } from '../../core/sweeps/beta-response';
import type { BetaRow } from '../../core/sweeps/beta-row';
import { decisionSettings } from '../../core/sweeps/decision-settings';
import { SWEEP_FILES, type SweepSummary } from '../../core/sweeps/format';
import type { JudgedArm } from '../../core/sweeps/judged-arm';
import { nextWords } from '../../core/sweeps/next-words';
import { type RateMap, rateWords } from '../../core/sweeps/rate-map';
import { listed } from '../../core/words/counts';
import { decimal, percent } from '../../core/words/numbers';
import { inBatches } from '../../node/files/in-batches';
import { readJsonObject } from '../../node/files/text-files';
import { RunLines } from '../../node/runs/run-lines';
import { readRun, runFolderOf, sweepFolderOf } from '../../node/runs/run-store';
import { type Layout, layout } from '../terminal/output';
import { wrap } from '../terminal/text-layout';

/** Arms that are read together. */
const TOGETHER = 8;

/** What the arms of sweeps say about beta, all counted together. Undefined where there are no two betas. */
export async function sweepResponse(
  dataFolder: string,
  sweeps: readonly string[],
): Promise<BetaResponse | undefined> {
  const { arms, settings } = await judgedArms(dataFolder, sweeps);
  return new Set(arms.map(({ beta }) => beta)).size < 2 ? undefined : betaResponse(arms, settings);
}

/** The arms of sweeps that have ended, with what was judged of their answers, and how they are decided. */
export async function judgedArms(
  dataFolder: string,
  sweeps: readonly string[],
): Promise<{ readonly arms: readonly JudgedArm[]; readonly settings: DecisionSettings }> {
  const summaries = await Promise.all(sweeps.map((sweep) => summaryOf(dataFolder, sweep)));
  const arms = await inBatches(summaries.flat(), TOGETHER, async (arm) => {
    const folder = runFolderOf(dataFolder, arm.id);
    const lines = new RunLines(folder);
    await lines.next();
    return { judged: { ...arm, outcomes: lines.outcomes }, record: await readRun(folder, arm.id) };
  });
  const records = arms.map(({ record }) => record);
  const settings = decisionSettings(
    records.map(({ run }) => run),
    meanDuration(records),
  );
  return { arms: arms.map(({ judged }) => judged), settings };
}

/** None where the job wrote no summary. */
async function summaryOf(dataFolder: string, sweep: string): Promise<SweepSummary['runs']> {
  const path = join(sweepFolderOf(dataFolder, sweep), SWEEP_FILES.summary);
  const summary = (await readJsonObject(path).catch(() => undefined)) as SweepSummary | undefined;
  return summary?.runs ?? [];
}

/**
 * The same as a table, with a verdict and what to run next.
 *
 * @param config the config as a shell reads it
 */
export function responseText(response: BetaResponse, config: string): string[] {
  const { recommended, verdict, next } = response;
  const page = layout();
  return [
    '',
    ...table(response, page),
    ...(response.map ? ['', ...mapTable(response.map, page)] : []),
    '',
    ...wrap(`${verdict} (RUN012)`, page.width),
    ...(recommended === undefined ? [] : [`Take beta ${recommended}${rateOf(response)}.`]),
    ...(next ? nextLines(next, config, page.width) : []),
  ];
}

function rateOf({ map }: BetaResponse): string {
  const taken = map?.cells.find(({ isTaken }) => isTaken);
  return taken ? ` with learning rate ${rateWords(taken.learningRate)}` : '';
}

function nextLines(next: NonNullable<BetaResponse['next']>, config: string, width: number): string[] {
  const why = 'lossNow' in next ? ` ${nextWords(next)}` : '';
  if (next.kind === 'answers' || next.kind === 'prompts') return wrap(`Next:${why}`, width);
  const seeds = [...Array(next.seeds).keys()].join(',');
  return [
    ...wrap(`Next: ${next.kind === 'seeds' ? 'train more seeds.' : 'train more betas.'}${why}`, width),
    `  dpo-lab sweep ${config} --beta ${next.betas.join(',')} --seeds ${seeds}`,
  ];
}

/** Win rates over beta (down) and learning rate (across), with the KL of each. */
function mapTable({ betas, learningRates, cells, lines }: RateMap, { width, paint }: Layout): string[] {
  const words = (beta: number, rate: number): string => {
    const cell = cells.find((one) => one.beta === beta && one.learningRate === rate);
    if (!cell) return '-';
    if (cell.degenerate !== undefined) return 'past the cliff';
    const kl = Number.isFinite(cell.kl) ? `, KL ${decimal(cell.kl)}` : '';
    return `${measured(cell.winRate, percent)}${kl}${cell.isTaken ? ', take this' : ''}`;
  };
  const rows = [
    ['beta', ...learningRates.map((rate) => `rate ${rateWords(rate)}`)],
    ...betas.map((beta) => [String(beta), ...learningRates.map((rate) => words(beta, rate))]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const shown = rows.map((row, index) => {
    const text = row
      .map((cell, column) => cell.padStart(widths[column] ?? 0))
      .join('  ')
      .slice(0, width);
    return index === 0 ? paint('dim', text) : text;
  });
  const equal = lines.map(
    ({ kl, points }) =>
      `KL ${decimal(kl)}: ${listed(points.map(({ beta, learningRate }) => `beta ${beta} at ${rateWords(learningRate)}`))}.`,
  );
  return [...shown, ...equal.flatMap((line) => wrap(line, width))];
}

interface Column {
  readonly title: string;
  readonly cell: (row: BetaRow) => string;
}

function table(
  { betas: rows, quality, recommended, chances }: BetaResponse,
  { width, paint }: Layout,
): string[] {
  const chanceOf = (beta: number): string =>
    measured(chances.find((open) => open.beta === beta)?.chance ?? Number.NaN, percent);
  const columns: Column[] = [
    { title: 'beta', cell: ({ beta }) => String(beta) },
    { title: quality, cell: (row) => measured(row.quality, percent) },
    { title: 'best', cell: ({ beta }) => chanceOf(beta) },
    { title: 'accuracy', cell: ({ accuracy }) => measured(accuracy, percent) },
    { title: 'ended', cell: ({ ended }) => measured(ended, percent) },
    { title: 'length', cell: ({ lengthRatio }) => measured(lengthRatio, (ratio) => `x ${ratio.toFixed(2)}`) },
    { title: 'EOS drift', cell: ({ eosDrift }) => measured(eosDrift, decimal) },
    { title: 'KL', cell: ({ kl }) => measured(kl, decimal) },
    { title: 'loss', cell: ({ trainLoss }) => measured(trainLoss, (loss) => loss.toFixed(3)) },
    { title: 'seeds', cell: ({ seeds }) => String(seeds) },
  ];
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => cell(row))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  return cells.map((line, index) => {
    const text = line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ');
    const row = rows[index - 1];
    if (!row) return paint('dim', text.slice(0, width));
    const note = row.degenerate ? '  past the cliff' : row.beta === recommended ? '  take this' : '';
    const painted = row.degenerate ? 'red' : row.beta === recommended ? 'green' : undefined;
    const shown = (text + note).slice(0, width);
    return painted ? paint(painted, shown) : shown;
  });
}

function measured(value: number, words: (value: number) => string): string {
  return Number.isFinite(value) ? words(value) : '-';
}
