// What rows are sorted by, and how two of them are compared.

export type SortKey = string | number | undefined;

/** Undefined comes last whatever the direction. */
export function compareKeys(one: SortKey, other: SortKey, isDescending: boolean): number {
  if (one === other) return 0;
  if (one === undefined) return 1;
  if (other === undefined) return -1;
  return one < other === isDescending ? 1 : -1;
}

export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
