import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { root } from './bundles.mjs';

const SOURCE = path.join(root, 'python/src');
const PROJECT = readFileSync(path.join(root, 'python/pyproject.toml'), 'utf8');
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** As Python's packagers want it (PEP 427), with the version of the extension. */
export const WHEEL = `dpo_lab_trainer-${version}-py3-none-any.whl`;

/**
 * Packs the torch trainer into a wheel. It can be installed by pip, and Python runs it from the file itself. Made without
 * Python, so that a machine without one can build everything; the same sources give the same bytes.
 *
 * @param {string} folder
 */
export async function buildWheel(folder) {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.endsWith('.whl')) rmSync(path.join(folder, name));
  const info = `dpo_lab_trainer-${version}.dist-info`;
  /** @type {(readonly [name: string, content: Buffer])[]} */
  const files = [
    ...sources(),
    [`${info}/METADATA`, Buffer.from(metadata())],
    [
      `${info}/WHEEL`,
      Buffer.from('Wheel-Version: 1.0\nGenerator: dpo-lab\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
    ],
    [`${info}/licenses/LICENSE`, readFileSync(path.join(root, 'LICENSE'))],
  ];
  const record = files.map(([name, content]) => `${name},sha256=${digest(content)},${content.length}\n`);
  files.push([`${info}/RECORD`, Buffer.from(`${record.join('')}${info}/RECORD,,\n`)]);
  const zip = new ZipFile();
  for (const [name, content] of files) zip.addBuffer(content, name, { mtime: new Date(1980, 0, 1) });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path.join(folder, WHEEL)));
}

/** @returns {(readonly [name: string, content: Buffer])[]} */
function sources() {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll(path.sep, '/'))
    .filter((name) => /^dpo_lab_trainer\/.*(\.py|py\.typed)$/.test(name))
    .sort()
    .map((name) => [name, readFileSync(path.join(SOURCE, name))]);
}

function metadata() {
  const list = (/** @type {string} */ name) => {
    const [, body = ''] = new RegExp(`^${name} = \\[([^\\]]*)\\]`, 'm').exec(PROJECT) ?? [];
    return [...body.matchAll(/"([^"]+)"/g)].map(([, requirement = '']) => requirement);
  };
  const extra = list('qlora').map((requirement) => {
    const [name = '', marker] = requirement.split(';');
    return `${name}; extra == "qlora"${marker === undefined ? '' : ` and${marker}`}`;
  });
  return [
    'Metadata-Version: 2.4',
    'Name: dpo-lab-trainer',
    `Version: ${version}`,
    "Summary: Trains a DPO Lab run with TRL's DPOTrainer",
    'License-Expression: MIT',
    'License-File: LICENSE',
    'Requires-Python: >=3.10',
    ...[...list('dependencies'), ...extra].map((requirement) => `Requires-Dist: ${requirement}`),
    'Provides-Extra: qlora',
    '',
  ].join('\n');
}

/** @param {Buffer} content */
function digest(content) {
  return createHash('sha256').update(content).digest('base64url');
}
