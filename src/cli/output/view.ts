// What a command shows, independent of how: the same view comes out as a table, as JSON or YAML, or as bare names.
export interface View {
  /** The whole content for programs: JSON-shaped. */
  readonly data: unknown;
  /** Ids, for `-o name` and `-q`. */
  readonly names: readonly string[];
  readonly body: Table | Details;
  /** Said on stderr when there is nothing in the table. */
  readonly empty?: string;
}

/** Rows have as many cells as there are columns. */
export interface Table {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** One column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** Only with `-o wide`. */
  readonly wide?: true;
  /** Painted as a state. */
  readonly state?: true;
  /** Cells beyond this may lose their end where the screen is too narrow: for ids whose beginning says enough. */
  readonly shrinksTo?: number;
}

/** Titles and values, one below the other; an undefined value is left out. */
export interface Details {
  readonly kind: 'details';
  readonly items: readonly (readonly [title: string, value: string | undefined])[];
  /** Tables below. */
  readonly sections?: readonly { readonly title: string; readonly table: Table }[];
}

/** `wide` is a table with more columns; `name` is ids only. */
export type OutputFormat = 'table' | 'wide' | 'json' | 'yaml' | 'name';

/** As --output takes them. */
export const OUTPUT_FORMATS: readonly OutputFormat[] = ['table', 'wide', 'json', 'yaml', 'name'];
