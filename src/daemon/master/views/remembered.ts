// What is made of a value that never changes is made once, and forgotten with it.

/** What `make` made of `key` the first time. */
export function remembered<K extends object, V>(known: WeakMap<K, V>, key: K, make: () => V): V {
  const old = known.get(key);
  if (old !== undefined) return old;
  const made = make();
  known.set(key, made);
  return made;
}
