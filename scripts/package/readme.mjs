import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../bundles.mjs';

/** Sections about working in the repository. */
const LEFT_OUT = ['Try it', 'Install'];

/** How to begin with an installed package. */
export const START = {
  extension: `Run **DPO Lab: Open Example** for a small policy, preference pairs and a config that sweeps beta on this machine in a minute and a half. **Welcome: Open Walkthrough**, *From pairs to the right beta*, leads through it.`,
  cli: `\`\`\`sh
dpo-lab --help
dpo-lab check experiment.dpo.yaml
\`\`\`

On Linux x64, npm lets the package of ONNX Runtime fetch libraries for CUDA, some hundred MB; with \`ONNXRUNTIME_NODE_INSTALL=skip\` in the environment it does not.`,
};

/**
 * The README for somebody who has installed a package. The project has no public address yet: links to its other files
 * would lead nowhere, so their text stays, and VS Code shows pictures from https addresses alone, so they are left out.
 *
 * @param {string} start how to begin
 */
export function packagedReadme(start) {
  const [intro = '', ...sections] = readFileSync(path.join(root, 'README.md'), 'utf8').split(/^(?=## )/m);
  const kept = sections.filter((section) => !LEFT_OUT.some((title) => section.startsWith(`## ${title}\n`)));
  return [intro, `## Start\n\n${start}\n\n`, ...kept]
    .join('')
    .replaceAll(/!\[[^\]]*\]\([^)]+\)\n\n/g, '')
    .replaceAll(/\[([^\]]*)\]\((?!\w+:|#)[^)]+\)/g, '$1')
    .replaceAll(/^(`npm run demo` has built it;|Try it on an example) .*\n\n/gm, '')
    .replaceAll('node dist/cli.js', 'dpo-lab');
}
