import type { RunItem } from '../../core/runs/run-tree';

/** A tree of items by their keys. */
export class ItemIndex {
  private readonly items = new Map<string, { readonly item: RunItem; readonly parent: string | undefined }>();

  constructor(readonly roots: readonly RunItem[]) {
    this.add(roots, undefined);
  }

  item(key: string): RunItem | undefined {
    return this.items.get(key)?.item;
  }

  parent(key: string): string | undefined {
    return this.items.get(key)?.parent;
  }

  get keys(): Iterable<string> {
    return this.items.keys();
  }

  private add(items: readonly RunItem[], parent: string | undefined): void {
    for (const item of items) {
      this.items.set(item.key, { item, parent });
      this.add(item.children, item.key);
    }
  }
}

/** What has to be drawn anew: single items, or all of them where the roots are other ones. */
export function changedKeys(before: ItemIndex, now: ItemIndex): string[] | 'all' {
  if (keysOf(before.roots) !== keysOf(now.roots)) return 'all';
  return [...now.keys].filter((key) => looksOf(before.item(key)) !== looksOf(now.item(key)));
}

function looksOf(item: RunItem | undefined): string {
  if (!item) return '';
  const { label, description, look, abilities, children } = item;
  return JSON.stringify([label, description, look, abilities, keysOf(children)]);
}

function keysOf(items: readonly RunItem[]): string {
  return items.map(({ key }) => key).join('\n');
}
