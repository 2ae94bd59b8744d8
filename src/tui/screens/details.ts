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

/** A run of a job, or several occurrences of one end. Times in ms since 1970; undefined: not yet, or never. */
export interface RunGlance {
  /** 0: of occurrences that got no run. */
  readonly number: number;
  /** `running`, `success`, `failure`, … as Chronos names it. */
  readonly state: string;
  readonly cause: string;
  readonly attempt: number;
  readonly count: number;
  readonly dueMs: number;
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  readonly host: string | undefined;
  readonly message: string;
  /** Undefined when it was never launched. */
  readonly taskId: string | undefined;
}

/** What the page of a job shows that goes on by itself, as times do. */
export interface JobDetail {
  /** Newest first. Undefined where nobody tells. */
  readonly runs: readonly RunGlance[] | undefined;
  /** `local`: what clocks show then in the job's own zone, with its offset. */
  readonly next: readonly { readonly dueMs: number; readonly local: string }[];
}

/** `loading` until the answer is there; `failed` with the reason in one line. */
export type Detail =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly why: string }
  | {
      readonly state: 'there';
      readonly facts: readonly DetailFact[];
      readonly sections: readonly DetailSection[];
      /** (job) */
      readonly job?: JobDetail;
    };

export interface Details {
  /** Undefined when nobody has asked yet. */
  of(screen: string, subject: string): Detail | undefined;
  /** Grows with every change. */
  readonly version: number;
}
