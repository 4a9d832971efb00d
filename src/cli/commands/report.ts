import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { PanelAddress, ToPanel } from '../../core/panels/protocol';
import { type ReportContent, type ReportPage, THINNING, thinned } from '../../core/panels/report-content';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { shownPath } from '../../node/files/paths';
import { snapshot } from '../../node/panels/snapshot';
import { writeReport } from '../html-report/write-report';
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
  const content = await contentOf(runs, sweep === undefined ? undefined : { dataFolder: folder, sweep });
  const path = resolve(cwd, output ?? `${sweep ?? first.id}.html`);
  const bytes = await writeReport(path, content);
  print(visible(`${shownPath(path, cwd)} written: ${(bytes / 1e6).toFixed(1)} MB. Open it in a browser.`));
}

async function contentOf(
  runs: readonly RunRecord[],
  sweep: { readonly dataFolder: string; readonly sweep: string } | undefined,
): Promise<ReportContent> {
  let isThinned = false;
  const page = async (name: string, address: PanelAddress): Promise<ReportPage> => {
    const all = await snapshot(address);
    const { messages, isThinned: isShorter } = thinned(all);
    isThinned ||= isShorter;
    return { name, title: titleOf(all) ?? name, messages };
  };
  const pages: ReportPage[] = [];
  if (sweep) pages.push(await page(sweep.sweep, { kind: 'sweep', ...sweep }));
  const folders = pages[0] ? armFolders(pages[0].messages) : runs.map(({ folder }) => folder);
  for (const folder of folders) pages.push(await page(folder, { kind: 'run', folder }));
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const origin = `Written by dpo-lab ${VERSION} on ${date} UTC.${isThinned ? ` ${THINNING}` : ''}`;
  return { origin, pages };
}

function titleOf(messages: readonly ToPanel[]): string | undefined {
  return messages.flatMap((message) => (message.kind === 'page' ? [message.page.title] : []))[0];
}

/** A sweep's page may name arms of others. */
function armFolders(messages: readonly ToPanel[]): string[] {
  return messages.flatMap((message) =>
    message.kind === 'page' && message.page.kind === 'sweep'
      ? message.page.arms.map(({ folder }) => folder)
      : [],
  );
}
