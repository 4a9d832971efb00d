import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEditors, codesOf, hovers, offered, open, until, writeFile } from './support';

/** A file system in memory, as an extension for remote repositories has one. */
class MemoryFiles implements vscode.FileSystemProvider {
  private readonly files = new Map<string, Uint8Array>();
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;
  readonly asked = new Set<string>();

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }
  stat(uri: vscode.Uri): vscode.FileStat {
    if (uri.path === '/') return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: this.readFile(uri).length };
  }
  readDirectory(): [string, vscode.FileType][] {
    return [...this.files.keys()].map((path) => [path.slice(1), vscode.FileType.File]);
  }
  readFile(uri: vscode.Uri): Uint8Array {
    this.asked.add(uri.path);
    const content = this.files.get(uri.path);
    if (!content) throw vscode.FileSystemError.FileNotFound(uri);
    return content;
  }
  writeFile(uri: vscode.Uri, content: Uint8Array): void {
    this.files.set(uri.path, content);
  }
  createDirectory(): void {}
  delete(): void {}
  rename(): void {}
}

describe('a virtual file system', () => {
  const files = new MemoryFiles();
  const uri = vscode.Uri.parse('memfs:/virtual.dpo.yaml');
  let registration: vscode.Disposable;

  before(async () => {
    registration = vscode.workspace.registerFileSystemProvider('memfs', files);
    await writeFile(uri, 'model: org/model\nobjective:\n  beta: -1\n  \ndata:\n  train: missing.jsonl\n');
  });
  after(async () => {
    await closeEditors();
    registration.dispose();
  });

  it('has its configs checked by their text, without looking for models and data', async () => {
    await open(uri);
    await until('BETA002 is shown', () => codesOf(uri).includes('BETA002'));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.deepEqual(
      codesOf(uri).filter((code) => code.startsWith('DATA')),
      [],
    );
    assert.ok(!files.asked.has('/missing.jsonl'));
  });

  it('has completion and hovers', async () => {
    const editor = await open(uri);
    assert.ok((await offered(editor, 'beta: -1\n  ')).includes('loss'));
    assert.equal((await hovers(editor, 'bet')).length, 1);
  });
});
