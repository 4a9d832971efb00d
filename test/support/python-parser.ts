import { createRequire } from 'node:module';
import { preparePython } from '../../src/node/configs/python-parser';

const { resolve } = createRequire(import.meta.url);

/** Prepares the parser of Python, from the packages that it ships with. */
export function preparePythonParser(): Promise<void> {
  return preparePython({
    runtime: resolve('web-tree-sitter/web-tree-sitter.wasm'),
    grammar: resolve('tree-sitter-python/tree-sitter-python.wasm'),
  });
}
