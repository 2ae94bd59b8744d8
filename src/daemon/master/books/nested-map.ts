// Maps of maps, as tasks and executors are kept by framework or agent and then by their own id, and maps of sets. No empty
// inner ones.

/** Makes the inner map when there is none; a value that is there already is replaced. */
export function putNested<V>(outer: Map<string, Map<string, V>>, key: string, innerKey: string, value: V): void {
  const inner = outer.get(key);
  if (inner) inner.set(innerKey, value);
  else outer.set(key, new Map([[innerKey, value]]));
}

/** Whether it was there. */
export function deleteNested<V>(outer: Map<string, Map<string, V>>, key: string, innerKey: string): boolean {
  const inner = outer.get(key);
  if (!inner?.delete(innerKey)) return false;
  if (inner.size === 0) outer.delete(key);
  return true;
}

/** Makes the inner set when there is none. */
export function addToSet<V>(outer: Map<string, Set<V>>, key: string, value: V): void {
  const inner = outer.get(key);
  if (inner) inner.add(value);
  else outer.set(key, new Set([value]));
}

export function deleteFromSet<V>(outer: Map<string, Set<V>>, key: string, value: V): void {
  const inner = outer.get(key);
  inner?.delete(value);
  if (inner?.size === 0) outer.delete(key);
}
