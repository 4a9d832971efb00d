import { Language, Parser, type Tree } from 'web-tree-sitter';

let loading: Promise<void> | undefined;
let parser: Parser | undefined;

/**
 * Prepares the Python parser from its WebAssembly: tree-sitter's runtime, and its grammar of Python. Later calls wait
 * for the first one; after a failure the next call tries again.
 */
export function loadPython(
  bytes: () => Promise<{ runtime: Uint8Array; grammar: Uint8Array }>,
): Promise<void> {
  loading ??= bytes()
    .then(async ({ runtime, grammar }) => {
      await Parser.init({ wasmBinary: runtime });
      const language = await Language.load(grammar);
      parser = new Parser().setLanguage(language);
    })
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

/** What `use` makes of the syntax tree of a text; undefined before the parser is loaded. The tree is freed after it. */
export function withSyntaxTree<T>(text: string, use: (tree: Tree) => T): T | undefined {
  const tree = parser?.parse(text);
  if (!tree) return undefined;
  try {
    return use(tree);
  } finally {
    tree.delete();
  }
}
