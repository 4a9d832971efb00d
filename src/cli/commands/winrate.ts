import type { Command } from 'commander';
import { alpacaEvalTable, type WinRateTable } from '../../core/judge/alpaca-eval';
import { readAnnotations, readGamedBaseline } from '../../node/data/alpaca-eval-files';
import { FileError } from '../../node/files/text-files';
import { print } from '../terminal/output';
import { visible } from '../terminal/text-layout';
import { UsageError } from '../usage-error';

interface WinRateOptions {
  readonly gamed?: string;
  readonly json?: boolean;
}

const HELP_AFTER = `
The names are those of AlpacaEval's table. Without --gamed the win rate is
controlled for length by the length alone, as for prompts of your own; fewer
than 50 of them are too few for that.

Examples:
  dpo-lab winrate annotations.json --gamed df_gamed.csv
  dpo-lab winrate annotations.json.gz --json`;

export function addWinRateCommand(program: Command): void {
  program
    .command('winrate')
    .summary("compute win rates from AlpacaEval's annotations")
    .description(
      "Computes the win rate, its standard error and the length-controlled win rate from AlpacaEval's annotations of a model.",
    )
    .argument('<annotations>', 'annotations.json, or annotations.json.gz')
    .option('--gamed <file>', "AlpacaEval's df_gamed.csv, for its own 805 prompts")
    .option('--json', 'print JSON')
    .addHelpText('after', HELP_AFTER)
    .action(winRateCommand);
}

async function winRateCommand(path: string, { gamed, json }: WinRateOptions): Promise<void> {
  const table = await tableOf(path, gamed);
  print(json ? JSON.stringify(table, null, 2) : tableText(table));
}

async function tableOf(path: string, gamed: string | undefined): Promise<WinRateTable> {
  try {
    return alpacaEvalTable(
      await readAnnotations(path),
      gamed === undefined ? undefined : await readGamedBaseline(gamed),
    );
  } catch (error) {
    const isOfUser = error instanceof FileError || error instanceof RangeError;
    throw isOfUser ? new UsageError(error.message) : error;
  }
}

function tableText(table: WinRateTable): string {
  const cell = (value: number | null): string => (value === null ? '-' : value.toFixed(2));
  return [
    `${visible(table.model ?? 'The model')}: ${table.n_total} judged prompts`,
    `win_rate                   ${cell(table.win_rate)} %`,
    `standard_error             ${cell(table.standard_error)}`,
    `discrete_win_rate          ${cell(table.discrete_win_rate)} %`,
    `length_controlled_winrate  ${cell(table.length_controlled_winrate)} %  (${table.length_control} form)`,
    `lc_standard_error          ${cell(table.lc_standard_error)}`,
    ...(table.note === undefined ? [] : [`Note: ${table.note}.`]),
  ].join('\n');
}
