// Flags that hold a list.

/** `a, b` → `['a', 'b']`; empty parts are left out. */
export function commaList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
