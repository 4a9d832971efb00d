import { unpack } from '../src/core/panels/packed';
import type { ReportContent } from '../src/core/panels/report-content';

/** Where a report keeps its content. */
const CONTENT = 'content';

export function reportContent(): ReportContent {
  const text = document.getElementById(CONTENT)?.textContent;
  return text ? unpack(text) : { origin: '', pages: [] };
}
