import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Those run inside VS Code: node test/vscode/run.mjs.
    exclude: ['test/vscode/**'],
    setupFiles: ['test/support/fixed-seed.ts'],
    // Tests of the command line start processes, which takes a while on a busy machine.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
