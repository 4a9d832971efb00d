import { chmodSync } from 'node:fs';
import { build } from 'esbuild';
import { bundleOptions } from '../../scripts/bundles.mjs';
import { temporaryFolder } from '../../scripts/temporary-folder.mjs';

/**
 * All that a test run writes for a while lies in one folder, which goes with it: also what browsers, Python and programs
 * that were killed leave behind, and what is left of a test file that was ended before it had done.
 */
export async function setup() {
  const folder = temporaryFolder('dpo-lab-tests-');
  // Tests read as another user, too, who has to get to what is below.
  chmodSync(folder, 0o755);
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  // Tests run from the sources, and templates are rendered in a process of their own.
  const options = bundleOptions('template-renderer', { outdir: folder });
  await build(options);
  process.env.DPO_LAB_TEST_RENDERER = options.outfile;
}
