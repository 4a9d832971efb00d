import { resolve } from 'node:path';
import type { Command } from 'commander';
import { shownPath } from '../../node/files/paths';
import { reportOf } from '../../node/panels/report-of';
import { writeReport } from '../../node/panels/write-report';
import { print } from '../terminal/output';
import { visible } from '../terminal/text-layout';
import { dataFolderOf, findRuns } from '../train/find-run';
import { addDataFolderOption } from '../train/launching';
import { VERSION } from '../version';
import { RUN_ARGUMENT } from './watch';

interface ReportOptions {
  readonly output?: string;
  readonly dataFolder?: string;
}

const HELP_AFTER = `
The file shows what the panels of the editor show: of a sweep what beta does,
with a page for each arm; of a run its curves, alarms, texts and log. It needs
no network and opens in any browser.

Examples:
  dpo-lab report last
  dpo-lab report k3f9 -o report.html`;

export function addReportCommand(program: Command): void {
  const command = program
    .command('report')
    .summary('write a run or a sweep as one HTML file')
    .description('Writes the panel of a run or a sweep as one HTML file.')
    .argument('<run>', RUN_ARGUMENT)
    .option('-o, --output <file>', 'the file (default: the id with .html)');
  addDataFolderOption(command).addHelpText('after', HELP_AFTER).action(reportCommand);
}

async function reportCommand(name: string, { output, dataFolder }: ReportOptions): Promise<void> {
  const cwd = process.cwd();
  const folder = await dataFolderOf(cwd, dataFolder);
  const runs = await findRuns(name, folder);
  const [first] = runs;
  if (!first) return;
  const sweep = runs.length > 1 ? first.run?.sweep : undefined;
  const about = sweep === undefined ? first.folder : { dataFolder: folder, sweep };
  const path = resolve(cwd, output ?? `${sweep ?? first.id}.html`);
  const bytes = await writeReport(path, await reportOf(about, `dpo-lab ${VERSION}`));
  print(visible(`${shownPath(path, cwd)} written: ${(bytes / 1e6).toFixed(1)} MB. Open it in a browser.`));
}
