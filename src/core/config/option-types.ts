/** The type of an option's value, in terms from which a schema, a hover and a TypeScript type can be made. */
export type OptionType =
  | NumberType
  | ChoiceType
  | StringType
  | { readonly kind: 'boolean' }
  | {
      readonly kind: 'list';
      readonly items: NumberType | StringType | ChoiceType;
      readonly minItems?: number;
    };

export interface NumberType {
  readonly kind: 'number';
  readonly integer?: true;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

export interface ChoiceType {
  readonly kind: 'choice';
  /** Value to what it does. */
  readonly values: Readonly<Record<string, string>>;
}

export interface StringType {
  readonly kind: 'string';
  readonly pattern?: {
    readonly expression: string /** Such as `the name of a variable`. */;
    readonly meaning: string;
  };
  /** Words with a meaning of their own among otherwise free values. */
  readonly suggestions?: Readonly<Record<string, string>>;
}

export interface Option {
  readonly type: OptionType;
  readonly required?: true;
  /** Absent: nothing is assumed. `by` names a choice option whose value decides. */
  readonly default?: Default;
  readonly unit?: string;
  /** One or two sentences: what it is and why one would change it. */
  readonly why: string;
  readonly examples?: readonly unknown[];
  /** What other trainers call it, so that an unknown key can be explained. */
  readonly alsoKnownAs?: readonly string[];
  /** The rule that speaks about wrong values, in place of the schema's plain message. */
  readonly checkedBy?: string;
}

type Default =
  | string
  | number
  | boolean
  | readonly (string | number)[]
  | { readonly by: string; readonly values: Readonly<Record<string, number>> };

export interface Section {
  readonly path: string;
  readonly why: string;
  /** A plain value in place of the section stands for this key of it. */
  readonly shorthand?: string;
  /** May be absent although it has required keys. */
  readonly optional?: true;
}

/** Keeps the literal types of an entry of the table. */
export function option<const T extends Option>(entry: T): T {
  return entry;
}
