import { createRequire } from 'node:module';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

/**
 * Puts the code that ajv makes of the config's schema in place of the module that compiles it,
 * `src/core/config/schema-validator.ts`.
 *
 * @type {import('esbuild').Plugin}
 */
export const compiledSchema = {
  name: 'compiled-schema',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]core[\\/]config[\\/]schema-validator\.ts$/ }, async ({ path: file }) => {
      const { outputFiles, metafile } = await build({
        entryPoints: [file],
        bundle: true,
        platform: 'node',
        format: 'cjs',
        external: ['ajv'],
        write: false,
        metafile: true,
      });
      const { compiler, validateConfig } = evaluate(outputFiles[0].text, file);
      const code = standalone.default(compiler, validateConfig);
      return {
        contents: `${code}\nmodule.exports.validateConfig = module.exports;`,
        loader: 'js',
        // Other options, another schema.
        watchFiles: Object.keys(metafile.inputs).map((input) => path.resolve(input)),
      };
    });
  },
};

/**
 * @param {string} code of a CommonJS module
 * @param {string} file where it would lie
 * @returns {any} its exports
 */
function evaluate(code, file) {
  const module = { exports: {} };
  compileFunction(code, ['module', 'exports', 'require'])(module, module.exports, createRequire(file));
  return module.exports;
}
