import { createHash } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReportContent } from '../../core/panels/report-content';
import { isReport, reportHtml } from '../../core/panels/report-html';
import { isLink } from '../../node/files/own-files';
import { codeOf } from '../../node/files/text-files';
import { writeError } from '../../node/files/write-error';
import { visible } from '../terminal/text-layout';
import { UsageError } from '../usage-error';

/** Characters of a file that tell whether it is a report. */
const BEGINNING = 1000;

/**
 * Writes a report. One that is there is replaced, any other file is not.
 *
 * @returns bytes written
 * @throws UsageError
 */
export async function writeReport(path: string, content: ReportContent): Promise<number> {
  const [script, style] = [await panelPart('panel.js'), await panelPart('panel.css')];
  const scriptHash = createHash('sha256').update(script).digest('base64');
  const html = reportHtml({ content, script, style, scriptHash });
  if (isLink(path)) {
    throw new UsageError(
      `${visible(path)} is a symbolic link, and nothing is written through it. Name another file with -o.`,
    );
  }
  await refuseOtherFile(path);
  try {
    await writeFile(path, html);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      throw new UsageError(
        `${visible(dirname(path))} does not exist. Make the folder, or name another file with -o.`,
      );
    }
    throw new UsageError(visible(writeError(error, path).message));
  }
  return Buffer.byteLength(html);
}

/** Script and style sheet of the panels lie beside the bundled command line. */
async function panelPart(name: string): Promise<string> {
  const path = join(dirname(fileURLToPath(import.meta.url)), name);
  try {
    // In a report there is no map beside it.
    return (await readFile(path, 'utf8')).replace(/^\/[/*]# sourceMappingURL=.*$/m, '');
  } catch {
    throw new UsageError(
      `${visible(path)}, which draws a report, is not there. Build it with npm run build, or install dpo-lab again.`,
    );
  }
}

async function refuseOtherFile(path: string): Promise<void> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
    if (bytesRead === 0 || isReport(buffer.toString('utf8', 0, bytesRead))) return;
  } catch {
    // A folder: said below.
  } finally {
    await file.close();
  }
  throw new UsageError(`${visible(path)} is there already and is no report. Name another file with -o.`);
}
