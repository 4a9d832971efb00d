import { createHash } from 'node:crypto';
import { open, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReportContent } from '../../core/panels/report-content';
import { isReport, reportHtml } from '../../core/panels/report-html';
import { isLink } from '../files/own-files';
import { codeOf, FileError } from '../files/text-files';
import { writeError } from '../files/write-error';

/** Characters of a file that tell whether it is a report. */
const BEGINNING = 1000;

/**
 * Writes a report. One that is there is replaced, any other file is not.
 *
 * @returns bytes written
 * @throws FileError
 */
export async function writeReport(path: string, content: ReportContent): Promise<number> {
  const [script, style] = [await panelPart('panel.js'), await panelPart('panel.css')];
  const scriptHash = createHash('sha256').update(script).digest('base64');
  const html = reportHtml({ content, script, style, scriptHash });
  if (isLink(path)) {
    throw new FileError(`${path} is a symbolic link, and nothing is written through it. Name another file.`);
  }
  await refuseOtherFile(path);
  try {
    await writeFile(path, html);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      throw new FileError(`${dirname(path)} does not exist. Make the folder, or name another file.`);
    }
    throw writeError(error, path);
  }
  return Buffer.byteLength(html);
}

/** Script and style sheet of the panels lie beside the bundled program. */
async function panelPart(name: string): Promise<string> {
  const path = join(dirname(fileURLToPath(import.meta.url)), name);
  try {
    // In a report there is no map beside it.
    return (await readFile(path, 'utf8')).replace(/^\/[/*]# sourceMappingURL=.*$/m, '');
  } catch {
    throw new FileError(
      `${path}, which draws a report, is not there. Build it with npm run build, or install DPO Lab again.`,
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
  throw new FileError(`${path} is there already and is no report. Name another file.`);
}
