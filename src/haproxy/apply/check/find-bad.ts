// Finds by halves who makes a file invalid when HAProxy does not say on which line (haproxy.md 10.5).

/**
 * Names without which the rest is valid; of those that are wrong only in company of each other, the last. Empty when a file
 * without any is invalid, too. Looks log₂ n + 1 times for each.
 * @param names known to be invalid together
 * @param isValid whether a file with these alone is valid
 */
export async function findBad(
  names: readonly string[],
  isValid: (names: readonly string[]) => Promise<boolean>,
): Promise<readonly string[]> {
  const bad: string[] = [];
  let rest = names;
  /** So many of the rest are known to be valid together. */
  let valid = -1;
  do {
    let invalid = rest.length;
    while (invalid - valid > 1) {
      const middle = Math.floor((valid + invalid) / 2);
      if (await isValid(rest.slice(0, middle))) valid = middle;
      else invalid = middle;
    }
    if (invalid === 0) return [];
    bad.push(...rest.slice(valid, invalid));
    rest = [...rest.slice(0, valid), ...rest.slice(invalid)];
  } while (rest.length > valid && !(await isValid(rest)));
  return bad;
}
