import { readFile } from 'node:fs/promises';
import { loadPython } from '../../core/config/python/parser';

/** Prepares the reader of Python files from WebAssembly files: tree-sitter's runtime, and its grammar of Python. */
export function preparePython(files: { runtime: string; grammar: string }): Promise<void> {
  return loadPython(async () => {
    const [runtime, grammar] = await Promise.all([readFile(files.runtime), readFile(files.grammar)]);
    return { runtime, grammar };
  });
}
