import * as vscode from 'vscode';
import { MCP_PROVIDER } from '../contributions';
import { readSetting } from '../settings';

/** What newer editors than the oldest that we support have, and their types do not know. */
interface WithMcp {
  registerMcpServerDefinitionProvider?(
    id: string,
    provider: { provideMcpServerDefinitions(): readonly unknown[] },
  ): vscode.Disposable;
}

interface McpTypes {
  readonly McpStdioServerDefinition?: new (
    label: string,
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string | null>>,
    version: string,
  ) => unknown;
}

/** Offers the server of a trusted workspace to assistants of the editor; the editor starts it when one wants it. */
export function registerMcpProvider(context: vscode.ExtensionContext): vscode.Disposable {
  const lm = vscode.lm as WithMcp;
  const { McpStdioServerDefinition: Definition } = vscode as McpTypes;
  const { version } = context.extension.packageJSON as { readonly version: string };
  if (!lm.registerMcpServerDefinitionProvider || !Definition) return { dispose: () => {} };
  return lm.registerMcpServerDefinitionProvider(MCP_PROVIDER, {
    provideMcpServerDefinitions: () => {
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      if (!vscode.workspace.isTrusted || folder?.uri.scheme !== 'file') return [];
      const node = readSetting['dpoLab.nodePath'](undefined).trim() || process.execPath;
      const args = [context.asAbsolutePath('dist/mcp.js'), folder.uri.fsPath];
      return [new Definition('DPO Lab', node, args, { ELECTRON_RUN_AS_NODE: '1' }, version)];
    },
  });
}
