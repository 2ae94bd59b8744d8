// Maps of maps, as tasks and executors are kept by framework or agent and then by their own id. No empty inner maps.

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
