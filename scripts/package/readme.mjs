import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../bundles.mjs';

/**
 * The README as a package shows it. The project has no public address yet, so links to its other files would lead
 * nowhere: their text stays. Pictures are put into the text where they can be shown, or left out.
 *
 * @param {{ pictures: boolean }} options
 */
export function packagedReadme({ pictures }) {
  const text = readFileSync(path.join(root, 'README.md'), 'utf8');
  return text.replace(
    /(!?)\[([^\]]*)\]\((?!\w+:|#)([^)]+)\)(\n\n)?/g,
    (_, picture, words, target, paragraph = '') => {
      if (!picture) return words + paragraph;
      return pictures ? `![${words}](${dataAddress(target)})${paragraph}` : '';
    },
  );
}

/** @param {string} file of a PNG picture, relative to the repository */
function dataAddress(file) {
  return `data:image/png;base64,${readFileSync(path.join(root, file)).toString('base64')}`;
}
