import type { Range } from '../../words/text';
import type { Entries, Entry } from '../dialects/entries';
import type { Plain } from '../tree';
import { isMap, type PlainMap } from './emit-yaml';

const NOWHERE: Range = { start: 0, end: 0 };

/** A file that is not written yet, as its trainer would read it: there are no places, and nothing to edit. */
export class PlainEntries implements Entries {
  readonly all: readonly Entry[] = [];

  constructor(private readonly root: PlainMap) {}

  find(key: string): Entry | undefined {
    let value: Plain | undefined = this.root;
    for (const part of key.split('.'))
      value = isMap(value) && Object.hasOwn(value, part) ? value[part] : undefined;
    if (value === undefined) return undefined;
    return { key, keyRange: NOWHERE, range: NOWHERE, value, text: '', itemRanges: [] };
  }

  set(): undefined {
    return undefined;
  }

  remove(): undefined {
    return undefined;
  }

  rename(): undefined {
    return undefined;
  }

  placeOf(): Range {
    return NOWHERE;
  }
}
