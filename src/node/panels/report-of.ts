import type { PanelAddress, ToPanel } from '../../core/panels/protocol';
import { type ReportContent, type ReportPage, THINNING, thinned } from '../../core/panels/report-content';
import { snapshot } from './snapshot';

/**
 * What a report holds: of a run its page, of a sweep also that of each arm.
 *
 * @param about the folder of a run, or a sweep
 * @param program that writes it, with its version
 */
export async function reportOf(
  about: string | { readonly dataFolder: string; readonly sweep: string },
  program: string,
): Promise<ReportContent> {
  let isThinned = false;
  const page = async (name: string, address: PanelAddress): Promise<ReportPage> => {
    const all = await snapshot(address);
    const { messages, isThinned: isShorter } = thinned(all);
    isThinned ||= isShorter;
    return { name, title: titleOf(all) ?? name, messages };
  };
  const pages: ReportPage[] = [];
  if (typeof about !== 'string') pages.push(await page(about.sweep, { kind: 'sweep', ...about }));
  const folders = pages[0] ? armFolders(pages[0].messages) : typeof about === 'string' ? [about] : [];
  for (const folder of folders) pages.push(await page(folder, { kind: 'run', folder }));
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const origin = `Written by ${program} on ${date} UTC.${isThinned ? ` ${THINNING}` : ''}`;
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
