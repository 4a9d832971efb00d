import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { loadPython } from '../../../src/core/config/python/parser';

const { resolve } = createRequire(import.meta.url);

/** The parser, from the packages that it ships with. */
export function preparePython(): Promise<void> {
  return loadPython(async () => ({
    runtime: await readFile(resolve('web-tree-sitter/web-tree-sitter.wasm')),
    grammar: await readFile(resolve('tree-sitter-python/tree-sitter-python.wasm')),
  }));
}
