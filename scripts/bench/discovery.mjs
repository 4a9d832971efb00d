import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../temporary-folder.mjs';
import { loadTypeScript } from '../typescript.mjs';

const FILES = 100_000;
const A_FOLDER = 200;
/** Seconds of a processor. */
const TARGET = 1;

/**
 * Finds the configs of a folder of 100,000 files of all kinds, among them one of another trainer and a large one.
 *
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureDiscovery(bench) {
  const folder = temporaryFolder('dpo-lab-bench-');
  const endings = ['py', 'txt', 'json', 'yaml', 'md', 'sh', 'png', 'ts', 'csv', 'c'];
  for (let at = 0; at < FILES; at++) {
    const place = path.join(folder, `part${Math.floor(at / A_FOLDER)}`);
    if (at % A_FOLDER === 0) mkdirSync(place);
    writeFileSync(path.join(place, `file${at}.${endings[at % endings.length]}`), 'a: 1\n');
  }
  writeFileSync(path.join(folder, 'dpo.yaml'), 'model_name_or_path: org/m\nbeta: 0.1\nloss_type: sigmoid\n');
  writeFileSync(path.join(folder, 'large-dpo.yaml'), `beta: 0.1 # dpo ${'x'.repeat(50_000_000)}\n`);
  const { findAll } = await loadTypeScript('scripts/bench/discovery.ts');
  const before = process.cpuUsage();
  const { files, unread } = findAll(folder);
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const line = `configs among ${FILES.toLocaleString('en')} files: ${files.length} found, ${unread} not opened, ${seconds.toFixed(2)} s of a processor (user ${(user / 1e6).toFixed(2)} s), target ${TARGET} s`;
  bench.print(line);
  if (files.length !== 1) bench.fail(`${files.length} configs were found instead of 1.`);
  if (seconds > TARGET) bench.fail(`misses its target: ${line}`);
}
