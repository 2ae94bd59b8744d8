// In requests `null` is like absent (marathon.md 1.6).

// No member of an app lies deeper, and groups in a group are read one by one; what lies deeper is not looked at.
const MAX_DEPTH = 16;

/** The value without members that are null; itself when there is none. Elements of lists stay. */
export function withoutNulls(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) {
    const list = value.map((element) => withoutNulls(element, depth + 1));
    return list.every((element, i) => element === value[i]) ? value : list;
  }
  let changed = false;
  const kept: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    const clean = member === null ? undefined : withoutNulls(member, depth + 1);
    if (clean !== member) changed = true;
    if (clean !== undefined) kept.push([name, clean]);
  }
  return changed ? Object.fromEntries(kept) : value;
}
