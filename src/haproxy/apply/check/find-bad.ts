// Finds by halves who makes a file invalid when HAProxy does not say on which line (haproxy.md 10.5).

/**
 * Names without which the rest is valid together. Looks at most 2·k·log₂ n times for k of n. Those that are wrong only in
 * company of each other are not found.
 * @param isValid whether a file with these alone is valid
 */
export async function findBad(
  names: readonly string[],
  isValid: (names: readonly string[]) => Promise<boolean>,
): Promise<string[]> {
  if (names.length === 0 || (await isValid(names))) return [];
  return bisect(names, isValid);
}

/** `names` are known to be invalid. */
async function bisect(
  names: readonly string[],
  isValid: (names: readonly string[]) => Promise<boolean>,
): Promise<string[]> {
  if (names.length === 1) return [...names];
  const middle = Math.ceil(names.length / 2);
  const left = await findBad(names.slice(0, middle), isValid);
  // When nothing is wrong on the left, all that is wrong is on the right, and need not be seen again.
  const right = names.slice(middle);
  return left.length === 0 ? bisect(right, isValid) : [...left, ...(await findBad(right, isValid))];
}
