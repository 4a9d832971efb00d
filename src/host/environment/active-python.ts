import * as vscode from 'vscode';

/** What is used of the API of Microsoft's Python extension. */
interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): unknown;
    resolveEnvironment(environment: unknown): Promise<Resolved | undefined>;
  };
}

interface Resolved {
  readonly executable?: { readonly uri?: vscode.Uri };
}

/** Milliseconds: an extension that takes longer is not waited for. */
const LIMIT = 10_000;

/** The interpreter that is chosen in the Python extension, where that is installed. Never throws. */
export async function activePython(path: string | undefined): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  if (!extension) return undefined;
  const resource = path === undefined ? undefined : vscode.Uri.file(path);
  try {
    return await Promise.race([interpreterOf(extension, resource), nothingAfter(LIMIT)]);
  } catch {
    return undefined; // An older one, without this API.
  }
}

async function interpreterOf(
  extension: vscode.Extension<PythonApi>,
  resource: vscode.Uri | undefined,
): Promise<string | undefined> {
  const { environments } = await extension.activate();
  const active = environments.getActiveEnvironmentPath(resource);
  return (await environments.resolveEnvironment(active))?.executable?.uri?.fsPath;
}

function nothingAfter(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds).unref());
}
