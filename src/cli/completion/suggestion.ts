// What a shell is told when the tab key is pressed.

/** One word that may follow. */
export interface Suggestion {
  readonly word: string;
  readonly description: string;
}
