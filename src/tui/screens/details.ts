// What pages of one thing show beyond the rows of the view: asked for when the page is opened, kept for the few last pages.

/** One line of a page: a name and what it is. */
export interface DetailFact {
  readonly name: string;
  readonly text: string;
}

/** A titled block of lines: sandbox, versions, configuration, why it waits, log. Whoever shows it makes the text harmless. */
export interface DetailSection {
  readonly title: string;
  readonly lines: readonly string[];
  /** (log) How many lines were before these. */
  readonly forgotten?: number;
}

/** `loading` until the answer is there; `failed` with the reason in one line. */
export type Detail =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly why: string }
  | {
      readonly state: 'there';
      readonly facts: readonly DetailFact[];
      readonly sections: readonly DetailSection[];
    };

export interface Details {
  /** Undefined when nobody has asked yet. */
  of(screen: string, subject: string): Detail | undefined;
  /** Grows with every change. */
  readonly version: number;
}
