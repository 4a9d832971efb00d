import type { OPTIONS } from './options';

export type OptionPath = keyof typeof OPTIONS;

type ValueOf<T> = T extends { kind: 'number' }
  ? number
  : T extends { kind: 'boolean' }
    ? boolean
    : T extends { kind: 'choice'; values: infer V }
      ? keyof V & string
      : T extends { kind: 'list'; items: infer I }
        ? readonly ValueOf<I>[]
        : string;

type Guaranteed<T> = T extends { default: unknown } ? true : false;

/** A config with defaults filled in, by option path. Required options are undefined while they are not written. */
export type Config = {
  readonly [P in OptionPath]: Guaranteed<(typeof OPTIONS)[P]> extends true
    ? ValueOf<(typeof OPTIONS)[P]['type']>
    : ValueOf<(typeof OPTIONS)[P]['type']> | undefined;
};
