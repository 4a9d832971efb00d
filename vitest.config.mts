import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Those run inside VS Code: node test/vscode/run.mjs.
    exclude: ['test/vscode/**'],
    // Its own default leaves one core idle, which on two cores is half of them.
    maxWorkers: '100%',
    globalSetup: ['test/support/run-folder.mjs'],
    setupFiles: ['test/support/fixed-seed.ts'],
    // Tests of the command line start processes, which takes a while on a busy machine.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
