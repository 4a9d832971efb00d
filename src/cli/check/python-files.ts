import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preparePython } from '../../node/configs/python-parser';

/** Prepares the reader of Python files, whose parts lie beside the bundled command line. */
export function preparePythonFiles(): Promise<void> {
  const folder = dirname(fileURLToPath(import.meta.url));
  return preparePython({
    runtime: join(folder, 'web-tree-sitter.wasm'),
    grammar: join(folder, 'tree-sitter-python.wasm'),
  });
}
