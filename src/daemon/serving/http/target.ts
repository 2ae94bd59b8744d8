// The request target and urlencoded forms, decoded as the original does: `&` and `;` separate, `+` is a space, the last of
// two equal names wins. What cannot be decoded is kept as it came in queries and refused in paths.

/** Path and query of a request. */
export interface Target {
  /** Decoded path, `/` first; undefined when its percent encoding is broken. */
  readonly path: string | undefined;
  readonly query: ReadonlyMap<string, string>;
}

/** `target` as in the request line; a fragment is cut off. Never throws. */
export function parseTarget(target: string): Target {
  const withoutFragment = beforeFirst(target, '#');
  const rawPath = beforeFirst(withoutFragment, '?');
  const rawQuery = withoutFragment.slice(rawPath.length + 1);
  return { path: decodePath(rawPath), query: parseForm(rawQuery) };
}

/** `a=1&b=x%20y` → names and values. A pair without `=` has an empty value. */
export function parseForm(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const pair of text.split(/[&;]/)) {
    if (pair === '') continue;
    const name = beforeFirst(pair, '=');
    values.set(decodeWord(name), decodeWord(pair.slice(name.length + 1)));
  }
  return values;
}

function decodePath(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    // A broken escape is an answerable fact about the request (404), not a failure of ours.
    return undefined;
  }
}

function decodeWord(raw: string): string {
  const spaced = raw.replaceAll('+', ' ');
  return decodePath(spaced) ?? spaced;
}

function beforeFirst(text: string, separator: string): string {
  const at = text.indexOf(separator);
  return at === -1 ? text : text.slice(0, at);
}
