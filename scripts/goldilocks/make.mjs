// node scripts/goldilocks/make.mjs: makes the starting policy, the preference pairs and the judge of examples/goldilocks.
import path from 'node:path';
import { root } from '../bundles.mjs';
import { loadTypeScript } from '../typescript.mjs';

const { makeGoldilocks } = await loadTypeScript('scripts/goldilocks/make.ts');
await makeGoldilocks(path.join(root, 'examples/goldilocks'), path.join(root, '.cache/goldilocks'));
