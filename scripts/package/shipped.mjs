import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PYTHON_PARSER, root } from '../bundles.mjs';
import { runtimeFiles, TARGETS } from './targets.mjs';

/**
 * @typedef {object} ShippedPackage
 * @property {string} name
 * @property {string} version
 * @property {string} license as its package.json calls it
 * @property {string} text of its licence
 * @property {Record<string, number>} bundles bytes it takes in each bundle that holds some of it
 */

/** Packages without a file for their licence, which is MIT, and who holds the rights as their sources say. */
const HOLDERS = [
  { name: /^(@microsoft\/|onnxruntime-)/, holder: 'Microsoft Corporation' },
  { name: /^gearhash-jit$/, holder: 'the authors of gearhash-jit' },
];

/**
 * The packages of others that are part of ours, by name.
 *
 * @param {Record<string, import('esbuild').Metafile>} metafiles of the bundles, by their names
 * @returns {ShippedPackage[]}
 */
export function shippedPackages(metafiles) {
  /** @type {Map<string, Record<string, number>>} */
  const sizes = new Map();
  for (const [bundle, { outputs }] of Object.entries(metafiles)) {
    const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
    for (const [file, { bytesInOutput }] of inputs) {
      const folder = packageFolder(file);
      if (folder === undefined || bytesInOutput === 0) continue;
      const bundles = sizes.get(folder) ?? {};
      bundles[bundle] = (bundles[bundle] ?? 0) + bytesInOutput;
      sizes.set(folder, bundles);
    }
  }
  for (const file of [...TARGETS.flatMap(runtimeFiles), ...PYTHON_PARSER]) {
    const folder = packageFolder(`node_modules/${file}`) ?? '';
    sizes.set(folder, sizes.get(folder) ?? {});
  }
  return [...sizes]
    .map(([folder, bundles]) => describe(folder, bundles))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
}

/** @param {string} file @returns {string | undefined} the folder of the package that it belongs to */
function packageFolder(file) {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

/** @param {string} folder @param {Record<string, number>} bundles @returns {ShippedPackage} */
function describe(folder, bundles) {
  const { name, version, license } = JSON.parse(
    readFileSync(path.join(root, folder, 'package.json'), 'utf8'),
  );
  return { name, version, license, text: licenceText(folder, name, license), bundles };
}

/** @param {string} folder @param {string} name @param {string} license */
function licenceText(folder, name, license) {
  const files = readdirSync(path.join(root, folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  if (files.length > 0) {
    const texts = files.sort().map((file) => readFileSync(path.join(root, folder, file), 'utf8').trim());
    return texts.join('\n\n').replaceAll('\r\n', '\n');
  }
  const known = HOLDERS.find((one) => one.name.test(name));
  if (known && license === 'MIT')
    return ownLicence().replace(/^Copyright.*$/m, `Copyright (c) ${known.holder}`);
  throw new Error(
    `${name} has no file with its licence. Say who holds its rights in scripts/package/shipped.mjs.`,
  );
}

/** The text of the MIT licence, as in ours. */
function ownLicence() {
  return readFileSync(path.join(root, 'LICENSE'), 'utf8').trim();
}
