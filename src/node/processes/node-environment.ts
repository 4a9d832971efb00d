/**
 * For a process that shall be Node. In the extension host, Node is a part of VS Code, which would open a window in its
 * place. What the process starts inherits it.
 */
export function nodeEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, ...(process.versions.electron && { ELECTRON_RUN_AS_NODE: '1' }) };
}
