// node scripts/notices.mjs [--check]: writes THIRD_PARTY_NOTICES.md, the licences of what our packages hold of others, or
// tells that it is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { bundleNames, bundleOptions, root } from './bundles.mjs';
import { shippedPackages } from './package/shipped.mjs';

const START = `# Licences of others

DPO Lab itself is under the MIT licence: see LICENSE. Its packages hold code of the projects below; each stands under the licence that is printed here. \`node scripts/notices.mjs\` makes this list from what the bundler puts into the packages, and a test fails when it is stale.

The library of ONNX Runtime contains code of further projects, whose notices are at https://github.com/microsoft/onnxruntime/blob/main/ThirdPartyNotices.txt. Packages for Windows hold two more libraries that ONNX Runtime brings: DirectML (https://www.nuget.org/packages/Microsoft.AI.DirectML, Microsoft's licence for redistribution) and the DirectX shader compiler (https://github.com/microsoft/DirectXShaderCompiler, University of Illinois/NCSA licence).`;

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const metafiles = Object.fromEntries(
  await Promise.all(
    bundleNames.map(async (name) => {
      const options = bundleOptions(name, { production: true });
      return /** @type {const} */ ([name, (await build({ ...options, write: false })).metafile]);
    }),
  ),
);
const content = notices(shippedPackages(metafiles));
const file = path.join(root, 'THIRD_PARTY_NOTICES.md');
if (!values.check) writeFileSync(file, content);
else if (readIfThere(file) !== content) {
  console.log('stale: THIRD_PARTY_NOTICES.md. Run: node scripts/notices.mjs');
  process.exitCode = 1;
}

/** @param {import('./package/shipped.mjs').ShippedPackage[]} packages */
function notices(packages) {
  const rows = packages.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`);
  /** @type {Map<string, string[]>} */
  const byText = new Map();
  for (const { name, text } of packages) byText.set(text, [...(byText.get(text) ?? []), name]);
  const texts = [...byText].map(([text, names]) => `## ${names.join(', ')}\n\n\`\`\`text\n${text}\n\`\`\``);
  const table = ['| package | version | licence |', '|---|---|---|', ...rows].join('\n');
  return `${[START, table, ...texts].join('\n\n')}\n`;
}

/** @param {string} name */
function readIfThere(name) {
  try {
    return readFileSync(name, 'utf8');
  } catch {
    return '';
  }
}
